package complaint_test

import (
	"context"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/google/uuid"
)

// forEmbassy files a complaint that waits for a reader before the embassy gets it.
func (o *office) forEmbassy(t *testing.T, change ...func(*complaint.Intake)) complaint.Filed {
	t.Helper()
	in := told()
	in.MayAct = []complaint.MayAct{complaint.LabourDesk}
	for _, c := range change {
		c(&in)
	}
	filed, _ := o.file(t, in)
	return filed
}

// waiting lists what waits for the reader.
func (o *office) waiting(t *testing.T, by identity.Holder) []complaint.Reading {
	t.Helper()
	waiting, _, err := o.service.Readings(t.Context(), by.Actor)
	if err != nil {
		t.Fatal(err)
	}
	return waiting
}

func TestAReaderWhoFindsNobodyNamedReleasesIt(t *testing.T) {
	o := openState(t, "reading-room")
	reader := o.person(t, "reading-room", identity.RoleFirstReader)
	filed := o.forEmbassy(t)
	lines := o.waiting(t, reader)
	if len(lines) != 1 || lines[0].Country != "TH" || lines[0].Red || !lines[0].DueAt.Equal(filed.FiledAt.Add(24*time.Hour)) {
		t.Fatalf("%+v", lines)
	}
	_, contents, err := o.service.Read(t.Context(), reader, lines[0].ID)
	if err != nil || contents.Narrative == nil || *contents.Narrative != told().Narrative {
		t.Fatal(err)
	}
	if err := o.service.NobodyNamed(t.Context(), reader, lines[0].ID); err != nil {
		t.Fatal(err)
	}
	if got := o.envelopes(t, filed)["embassy-th"]; got != all {
		t.Fatalf("the embassy holds %q", got)
	}
	if got := o.openedBy(t, filed, "embassy-th"); got != told().Narrative {
		t.Errorf("the embassy reads %q", got)
	}
	if err := o.service.NobodyNamed(t.Context(), reader, lines[0].ID); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a second verdict: %v", err)
	}
	// The verdict opens no way to the reporter's own envelope.
	var done bool
	err = o.db.InTx(t.Context(), reader, func(tx postgres.Tx) error {
		return tx.Gorm().Raw(`SELECT release_envelope(?, 'reporter', '1', '{answers,narrative,contact:reporter,identity:reporter,identity:worker}', '\x00')`, filed.ID).Scan(&done).Error
	})
	if err != nil || done {
		t.Errorf("a reader writes over the reporter's envelope: %v", err)
	}
	// Read, released, and tried to release: each opened it.
	for action, times := range map[string]int{"reading.open": 3, "reading.none_named": 1} {
		if n := o.count(t, `SELECT count(*) FROM audit_entries WHERE action = $1 AND object_id = $2 AND actor_id = $3`, action, filed.ID, reader.PersonID); n != times {
			t.Errorf("%s is written down %d times, want %d", action, n, times)
		}
	}
}

// openedBy opens the narrative with the desk's key, as its page would.
func (o *office) openedBy(t *testing.T, filed complaint.Filed, code string) string {
	t.Helper()
	var keyID string
	var envelope, words []byte
	var slot int64
	err := o.db.Super(t).QueryRow(`SELECT e.key_id, e.envelope, i.slot, i.ciphertext FROM complaint_envelopes e JOIN complaint_items i USING (complaint_id)
		WHERE e.complaint_id = $1 AND e.recipient = $2 AND i.item = 'narrative'`, filed.ID, code).Scan(&keyID, &envelope, &slot, &words)
	if err != nil {
		t.Fatal(err)
	}
	key, err := o.desks.Unlock(t.Context(), o.db.Keyholder(t, o.clock, code), keyID)
	if err != nil {
		t.Fatal(err)
	}
	opened, err := key.Open(filed.ID, envelope)
	if err != nil {
		t.Fatal(err)
	}
	shredKey, err := o.shred.Secret(slot)
	if err != nil {
		t.Fatal(err)
	}
	text, err := opened.Item(seal.Narrative, seal.Schema, shredKey, words)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestWhatIsRedIsReleasedToTheMinistryToo(t *testing.T) {
	o := openState(t)
	reader := o.person(t, "reading-room", identity.RoleFirstReader)
	filed := o.forEmbassy(t, func(in *complaint.Intake) { in.Safe = complaint.InDanger })
	line := o.waiting(t, reader)[0]
	if !line.Red || !line.DueAt.Equal(filed.FiledAt.Add(30*time.Minute)) {
		t.Fatalf("%+v", line)
	}
	if err := o.service.NobodyNamed(t.Context(), reader, line.ID); err != nil {
		t.Fatal(err)
	}
	for _, code := range []string{"ministry-national", "embassy-th"} {
		if got := o.openedBy(t, filed, code); got != told().Narrative {
			t.Errorf("%s reads %q", code, got)
		}
	}
}

func TestAnOfficialWhoIsNamedExcludesAndGoesToOversight(t *testing.T) {
	o := openState(t)
	reader, overseer := o.person(t, "reading-room", identity.RoleFirstReader), o.person(t, "oversight-national", identity.RoleOverseer)
	filed := o.forEmbassy(t)
	line := o.waiting(t, reader)[0]
	if err := o.service.OfficialIsNamed(t.Context(), reader.Actor, line.ID, uuid.New()); fault.FieldsOf(err)["office"] == "" {
		t.Fatalf("an office that is none: %v", err)
	}
	if err := o.service.OfficialIsNamed(t.Context(), reader.Actor, line.ID, o.units["embassy-th"]); err != nil {
		t.Fatal(err)
	}
	if got := o.excluded(t, filed); got != "embassy-th:accused ministry-national:above" {
		t.Error(got)
	}
	if got, held := o.envelopes(t, filed)["embassy-th"]; held {
		t.Errorf("the embassy holds %q", got)
	}
	_, handed, err := o.service.Readings(t.Context(), overseer.Actor)
	if err != nil || len(handed) != 1 || handed[0].Named != o.units["embassy-th"] || handed[0].Verdict != complaint.OfficialNamed {
		t.Fatal(handed, err)
	}
	if _, contents, err := o.service.Read(t.Context(), overseer, line.ID); err != nil || contents.Narrative == nil {
		t.Fatal(err)
	}
	// The ministry held its envelope already; the database shows it no more.
	if n := o.seenAs(t, o.person(t, "ministry-national", identity.RoleComplaintsOfficer), `SELECT count(*) FROM complaint_envelopes`); n != 0 {
		t.Error("the ministry still sees its envelope")
	}
}

func TestAnOfficialOfNobodyKnowsWhichOfficeExcludesThemAll(t *testing.T) {
	o := openState(t)
	reader := o.person(t, "reading-room", identity.RoleFirstReader)
	filed := o.forEmbassy(t)
	if err := o.service.OfficialIsNamed(t.Context(), reader.Actor, o.waiting(t, reader)[0].ID, uuid.Nil); err != nil {
		t.Fatal(err)
	}
	if n := o.count(t, `SELECT count(*) FROM complaint_exclusions WHERE complaint_id = $1 AND why = 'unknown'`, filed.ID); n != 7 {
		t.Errorf("%d offices are excluded", n)
	}
	if n := len(o.waiting(t, reader)); n != 0 {
		t.Error("the reader of an excluded unit still sees it")
	}
}

func TestAReaderNeverGetsWhatTheyHaveToDoWith(t *testing.T) {
	for name, tt := range map[string]struct {
		also   string // another office of the reader
		file   func(o *office, in *complaint.Intake)
		decide bool // the reader decided on the agency
	}{
		"of the place":             {"province-east", func(_ *office, in *complaint.Intake) { in.Country, in.Place = "", "East Gate" }, false},
		"of the accused office":    {"border-north", func(o *office, in *complaint.Intake) { in.Official, in.OfficialUnit = true, o.units["border-north"] }, false},
		"who decided on an agency": {"", func(o *office, in *complaint.Intake) { in.AgencyID = o.units["agency"] }, true},
	} {
		t.Run(name, func(t *testing.T) {
			o := openState(t)
			app := o.db.Super(t)
			reader := o.person(t, "oversight-national", identity.RoleFirstReader)
			free := o.person(t, "oversight-national", identity.RoleFirstReader)
			if tt.also != "" {
				exec(t, app, `INSERT INTO memberships (person_id, unit_id, role) VALUES ($1, $2, 'inspector')`, reader.PersonID, o.units[tt.also])
			}
			o.units["agency"] = id.New()
			exec(t, app, `INSERT INTO agencies (id, slug, source, source_key, name_latin, state, created_at, updated_at) VALUES ($1, 'sample', 'test', 'sample', 'A', 'licensed', now(), now())`, o.units["agency"])
			if tt.decide {
				exec(t, app, `INSERT INTO applications (id, agency_id, kind, round, begun_by, begun_at, filed_by, filed_at, status, decided_by, decided_at, reason)
					VALUES ($1, $2, 'first', 1, $3, now(), $3, now(), 'refused', $4, now(), 'because')`, id.New(), o.units["agency"], free.PersonID, reader.PersonID)
			}
			filed := o.forEmbassy(t, func(in *complaint.Intake) { tt.file(o, in) })
			lines := o.waiting(t, free)
			if len(lines) != 1 || len(o.waiting(t, reader)) != 0 {
				t.Fatalf("the free one sees %d, the other %d", len(lines), len(o.waiting(t, reader)))
			}
			if _, _, err := o.service.Read(t.Context(), reader, lines[0].ID); fault.KindOf(err) != fault.NotFound {
				t.Errorf("opening: %v", err)
			}
			if err := o.service.NobodyNamed(t.Context(), reader, lines[0].ID); fault.KindOf(err) != fault.NotFound {
				t.Errorf("deciding: %v", err)
			}
			for _, table := range []string{"readings", "complaints", "complaint_envelopes", "complaint_items"} {
				if n := o.seenAs(t, reader, `SELECT count(*) FROM `+table); n != 0 {
					t.Errorf("the database shows %d rows of %s", n, table)
				}
			}
			_ = filed
		})
	}
}

// seenAs counts what the database shows to the person.
func (o *office) seenAs(t *testing.T, by identity.Holder, query string) (n int) {
	t.Helper()
	err := o.db.Read(t.Context(), by, func(tx postgres.Tx) error { return tx.Gorm().Raw(query).Scan(&n).Error })
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestSilenceClimbsToOversightWhichHoldsItsEnvelopeSinceIntake(t *testing.T) {
	o := openState(t)
	reader, overseer := o.person(t, "reading-room", identity.RoleFirstReader), o.person(t, "oversight-national", identity.RoleOverseer)
	filed := o.forEmbassy(t, func(in *complaint.Intake) { in.Safe = complaint.InDanger })
	var promise uuid.UUID
	var due time.Time
	if err := o.db.Super(t).QueryRow(`SELECT id, run_after FROM promises WHERE topic = 'reading.due'`).Scan(&promise, &due); err != nil {
		t.Fatal(err)
	}
	if !due.Equal(filed.FiledAt.Add(30 * time.Minute)) {
		t.Errorf("due %s after it was filed", due.Sub(filed.FiledAt))
	}
	if n := len(o.waiting(t, overseer)); n != 0 {
		t.Error("it climbed too early")
	}
	o.clock.Advance(31 * time.Minute)
	for range 2 {
		if err := o.service.ClimbReading(context.Background(), promise); err != nil {
			t.Fatal(err)
		}
	}
	line := o.waiting(t, overseer)
	if len(line) != 1 || line[0].ClimbedAt == nil || !line[0].Overdue || len(o.waiting(t, reader)) != 0 {
		t.Fatalf("%+v", line)
	}
	if err := o.service.NobodyNamed(t.Context(), overseer, line[0].ID); err != nil {
		t.Fatal(err)
	}
	if got := o.openedBy(t, filed, "embassy-th"); got != told().Narrative {
		t.Errorf("the embassy reads %q", got)
	}
}

func TestAVerdictInTimeStaysWhereItIs(t *testing.T) {
	o := openState(t)
	reader := o.person(t, "reading-room", identity.RoleFirstReader)
	filed := o.forEmbassy(t)
	if err := o.service.NobodyNamed(t.Context(), reader, o.waiting(t, reader)[0].ID); err != nil {
		t.Fatal(err)
	}
	var promise uuid.UUID
	if err := o.db.Super(t).QueryRow(`SELECT id FROM promises WHERE topic = 'reading.due'`).Scan(&promise); err != nil {
		t.Fatal(err)
	}
	if err := o.service.ClimbReading(context.Background(), promise); err != nil {
		t.Fatal(err)
	}
	if got := o.reads(t, filed); got != "reading-room→oversight-national" {
		t.Error(got)
	}
}

func TestNobodyElseReleasesOrDecides(t *testing.T) {
	o := openState(t)
	reader := o.person(t, "reading-room", identity.RoleFirstReader)
	filed := o.forEmbassy(t)
	line := o.waiting(t, reader)[0]
	for _, who := range []identity.Holder{
		o.person(t, "ministry-national", identity.RoleComplaintsOfficer), o.person(t, "embassy-th", identity.RoleComplaintsOfficer),
		o.person(t, "police-national", identity.RoleInvestigator), o.person(t, "reading-room", identity.RoleAdministrator),
		{Actor: identity.Public()},
	} {
		if err := o.service.NobodyNamed(t.Context(), who, line.ID); err == nil {
			t.Errorf("%s of %s decides", who.Role, who.UnitCode)
		}
		if _, _, err := o.service.Readings(t.Context(), who.Actor); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s of %s lists: %v", who.Role, who.UnitCode, err)
		}
	}
	// Past the policy in Go: the database itself.
	embassy := o.person(t, "embassy-th", identity.RoleComplaintsOfficer)
	for _, who := range []identity.Holder{embassy, reader} {
		var done bool
		err := o.db.InTx(t.Context(), who, func(tx postgres.Tx) error {
			return tx.Gorm().Raw(`SELECT release_envelope(?, 'embassy-th', '1', '{answers}', '\x00')`, filed.ID).Scan(&done).Error
		})
		if err != nil || done {
			t.Errorf("%s released without a verdict: %v", who.UnitCode, err)
		}
	}
	for _, statement := range []string{
		`INSERT INTO complaint_exclusions (complaint_id, unit_id, why) SELECT complaint_id, unit_id, 'accused' FROM readings`,
		`UPDATE readings SET unit_id = stand_in_id`,
		`INSERT INTO complaint_envelopes (complaint_id, recipient, key_id, items, envelope) SELECT complaint_id, 'embassy-th', '1', '{answers}', '\x00' FROM readings`,
	} {
		err := o.db.InTx(t.Context(), reader, func(tx postgres.Tx) error { return tx.Gorm().Exec(statement).Error })
		if err == nil {
			t.Errorf("a reader may: %s", statement)
		}
	}
}
