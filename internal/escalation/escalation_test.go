package escalation_test

import (
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/escalation"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/letter"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

func TestAnAlertIsRaisedOncePerGrade(t *testing.T) {
	s := open(t)
	alert, complaint := s.alert(), s.complaint()
	first, raised := s.raise(alert, escalation.Amber, complaint)
	if !raised {
		t.Fatal("the first was not raised")
	}
	if again, raised := s.raise(alert, escalation.Amber, complaint); raised || again != first {
		t.Fatalf("raised again: %v, %v", raised, again == first)
	}
	if red, raised := s.raise(alert, escalation.Red, complaint); !raised || red == first {
		t.Fatal("the higher grade was not raised beside it")
	}
	if n := s.count(`SELECT count(*) FROM promises`); n != 4 {
		t.Fatalf("promises = %d, want two for each of two", n)
	}
	if n := s.count(`SELECT count(*) FROM audit_entries WHERE action = 'escalation.raise'`); n != 2 {
		t.Fatalf("audit entries = %d, want 2", n)
	}
}

func TestItGoesToTheNationalUnitUnderARandomReference(t *testing.T) {
	s := open(t)
	key, _ := s.raise(s.alert(), escalation.Red, s.complaint())
	e, err := s.service.Get(t.Context(), s.as(s.investigator), key)
	if err != nil {
		t.Fatal(err)
	}
	if e.UnitID != s.unit {
		t.Error("it went to a local unit")
	}
	if !regexp.MustCompile(`^E-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$`).MatchString(e.Ref) {
		t.Errorf("reference %q", e.Ref)
	}
}

func TestTheDeadlineFollowsTheRuleOfTheGrade(t *testing.T) {
	s := open(t)
	for grade, want := range map[escalation.Grade]time.Duration{escalation.Red: time.Hour, escalation.Amber: 24 * time.Hour} {
		key, _ := s.raise(s.alert(), grade, s.complaint())
		e, err := s.service.Get(t.Context(), s.as(s.investigator), key)
		if err != nil {
			t.Fatal(err)
		}
		if got := e.AcknowledgeBy.Sub(e.RaisedAt); got != want {
			t.Errorf("%s may wait %v, want %v", grade, got, want)
		}
	}
}

func TestAMissingRuleHoldsNothingBack(t *testing.T) {
	for _, value := range []string{"", `{"amber": 60}`, `{"red": 0}`, `{"red": -5}`, `"soon"`} {
		s := open(t)
		s.exec(`DELETE FROM policies`)
		if value != "" {
			s.exec(`INSERT INTO policies (key, valid_from, value, source) VALUES ('escalation.acknowledge_minutes', '2020-01-01', $1, 'test')`, value)
		}
		key, _ := s.raise(s.alert(), escalation.Red, s.complaint())
		e, err := s.service.Get(t.Context(), s.as(s.investigator), key)
		if err != nil {
			t.Fatal(err)
		}
		if !e.AcknowledgeBy.Equal(e.RaisedAt) || !e.Overdue {
			t.Errorf("with the rule %q it may wait until %v", value, e.AcknowledgeBy)
		}
	}
}

func TestEverybodyOnTheUnitIsToldOnce(t *testing.T) {
	s := open(t)
	s.raise(s.alert(), escalation.Red, s.complaint())
	promise := s.promises(escalation.TopicRaised)[0]
	for range 2 {
		if err := s.service.Deliver(t.Context(), promise); err != nil {
			t.Fatal(err)
		}
	}
	letters := s.promises(letter.TopicSend)
	if len(letters) != 2 {
		t.Fatalf("%d letters promised, want one for the investigator and one for the sergeant with two hats", len(letters))
	}
	for _, promise := range append(letters, letters...) {
		if err := s.letters.Send(t.Context(), promise); err != nil {
			t.Fatal(err)
		}
	}
	sent := s.mail.Letters()
	if len(sent) != 2 {
		t.Fatalf("%d letters sent, want 2", len(sent))
	}
	for _, l := range sent {
		if strings.Contains(l.To, "leaver") || strings.Contains(l.To, "commander") {
			t.Errorf("a letter went to %s", l.To)
		}
	}
}

func TestWhoLeftBeforeTheirLetterWasSentIsNotMailed(t *testing.T) {
	s := open(t)
	s.raise(s.alert(), escalation.Red, s.complaint())
	if err := s.service.Deliver(t.Context(), s.promises(escalation.TopicRaised)[0]); err != nil {
		t.Fatal(err)
	}
	s.exec(`UPDATE people SET deactivated_at = now() WHERE id = $1`, s.sergeant)
	for _, promise := range s.promises(letter.TopicSend) {
		if err := s.letters.Send(t.Context(), promise); err != nil {
			t.Fatal(err)
		}
	}
	if sent := s.mail.Letters(); len(sent) != 1 || sent[0].To != "investigator@police.example" {
		t.Errorf("sent %d letters, want the investigator's alone", len(sent))
	}
	if n := s.count(`SELECT count(*) FROM promises WHERE topic = $1 AND kept_at IS NULL`, letter.TopicSend); n != 0 {
		t.Errorf("%d promises to mail stay open", n)
	}
}

func TestALetterTellsNothingAndCanBeToldFromItsCopy(t *testing.T) {
	s := open(t)
	key, _ := s.raise(s.alert(), escalation.Red, s.complaint())
	if err := s.service.Deliver(t.Context(), s.promises(escalation.TopicRaised)[0]); err != nil {
		t.Fatal(err)
	}
	promise := s.promises(letter.TopicSend)[0]
	if err := s.letters.Send(t.Context(), promise); err != nil {
		t.Fatal(err)
	}
	// The process died after the server took the letter.
	s.exec(`UPDATE promises SET kept_at = NULL WHERE id = $1`, promise)
	s.exec(`UPDATE deliveries SET sent_at = NULL`)
	if err := s.letters.Send(t.Context(), promise); err != nil {
		t.Fatal(err)
	}
	sent := s.mail.Letters()
	if len(sent) != 2 || sent[0].Header.Get("Message-Id") != sent[1].Header.Get("Message-Id") {
		t.Fatalf("%d letters, ids %q and %q", len(sent), sent[0].Header.Get("Message-Id"), sent[1].Header.Get("Message-Id"))
	}
	e, err := s.service.Get(t.Context(), s.as(s.investigator), key)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{e.Ref, e.ID.String(), "red", "employer", "token", "a_rule"} {
		if strings.Contains(sent[0].Raw, secret) {
			t.Errorf("the letter says %q", secret)
		}
	}
	if !strings.Contains(sent[0].Raw, "https://portal.example/sign-in") {
		t.Error("the letter does not say where to go")
	}
}

func TestARefusedLetterStaysPromised(t *testing.T) {
	s := open(t)
	s.raise(s.alert(), escalation.Red, s.complaint())
	if err := s.service.Deliver(t.Context(), s.promises(escalation.TopicRaised)[0]); err != nil {
		t.Fatal(err)
	}
	s.mail.Refuse(true)
	promise := s.promises(letter.TopicSend)[0]
	if err := s.letters.Send(t.Context(), promise); err == nil || strings.Contains(err.Error(), "police.example") {
		t.Fatalf("err = %v", err)
	}
	if n := s.count(`SELECT count(*) FROM promises WHERE id = $1 AND kept_at IS NULL`, promise); n != 1 {
		t.Fatal("the promise was kept without the letter")
	}
}

func TestSilenceClimbsToTheCommanderOnce(t *testing.T) {
	s := open(t)
	key, _ := s.raise(s.alert(), escalation.Red, s.complaint())
	s.clock.Advance(time.Hour)
	promise := s.promises(escalation.TopicOverdue)[0]
	for range 2 {
		if err := s.service.Climb(t.Context(), promise); err != nil {
			t.Fatal(err)
		}
	}
	e, err := s.service.Get(t.Context(), s.as(s.investigator), key)
	if err != nil {
		t.Fatal(err)
	}
	if e.ClimbedAt == nil || !e.ClimbedAt.Equal(s.clock.Now()) {
		t.Fatalf("climbed at %v", e.ClimbedAt)
	}
	if n := s.count(`SELECT count(*) FROM deliveries WHERE step = 'climbed' AND person_id = $1`, s.commander); n != 1 {
		t.Fatalf("the commander has %d deliveries", n)
	}
	if n := s.count(`SELECT count(*) FROM audit_entries WHERE action = 'escalation.climb'`); n != 1 {
		t.Fatalf("%d climbs are written down", n)
	}
}

func TestWhatWasAcknowledgedDoesNotClimb(t *testing.T) {
	s := open(t)
	key, _ := s.raise(s.alert(), escalation.Red, s.complaint())
	if _, err := s.service.Acknowledge(t.Context(), s.as(s.investigator), key); err != nil {
		t.Fatal(err)
	}
	s.clock.Advance(2 * time.Hour)
	if err := s.service.Climb(t.Context(), s.promises(escalation.TopicOverdue)[0]); err != nil {
		t.Fatal(err)
	}
	if n := s.count(`SELECT count(*) FROM escalations WHERE climbed_at IS NOT NULL`) + s.count(`SELECT count(*) FROM deliveries`); n != 0 {
		t.Fatal("it climbed")
	}
}

func TestOfManyWhoAcknowledgeAtOnceOneDoes(t *testing.T) {
	s := open(t)
	key, _ := s.raise(s.alert(), escalation.Red, s.complaint())
	people := []uuid.UUID{s.investigator, s.commander, s.sergeant, s.investigator, s.commander, s.sergeant}
	results := make([]error, len(people))
	standing := make([]escalation.Acknowledgement, len(people))
	var wait sync.WaitGroup
	for i, person := range people {
		wait.Go(func() { standing[i], results[i] = s.service.Acknowledge(t.Context(), s.as(person), key) })
	}
	wait.Wait()
	won := 0
	for i, err := range results {
		switch fault.KindOf(err) {
		case fault.Conflict:
		default:
			if err != nil {
				t.Error(err)
			}
			won++
		}
		if standing[i] != standing[0] || standing[i].By == "" {
			t.Errorf("the answers differ: %+v and %+v", standing[0], standing[i])
		}
	}
	if won != 1 {
		t.Fatalf("%d acknowledged, want one", won)
	}
	if n := s.count(`SELECT count(*) FROM audit_entries WHERE action = 'escalation.acknowledge'`); n != 1 {
		t.Fatalf("%d acknowledgements are written down", n)
	}
}

func TestAnotherUnitDoesNotLearnThatItExists(t *testing.T) {
	s := open(t)
	complaint := s.complaint()
	key, _ := s.raise(s.alert(), escalation.Red, complaint)
	_, errGet := s.service.Get(t.Context(), s.stranger(), key)
	_, errAcknowledge := s.service.Acknowledge(t.Context(), s.stranger(), key)
	_, errLinked := s.service.Linked(t.Context(), s.stranger(), key, complaint)
	for _, err := range []error{errGet, errAcknowledge, errLinked} {
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("err = %v, want not found", err)
		}
	}
	if page, _, err := s.service.List(t.Context(), s.stranger(), escalation.Filter{}); err != nil || len(page) != 0 {
		t.Errorf("list = %v, %v", page, err)
	}
	_, err := s.service.Get(t.Context(), s.as(s.investigator), id.New())
	if fault.KindOf(err) != fault.NotFound {
		t.Errorf("err = %v, want not found", err)
	}
}

func TestOnlyLinkedComplaintsAreReached(t *testing.T) {
	s := open(t)
	linked, other := s.complaint(), s.complaint()
	key, _ := s.raise(s.alert(), escalation.Red, linked)
	if _, err := s.service.Linked(t.Context(), s.as(s.investigator), key, linked); err != nil {
		t.Error(err)
	}
	if _, err := s.service.Linked(t.Context(), s.as(s.investigator), key, other); fault.KindOf(err) != fault.NotFound {
		t.Errorf("err = %v, want not found", err)
	}
}

func TestTheInboxFiltersAndKnowsWhatIsUnread(t *testing.T) {
	s := open(t)
	red, _ := s.raise(s.alert(), escalation.Red, s.complaint())
	s.clock.Advance(2 * time.Hour) // the red one is overdue
	amber, _ := s.raise(s.alert(), escalation.Amber, s.complaint(), s.complaint())
	s.clock.Advance(time.Minute)
	done, _ := s.raise(s.alert(), escalation.Amber, s.complaint())
	me := s.as(s.investigator)
	before, err := s.service.Version(t.Context(), me)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.service.Acknowledge(t.Context(), me, done); err != nil {
		t.Fatal(err)
	}
	if after, err := s.service.Version(t.Context(), me); err != nil || after <= before {
		t.Errorf("version %d after %d, %v", after, before, err)
	}
	if _, err := s.service.Get(t.Context(), me, amber); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		filter escalation.Filter
		want   []uuid.UUID
	}{
		"everything, overdue first": {escalation.Filter{}, []uuid.UUID{red, amber, done}},
		"red":                       {escalation.Filter{Grade: escalation.Red}, []uuid.UUID{red}},
		"waiting":                   {escalation.Filter{State: escalation.Waiting}, []uuid.UUID{red, amber}},
		"acknowledged":              {escalation.Filter{State: escalation.Acknowledged}, []uuid.UUID{done}},
		"overdue":                   {escalation.Filter{Overdue: true}, []uuid.UUID{red}},
		"second page":               {escalation.Filter{Page: 1}, nil},
	} {
		page, more, err := s.service.List(t.Context(), me, c.filter)
		if err != nil || more {
			t.Fatalf("%s: more = %v, %v", name, more, err)
		}
		var got []uuid.UUID
		for _, e := range page {
			got = append(got, e.ID)
			if e.Unread != (e.ID != amber) {
				t.Errorf("%s: unread = %v of %v", name, e.Unread, e.ID)
			}
		}
		if len(got) != len(c.want) {
			t.Errorf("%s: %d listed, want %d", name, len(got), len(c.want))
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%s: line %d is another one", name, i)
			}
		}
	}
}

func TestTheRecordItselfKeepsAnEscalationAsItWas(t *testing.T) {
	s := open(t)
	key, _ := s.raise(s.alert(), escalation.Red, s.complaint())
	if _, err := s.service.Acknowledge(t.Context(), s.as(s.investigator), key); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		`UPDATE escalations SET pattern = '{}'`,
		`UPDATE escalations SET grade = 'amber'`,
		`UPDATE escalations SET acknowledge_by = now() + interval '9 years'`,
		`UPDATE escalations SET ref = 'E-0000-0000'`,
		`UPDATE escalations SET acknowledged_at = NULL, acknowledged_by = NULL`,
		`UPDATE escalations SET acknowledged_by = '` + s.commander.String() + `'`,
		`DELETE FROM escalations`,
		`TRUNCATE escalations CASCADE`,
	} {
		if _, err := s.owner.ExecContext(t.Context(), statement); err == nil {
			t.Errorf("the owner could %s", statement)
		}
	}
	if _, err := s.db.As(t, postgres.WorkerRole).ExecContext(t.Context(), `UPDATE escalations SET unit_id = unit_id`); err == nil {
		t.Error("the application may write a frozen column")
	}
}
