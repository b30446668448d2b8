package audit_test

import (
	"bytes"
	"crypto/rand"
	"log/slog"
	"strings"
	"testing"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/google/uuid"
)

// What a second costs must not grow with the log, and verification reads it in
// pages, by position.
func TestNoSecondReadsTheWholeLog(t *testing.T) {
	db := testkit.DB(t)
	key, err := audit.NewKey(bytes.Repeat([]byte{1}, audit.SeedSize))
	if err != nil {
		t.Fatal(err)
	}
	l, err := audit.New(audit.Deps{DB: db.DB, Clock: clock.System{}, Random: rand.Reader, Key: key, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	super := db.Super(t)
	const more = `INSERT INTO audit_entries (id, actor_kind, action, object_kind)
		SELECT gen_random_uuid(), 'public', 'complaint.read', 'complaint' FROM generate_series(1, 30000)`
	for _, s := range []string{more, `UPDATE policies SET value = '40000' WHERE key = 'audit.leaves_per_checkpoint'`} {
		if _, err := super.ExecContext(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Sign(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{more, `ANALYZE`} {
		if _, err := super.ExecContext(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	err = db.InTx(t.Context(), identity.System("audit"), func(tx postgres.Tx) error {
		for _, c := range []struct {
			statement string
			args      []any
			by        []string
		}{
			{audit.PendingStatement, []any{100}, []string{"audit_pending_pkey"}},
			{audit.TakeStatement, []any{audit.ToArray([]uuid.UUID{uuid.New(), uuid.New()})}, []string{"audit_pending_pkey"}},
			{audit.WaitingStatement, []any{audit.ToArray([]uuid.UUID{uuid.New(), uuid.New()})}, []string{"audit_entries_pkey", "audit_leaves_entry_id_key"}},
			{audit.SizeStatement, nil, []string{"audit_tiles_pkey"}},
			{audit.PlacedStatement, []any{100, 200}, []string{"audit_leaves_pkey", "audit_entries_pkey"}},
		} {
			var lines []string
			if err := tx.Gorm().Raw(`EXPLAIN `+c.statement, c.args...).Scan(&lines).Error; err != nil {
				return err
			}
			plan := strings.Join(lines, "\n")
			for _, index := range c.by {
				if !strings.Contains(plan, index) || strings.Contains(plan, "Seq Scan on audit_") {
					t.Errorf("not by %s alone:\n%s", index, plan)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
