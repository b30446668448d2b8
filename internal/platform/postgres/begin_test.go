package postgres_test

import (
	"testing"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/testkit"
)

type somebody postgres.Identity

func (s somebody) DatabaseIdentity() postgres.Identity { return postgres.Identity(s) }

func TestWhoIsRefusedAtTheBeginningLeavesNothingToTheNext(t *testing.T) {
	db, err := postgres.Open(t.Context(), testkit.DB(t).AppURL, postgres.Options{MaxConns: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	for _, role := range []string{"nobody_has_this_role", "", "'; SELECT 1"} {
		err := db.InTx(t.Context(), somebody{Role: role}, func(tx postgres.Tx) error {
			return tx.Gorm().Exec(`SELECT count(*) FROM promises`).Error
		})
		if err == nil {
			t.Errorf("role %q may read", role)
		}
		err = db.Read(t.Context(), identity.Public(), func(tx postgres.Tx) error {
			if got := setting(t, tx, "portal.as"); got != "public" {
				t.Errorf("after role %q: the next acts as %q", role, got)
			}
			return nil
		})
		if err != nil {
			t.Errorf("after role %q: %v", role, err)
		}
	}
}

func TestASettingIsTextWhateverItHolds(t *testing.T) {
	db := testkit.DB(t)
	const odd = `O'Brien\'; COMMIT; --`
	err := db.Read(t.Context(), somebody{Role: postgres.PublicRole, Unit: odd}, func(tx postgres.Tx) error {
		if got := setting(t, tx, "portal.unit"); got != odd {
			t.Errorf("unit = %q, want %q", got, odd)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAPageSeesOneMomentAndWritesNothing(t *testing.T) {
	db := testkit.DB(t)
	err := db.Read(t.Context(), identity.Door(), func(tx postgres.Tx) error {
		if got := setting(t, tx, "transaction_isolation") + ", read only " + setting(t, tx, "transaction_read_only"); got != "repeatable read, read only on" {
			t.Error(got)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
