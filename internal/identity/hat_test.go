package identity_test

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// second gives Sok another role, in a unit that comes first by its code, and
// returns that unit.
func (o *office) second(t *testing.T) uuid.UUID {
	t.Helper()
	unit := id.New()
	o.super(t, `INSERT INTO units (id, code, kind, name) VALUES ($1, 'a-ministry', 'ministry', '{"en":"Ministry"}')`, unit)
	err := o.db.InTx(t.Context(), identity.Setup("test"), func(tx postgres.Tx) error {
		return o.people.Grant(tx, o.person, unit, identity.RoleLicensingOfficer, uuid.Nil)
	})
	if err != nil {
		t.Fatal(err)
	}
	return unit
}

// choosing signs Sok in as far as the choice of a role.
func (o *office) choosing(t *testing.T) string {
	t.Helper()
	entry, err := o.attempt(t, sok, passphrase, "")
	if err != nil || !entry.Choosing || entry.Halfway || entry.Device != "" {
		t.Fatalf("no choice: %+v, %v", entry, err)
	}
	return entry.Token
}

// worn is the role that is offered first.
func worn(hats []identity.Hat) (role identity.Role) {
	for _, hat := range hats {
		if hat.Worn {
			role = hat.Role
		}
	}
	return role
}

func TestASecondRoleDoesNotHideTheFirst(t *testing.T) {
	o := newOffice(t)
	ministry := o.second(t)
	for unit, role := range map[uuid.UUID]identity.Role{o.unit: identity.RoleInvestigator, ministry: identity.RoleLicensingOfficer} {
		token := o.choosing(t)
		hats, err := o.sessions.Choices(t.Context(), token)
		if err != nil || len(hats) != 2 || hats[0].UnitName["en"] != "Ministry" {
			t.Fatalf("offered: %+v, %v", hats, err)
		}
		if o.alive(t, token) {
			t.Error("choosing is a session")
		}
		entry, err := o.sessions.Choose(t.Context(), token, unit, role)
		if err != nil || entry.Device == "" {
			t.Fatalf("as %s: %v", role, err)
		}
		s := o.recognise(t, entry.Token)
		member, err := s.Member(entry.Token)
		if s.Actor.Role != role || s.Actor.UnitID != unit || err != nil || member.Locked() {
			t.Errorf("came as %s: %+v, %v", role, s.Actor, err)
		}
		if _, err := o.sessions.Choose(t.Context(), token, unit, role); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the choice goes twice: %v", err)
		}
		o.clock.Advance(time.Minute)
		if hats, err = o.sessions.Choices(t.Context(), o.choosing(t)); err != nil || worn(hats) != role {
			t.Errorf("the next time %q is offered first (%v), want %s", worn(hats), err, role)
		}
	}
}

func TestTheChoiceComesAfterTheSecondFactorAndNotInsteadOfIt(t *testing.T) {
	o := newOffice(t)
	secret := o.enrolApp(t, sok)
	o.second(t)
	half := o.half(t, sok)
	if _, err := o.sessions.Choose(t.Context(), half, o.unit, identity.RoleInvestigator); fault.KindOf(err) != fault.NotFound {
		t.Fatalf("chosen without the second factor: %v", err)
	}
	o.super(t, `UPDATE sign_ins SET proved = true`)
	if _, err := o.sessions.Choose(t.Context(), half, o.unit, identity.RoleInvestigator); fault.KindOf(err) != fault.NotFound {
		t.Fatalf("the database alone shows a second factor: %v", err)
	}
	half = o.half(t, sok)
	entry, err := o.finish(t, half, identity.Proof{Code: o.code(t, secret)})
	if err != nil || !entry.Choosing || entry.Token == half {
		t.Fatalf("%+v, %v", entry, err)
	}
	if _, err := o.finish(t, entry.Token, identity.Proof{Code: o.code(t, secret)}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("the choice takes a second factor: %v", err)
	}
	o.clock.Advance(4 * time.Minute)
	if entry, err = o.sessions.Choose(t.Context(), entry.Token, o.unit, identity.RoleInvestigator); err != nil {
		t.Fatal(err)
	}
	// What was shown before the choice is not fresher for it.
	o.clock.Advance(7 * time.Minute)
	if s := o.recognise(t, entry.Token); s.Fresh || s.Actor.Role != identity.RoleInvestigator {
		t.Errorf("fresh %v as %s", s.Fresh, s.Actor.Role)
	}
}

func TestOnlyAGenuineRoleOfOnesOwnIsChosen(t *testing.T) {
	o := newOffice(t)
	ministry := o.second(t)
	o.super(t, `INSERT INTO memberships (person_id, unit_id, role, pin) VALUES ($1, $2, 'commander', 'forged')`, o.person, o.unit)
	token := o.choosing(t)
	for name, c := range map[string]struct {
		unit uuid.UUID
		role identity.Role
	}{
		"a forged one":          {o.unit, identity.RoleCommander},
		"one of another unit":   {ministry, identity.RoleInvestigator},
		"of a unit that is not": {uuid.Nil, identity.RoleInvestigator},
		"none":                  {o.unit, ""},
	} {
		if _, err := o.sessions.Choose(t.Context(), token, c.unit, c.role); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, end := range map[string]string{
		"made another's": `UPDATE sign_ins SET person_id = person_id, role = 'commander'`, "closed": `UPDATE people SET deactivated_at = now()`,
	} {
		o.super(t, end)
		if _, err := o.sessions.Choose(t.Context(), token, o.unit, identity.RoleInvestigator); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSwitchingEndsOneSessionAndOpensAnother(t *testing.T) {
	o := newOffice(t)
	token := o.signIn(t)
	ministry := o.second(t)
	was := o.recognise(t, token)
	key, err := was.Member(token)
	if err != nil {
		t.Fatal(err)
	}
	o.clock.Advance(5 * time.Minute)
	entry, err := o.sessions.Switch(t.Context(), was, token, ministry, identity.RoleLicensingOfficer)
	if err != nil {
		t.Fatal(err)
	}
	is := o.recognise(t, entry.Token)
	same, err := is.Member(entry.Token)
	switch {
	case o.alive(t, token):
		t.Error("the session of before goes on")
	case is.Actor.Role != identity.RoleLicensingOfficer || is.Actor.UnitID != ministry || is.Actor.SessionID == was.Actor.SessionID:
		t.Errorf("switched to %+v", is.Actor)
	case err != nil || same.ID() != key.ID() || !bytes.Equal(same.Public().Bytes(), key.Public().Bytes()):
		t.Errorf("the key did not go along: %v", err)
	case !is.Actor.FreshUntil.Equal(was.Actor.FreshUntil):
		t.Error("switching shows who one is")
	}
	var deeds string
	err = o.db.Super(t).QueryRow(`SELECT string_agg(action || ' ' || (unit_id = $1), ', ' ORDER BY id) FROM audit_entries WHERE object_kind = 'session'`, ministry).Scan(&deeds)
	if err != nil || deeds != "session.opened false, session.ended false, session.opened true" {
		t.Errorf("the log has %q (%v)", deeds, err)
	}
	// Eight hours in all, in whichever role.
	for range 23 {
		o.clock.Advance(20 * time.Minute)
		o.alive(t, entry.Token)
	}
	o.clock.Advance(16 * time.Minute)
	if o.alive(t, entry.Token) {
		t.Error("switching makes a session last longer")
	}
}

func TestWhatMayNotSwitch(t *testing.T) {
	o := newOffice(t)
	token := o.signIn(t)
	ministry := o.second(t)
	s := o.recognise(t, token)
	to := func(token string, unit uuid.UUID, role identity.Role) error {
		_, err := o.sessions.Switch(t.Context(), s, token, unit, role)
		return err
	}
	if err := to(token, ministry, identity.RoleCommander); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a role of nobody's: %v", err)
	}
	if err := to(strings.Repeat("A", 26), ministry, identity.RoleLicensingOfficer); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a token of nobody's: %v", err)
	}
	var all sync.WaitGroup
	var count [2]int
	var lock sync.Mutex
	for range 4 {
		all.Go(func() {
			err := to(token, ministry, identity.RoleLicensingOfficer)
			lock.Lock()
			defer lock.Unlock()
			if err == nil {
				count[0]++
			} else if fault.KindOf(err) == fault.NotFound {
				count[1]++
			}
		})
	}
	all.Wait()
	if count != [2]int{1, 3} {
		t.Errorf("of four at once %d switched and %d were refused", count[0], count[1])
	}
	o.super(t, `UPDATE sessions SET revoked_at = NULL WHERE unit_id = $1`, o.unit)
	o.clock.Advance(11 * time.Minute)
	s = o.recognise(t, token)
	if err := to(token, ministry, identity.RoleLicensingOfficer); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("without showing who one is: %v", err)
	}
}
