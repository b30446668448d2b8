package complaint_test

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/letter"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/mail"
	"github.com/fairpassage/portal/internal/platform/mail/mailtest"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// post is how letters go out.
type post struct {
	*office
	super   *sql.DB // one pool for all looks
	server  *mailtest.Server
	letters *letter.Service
}

// words repeats the key and the language.
type words struct{}

func (words) Text(lang, key string, args ...any) (string, error) {
	return fmt.Sprint(lang, " ", key, " ", args), nil
}

func withPost(t *testing.T, o *office) post {
	t.Helper()
	p := post{office: o, super: o.db.Super(t), server: mailtest.Start(t)}
	sender, err := mail.New(p.server.URL)
	if err != nil {
		t.Fatal(err)
	}
	p.letters = letter.New(letter.Deps{DB: o.db.DB, Clock: o.clock, Mail: sender, Words: words{}, BaseURL: "https://portal.example"})
	return p
}

// promises lists those of a topic, kept or not.
func (p post) promises(t *testing.T, topic string) (keys []uuid.UUID) {
	t.Helper()
	rows, err := p.super.QueryContext(t.Context(), `SELECT id FROM promises WHERE topic = $1 ORDER BY id`, topic)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var key uuid.UUID
		if err := rows.Scan(&key); err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key)
	}
	return keys
}

// work keeps every promise of readings that is due and of letters, twice each,
// and returns who was mailed, by name and step.
func (p post) work(t *testing.T) string {
	t.Helper()
	for range 2 {
		for _, promise := range p.promises(t, complaint.TopicReadingMade) {
			if err := p.service.TellReaders(t.Context(), promise); err != nil {
				t.Fatal(err)
			}
		}
		for _, promise := range p.promises(t, complaint.TopicReadingDue) {
			var due bool
			if err := p.super.QueryRow(`SELECT run_after <= $2 FROM promises WHERE id = $1`, promise, p.clock.Now()).Scan(&due); err != nil {
				t.Fatal(err)
			}
			if !due {
				continue
			}
			if err := p.service.ClimbReading(t.Context(), promise); err != nil {
				t.Fatal(err)
			}
		}
		for _, promise := range p.promises(t, complaint.TopicReadingHanded) {
			if err := p.service.TellHanded(t.Context(), promise); err != nil {
				t.Fatal(err)
			}
		}
		for _, promise := range p.promises(t, letter.TopicSend) {
			if err := p.letters.Send(t.Context(), promise); err != nil {
				t.Fatal(err)
			}
		}
	}
	var told []string
	for _, l := range p.server.Letters() {
		step := "new"
		switch {
		case strings.Contains(l.Raw, "mail.climbed"):
			step = "late"
		case strings.Contains(l.Raw, "mail.handed"):
			step = "handed"
		}
		name, _, _ := strings.Cut(l.To, "@")
		told = append(told, name+":"+step)
	}
	slices.Sort(told)
	return strings.Join(told, " ")
}

// hire makes somebody who holds no key; telling needs none.
func (p post) hire(t *testing.T, name, code string, roles ...identity.Role) uuid.UUID {
	t.Helper()
	return p.db.Hire(t, p.clock, name+"@staff.example", "Somebody", p.units[code], roles...)
}

func TestFirstReadersAreToldOnceThatSomethingWaitsAndNoMore(t *testing.T) {
	for name, red := range map[string]bool{"red": true, "not red": false} {
		t.Run(name, func(t *testing.T) {
			p := withPost(t, openState(t))
			p.hire(t, "first", "reading-room", identity.RoleFirstReader)
			p.hire(t, "second", "reading-room", identity.RoleFirstReader, identity.RoleComplaintsOfficer)
			p.hire(t, "overseer", "oversight-national", identity.RoleOverseer)
			p.hire(t, "officer", "reading-room", identity.RoleComplaintsOfficer)
			gone := p.hire(t, "gone", "reading-room", identity.RoleFirstReader)
			exec(t, p.super, `UPDATE people SET deactivated_at = now() WHERE id = $1`, gone)
			filed := p.forEmbassy(t, func(in *complaint.Intake) { in.Minor = red })
			if got := p.work(t); got != "first:new second:new" {
				t.Fatalf("told: %s", got)
			}
			for _, l := range p.server.Letters() {
				for _, secret := range []string{filed.ID.String(), "reading", "complaint", "red", "TH", "canary", "embassy"} {
					if strings.Contains(strings.ReplaceAll(l.Raw, "required", ""), secret) {
						t.Errorf("the letter says %q:\n%s", secret, l.Raw)
					}
				}
			}
			if n := p.count(t, `SELECT count(*) FROM promises WHERE topic IN ('reading.made', 'delivery.send') AND kept_at IS NULL`); n != 0 {
				t.Errorf("%d promises stay open", n)
			}
		})
	}
}

func TestWhenAReadingClimbsTheOversightBodyIsTold(t *testing.T) {
	p := withPost(t, openState(t))
	p.hire(t, "first", "reading-room", identity.RoleFirstReader)
	p.hire(t, "overseer", "oversight-national", identity.RoleOverseer, identity.RoleFirstReader)
	p.forEmbassy(t, func(in *complaint.Intake) { in.Minor = true })
	p.work(t)
	p.clock.Advance(31 * time.Minute)
	const keyholder = "keyholder:late" // the overseer whom every desk of these tests has
	if got := p.work(t); got != "first:new "+keyholder+" overseer:late" {
		t.Errorf("told: %s", got)
	}
}

func TestALateMessengerTellsNobodyOfWhatWasReadOrHasClimbed(t *testing.T) {
	p := withPost(t, openState(t))
	reader := p.person(t, "reading-room", identity.RoleFirstReader)
	p.forEmbassy(t)
	if err := p.service.NobodyNamed(t.Context(), reader, p.waiting(t, reader)[0].ID); err != nil {
		t.Fatal(err)
	}
	if got := p.work(t); got != "" {
		t.Errorf("of what was read: %s", got)
	}
	p.forEmbassy(t)
	p.clock.Advance(25 * time.Hour)
	for _, promise := range p.promises(t, complaint.TopicReadingDue) {
		if err := p.service.ClimbReading(t.Context(), promise); err != nil {
			t.Fatal(err)
		}
	}
	if got := p.work(t); got != "keyholder:late" {
		t.Errorf("of what has climbed: %s", got)
	}
}

func TestWithoutAReaderTheOversightBodyIsToldAtOnce(t *testing.T) {
	p := withPost(t, openState(t))
	p.hire(t, "overseer", "oversight-national", identity.RoleOverseer)
	p.forEmbassy(t)
	if got := p.work(t); got != "keyholder:new overseer:new" {
		t.Errorf("told: %s", got)
	}
}

func TestWhoHasAConflictIsNeverToldAndWhereAllHaveOneItClimbsAtOnce(t *testing.T) {
	for name, conflict := range map[string]func(*office, uuid.UUID){
		"in an accused office": func(o *office, who uuid.UUID) {
			o.grant(t, who, "embassy-th", identity.RoleComplaintsOfficer)
		},
		"decided on the agency": func(o *office, who uuid.UUID) {
			o.decided(t, who)
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := withPost(t, openState(t))
			p.units["agency"] = p.agency(t, "Sample")
			file := func() {
				p.forEmbassy(t, func(in *complaint.Intake) {
					in.AgencyID, in.AgencyName = p.units["agency"], ""
					in.Official, in.OfficialUnit = true, p.units["embassy-th"]
				})
			}
			both := p.hire(t, "both", "oversight-national", identity.RoleFirstReader)
			conflict(p.office, both)
			free := p.hire(t, "free", "oversight-national", identity.RoleFirstReader)
			file()
			if got := p.work(t); got != "free:new" {
				t.Errorf("told: %s", got)
			}
			exec(t, p.super, `UPDATE people SET deactivated_at = now() WHERE id = $1`, free)
			file()
			if got := p.work(t); got != "free:new keyholder:new" {
				t.Errorf("without the free one: %s", got)
			}
			// The database refuses it, whoever asks.
			err := p.db.InTx(t.Context(), identity.System("test"), func(tx postgres.Tx) error {
				return tx.Gorm().Exec(`INSERT INTO deliveries (id, reading_id, step, person_id, made_at) SELECT ?, id, 'climbed', ?, now() FROM readings LIMIT 1`, id.New(), both).Error
			})
			if !postgres.Violates(err, "delivery_is_fit") {
				t.Errorf("a letter past the portal: %v", err)
			}
		})
	}
}

// decided makes it somebody's, who decided on the agency's application.
func (o *office) decided(t *testing.T, who uuid.UUID) {
	t.Helper()
	exec(t, o.db.Super(t), `INSERT INTO applications (id, agency_id, kind, round, begun_by, begun_at, filed_by, filed_at, status, decided_by, decided_at, reason)
		VALUES ($1, $2, 'first', 1, $3, now(), $3, now(), 'refused', $4, now(), 'because')`, id.New(), o.units["agency"], o.holder(t, "police").PersonID, who)
}

// grant gives somebody one role more.
func (o *office) grant(t *testing.T, who uuid.UUID, code string, role identity.Role) {
	t.Helper()
	err := o.db.InTx(t.Context(), identity.Setup("test"), func(tx postgres.Tx) error {
		return o.service.People.Grant(tx, who, o.units[code], role, uuid.Nil)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestWhereAllReadersOfADeskHaveAConflictItClimbsAtOnce(t *testing.T) {
	p := withPost(t, openState(t))
	reader := p.hire(t, "reader", "reading-room", identity.RoleFirstReader)
	p.units["agency"] = p.agency(t, "Sample")
	p.decided(t, reader)
	filed := p.forEmbassy(t, func(in *complaint.Intake) { in.AgencyID, in.AgencyName = p.units["agency"], "" })
	if got := p.work(t); got != "keyholder:new" {
		t.Errorf("told: %s", got)
	}
	if got := p.reads(t, filed); got != "oversight-national→oversight-national^" {
		t.Errorf("reads: %s", got)
	}
}

func TestAForgedReaderHoldsNothingUpAndIsToldNothing(t *testing.T) {
	p := withPost(t, openState(t))
	forged := p.hire(t, "forged", "province-west", identity.RoleComplaintsOfficer)
	exec(t, p.super, `ALTER TABLE memberships DISABLE TRIGGER USER`)
	exec(t, p.super, `INSERT INTO memberships (person_id, unit_id, role, pin) VALUES ($1, $2, 'first_reader', sha256('forged'))`, forged, p.units["reading-room"])
	filed := p.forEmbassy(t, func(in *complaint.Intake) { in.Minor = true })
	if got := p.reads(t, filed); got != "oversight-national!^" {
		t.Errorf("reads: %s", got)
	}
	if got := p.work(t); got != "keyholder:new" {
		t.Errorf("told: %s", got)
	}
	// Beside a genuine one, too.
	p.hire(t, "genuine", "reading-room", identity.RoleFirstReader)
	filed = p.forEmbassy(t, func(in *complaint.Intake) { in.Minor = true })
	if got := p.reads(t, filed); got != "reading-room→oversight-national!" {
		t.Errorf("reads: %s", got)
	}
	if got := p.work(t); got != "genuine:new keyholder:new" {
		t.Errorf("told: %s", got)
	}
}
