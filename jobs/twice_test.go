package jobs_test

import (
	"crypto/rand"
	"log/slog"
	"testing"

	"github.com/fairpassage/portal/internal/escalation"
	"github.com/fairpassage/portal/internal/letter"
	"github.com/fairpassage/portal/internal/platform/mail"
	"github.com/fairpassage/portal/internal/platform/mail/mailtest"
	"github.com/fairpassage/portal/internal/screening"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/google/go-cmp/cmp"
)

func TestEveryHandlerMayRunTwice(t *testing.T) {
	db := testkit.DB(t)
	police(t, db)
	if _, err := db.Super(t).ExecContext(t.Context(), `DELETE FROM policies WHERE key = 'escalation.acknowledge_minutes'`); err != nil {
		t.Fatal(err)
	}
	server := mailtest.Start(t)
	sender, err := mail.New(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	d, _ := deps(t, db, keep(db))
	escalations := escalation.New(escalation.Deps{DB: db.DB, Clock: d.Clock, People: testkit.People(d.Clock), Random: rand.Reader})
	d.Letters = letter.New(letter.Deps{DB: db.DB, Clock: d.Clock, Mail: sender, Words: plain{}, BaseURL: "https://portal.example"})
	d.Escalations = escalations
	readings, stop, err := readings(db.DB, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	d.Readings = readings
	toRead(t, db, readers(t, db))
	d.Screening = screening.New(screening.Deps{DB: db.DB, Clock: d.Clock, Log: slog.New(slog.DiscardHandler), Escalations: escalations})
	lodge(t, db)
	start(t, d)
	open := counter(t, db, openPromises)
	effects := func() map[string]int {
		until(t, "all promises kept", func() bool { return open() == 0 })
		all := map[string]int{"letters": len(server.Letters())}
		for what, query := range map[string]string{
			"promises":    `SELECT count(*) FROM promises`,
			"evaluations": `SELECT count(*) FROM evaluations`,
			"findings":    `SELECT count(*) FROM findings`,
			"escalations": `SELECT count(*) FROM escalations`,
			"climbed":     `SELECT count(*) FROM escalations WHERE climbed_at IS NOT NULL`,
			"read up":     `SELECT count(*) FROM readings WHERE climbed_at IS NOT NULL`,
			"deliveries":  `SELECT count(*) FROM deliveries`,
			"sent":        `SELECT count(*) FROM deliveries WHERE sent_at IS NOT NULL`,
		} {
			all[what] = count(t, db, query)
		}
		return all
	}
	once := effects()
	want := map[string]int{
		"promises": 12, "read up": 1, "evaluations": 2, "findings": once["findings"], "escalations": 1, "climbed": 1,
		"deliveries": 6, "sent": 6, "letters": 6,
	}
	if diff := cmp.Diff(want, once); diff != "" {
		t.Fatalf("after the first time (-want +got):\n%s", diff)
	}
	// As if each handler had died after its effect and before its promise.
	if _, err := db.Super(t).ExecContext(t.Context(), `UPDATE promises SET kept_at = NULL, rung_at = NULL`); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(once, effects()); diff != "" {
		t.Errorf("the second time changed something (-once +twice):\n%s", diff)
	}
	if n := count(t, db, `SELECT count(*) FROM promises WHERE tries < 2`); n != 0 {
		t.Errorf("%d promises were not handled twice: the test did not test", n)
	}
}
