package people_test

import (
	"testing"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/people"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/google/uuid"
)

func TestARoleThatReadsCasesTakesTheReceivingUnit(t *testing.T) {
	m := open(t)
	person := m.newcomer(t)
	proposal, err := m.people.GiveRole(t.Context(), m.admin.Actor, person, m.units["police"], identity.RoleInvestigator)
	if err != nil || proposal == uuid.Nil || m.has(t, person, identity.RoleInvestigator) {
		t.Fatalf("%v, proposal %v", err, proposal)
	}
	for name, by := range map[string]colleague{"the proposer": m.admin, "another administrator": m.second, "the oversight body": m.overseer} {
		if err := m.approve(t, by, proposal); err == nil {
			t.Errorf("%s approved", name)
		}
	}
	page, err := m.decisions.Get(t.Context(), m.commander.Actor, proposal)
	if err != nil || len(page.Facts) != 3 || page.Facts[0].Text != "newcomer" || page.Facts[2].Text == "" || !page.MayDecide {
		t.Errorf("the unit sees %+v, %v", page.Facts, err)
	}
	if err := m.approve(t, m.commander, proposal); err != nil || !m.has(t, person, identity.RoleInvestigator) {
		t.Fatalf("the unit's own: %v", err)
	}
	m.wantUnbacked(t, 0)
}

func (m *ministry) wantUnbacked(t *testing.T, want int) {
	t.Helper()
	err := m.db.Read(t.Context(), identity.System("audit"), func(tx postgres.Tx) error {
		fakes, err := people.Unbacked(tx, testkit.People(m.clock))
		if len(fakes) != want {
			t.Errorf("%d roles with nothing behind them, want %d: %v", len(fakes), want, fakes)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestARoleThatReadsNoCaseIsGivenAtOnce(t *testing.T) {
	m := open(t)
	person := m.newcomer(t)
	proposal, err := m.people.GiveRole(t.Context(), m.admin.Actor, person, m.units["ministry"], identity.RoleLicensingOfficer)
	if err != nil || proposal != uuid.Nil || !m.has(t, person, identity.RoleLicensingOfficer) {
		t.Fatalf("%v, %v", err, proposal)
	}
}

func TestAnotherAdministratorTakesTwo(t *testing.T) {
	m := open(t)
	person := m.newcomer(t)
	proposal, err := m.people.GiveRole(t.Context(), m.admin.Actor, person, m.units["administration"], identity.RoleAdministrator)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.approve(t, m.admin, proposal); err == nil {
		t.Error("one was enough")
	}
	if err := m.approve(t, m.second, proposal); err != nil || !m.has(t, person, identity.RoleAdministrator) {
		t.Error(err)
	}
}

// Whoever holds the account when the unit agrees is who it agreed to.
func TestARoleIsForTheHolderOfOneKey(t *testing.T) {
	m := open(t)
	invited, _, err := m.people.Invite(t.Context(), m.admin.Actor, identity.Newcomer{Email: "puppet@example.example", Name: "Puppet"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = m.people.GiveRole(t.Context(), m.admin.Actor, invited, m.units["police"], identity.RoleInvestigator)
	if fault.FieldsOf(err)["role"] == "" {
		t.Errorf("for an account that nobody holds yet: %v", err)
	}
	person := m.newcomer(t)
	proposal, err := m.people.GiveRole(t.Context(), m.admin.Actor, person, m.units["police"], identity.RoleInvestigator)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := identity.NewSecret("another passphrase of tests")
	if err != nil {
		t.Fatal(err)
	}
	err = m.db.InTx(t.Context(), identity.Door(), func(tx postgres.Tx) error {
		_, err := testkit.People(m.clock).SetSecret(tx, person, secret)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := m.approve(t, m.commander, proposal); fault.CodeOf(err) != "people.role.key_changed" || m.has(t, person, identity.RoleInvestigator) {
		t.Errorf("after the key changed hands: %v", err)
	}
}

func TestWithoutAnybodyWhoLeadsAProposalWaits(t *testing.T) {
	m := open(t)
	unit, err := m.people.MakeUnit(t.Context(), m.admin.Actor, people.NewUnit{Code: "province-west", Kind: identity.UnitProvince, NameEN: "West", Province: "West", Parent: m.units["ministry"]})
	if err != nil {
		t.Fatal(err)
	}
	proposal, err := m.people.GiveRole(t.Context(), m.admin.Actor, m.newcomer(t), unit, identity.RoleComplaintsOfficer)
	if err != nil {
		t.Fatal(err)
	}
	page, err := m.decisions.Get(t.Context(), m.admin.Actor, proposal)
	if err != nil || len(page.Missing) != 1 || page.Missing[0] != identity.RoleComplaintsOfficer {
		t.Errorf("%v, %v", page.Missing, err)
	}
	if u, err := m.people.Unit(t.Context(), m.admin.Actor, unit); err != nil || u.Led {
		t.Errorf("led: %v, %v", u.Led, err)
	}
}

func TestDeactivationEndsEverythingAtOnce(t *testing.T) {
	m := open(t)
	if err := m.people.Deactivate(t.Context(), m.admin.Actor, m.commander.PersonID); err != nil {
		t.Fatal(err)
	}
	if _, err := m.sessions.Recognise(t.Context(), m.commander.token); fault.KindOf(err) != fault.NotFound {
		t.Errorf("the session goes on: %v", err)
	}
	if n := m.count(t, `SELECT count(*) FROM sessions WHERE person_id = $1 AND revoked_at IS NULL`, m.commander.PersonID); n != 0 {
		t.Errorf("%d sessions are open", n)
	}
	if m.has(t, m.commander.PersonID, identity.RoleCommander) {
		t.Error("a role that reads cases outlives it")
	}
	if n := m.count(t, `SELECT count(*) FROM promises`); n != 0 {
		t.Errorf("%d promises that nobody keeps", n)
	}
	proposal, err := m.people.ProposeReturn(t.Context(), m.admin.Actor, m.commander.PersonID)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.approve(t, m.admin, proposal); err == nil {
		t.Error("who deactivated lets in again alone")
	}
	if err := m.approve(t, m.second, proposal); err != nil {
		t.Fatal(err)
	}
	p, err := m.people.Person(t.Context(), m.admin.Actor, m.commander.PersonID)
	if err != nil || p.State() != people.Active || len(p.Roles) != 0 {
		t.Errorf("%v with %d roles, %v", p.State(), len(p.Roles), err)
	}
	if _, err := m.sessions.Recognise(t.Context(), m.commander.token); err == nil {
		t.Error("the old session came back with the account")
	}
}

func TestAnEndedRoleEndsItsSessions(t *testing.T) {
	m := open(t)
	if err := m.people.EndRole(t.Context(), m.admin.Actor, m.overseer.PersonID, m.units["oversight"], identity.RoleOverseer); err != nil {
		t.Fatal(err)
	}
	if _, err := m.sessions.Recognise(t.Context(), m.overseer.token); fault.KindOf(err) != fault.NotFound {
		t.Errorf("the session goes on: %v", err)
	}
}

func TestTheLastAdministratorStays(t *testing.T) {
	m := open(t)
	if err := m.people.Deactivate(t.Context(), m.admin.Actor, m.second.PersonID); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"deactivating": m.people.Deactivate(t.Context(), m.admin.Actor, m.admin.PersonID),
		"ending":       m.people.EndRole(t.Context(), m.admin.Actor, m.admin.PersonID, m.units["administration"], identity.RoleAdministrator),
	} {
		if fault.KindOf(err) != fault.Conflict {
			t.Errorf("%s: %v, want Conflict", name, err)
		}
	}
}

func TestTwoAdministratorsCannotEndEachOther(t *testing.T) {
	m := open(t)
	errs := make(chan error, 2)
	go func() { errs <- m.people.Deactivate(t.Context(), m.admin.Actor, m.second.PersonID) }()
	go func() { errs <- m.people.Deactivate(t.Context(), m.second.Actor, m.admin.PersonID) }()
	first, second := <-errs, <-errs
	if (first == nil) == (second == nil) {
		t.Errorf("%v, %v: want one to stay", first, second)
	}
}

func TestALostPassphraseTakesTwo(t *testing.T) {
	m := open(t)
	if _, err := m.people.InviteAgain(t.Context(), m.admin.Actor, m.commander.PersonID); fault.CodeOf(err) != "people.readmit.first" {
		t.Fatalf("an administrator alone gets a code for a commander's account: %v", err)
	}
	proposal, err := m.people.ProposeReadmission(t.Context(), m.admin.Actor, m.overseer.PersonID)
	if err != nil {
		t.Fatal(err)
	}
	second := m.hire(t, "another overseer", "oversight", identity.RoleOverseer)
	if err := m.approve(t, m.second, proposal); err == nil {
		t.Error("two administrators are enough for an overseer's account")
	}
	if err := m.approve(t, second, proposal); err != nil {
		t.Fatal(err)
	}
	if code, err := m.people.InviteAgain(t.Context(), m.admin.Actor, m.overseer.PersonID); err != nil || code == "" {
		t.Fatal(err)
	}
	if _, err := m.people.InviteAgain(t.Context(), m.admin.Actor, m.overseer.PersonID); err == nil {
		t.Error("one decision gives two codes")
	}
}

func TestTheCodeOfTheReportersEnvelopeIsNoUnits(t *testing.T) {
	m := open(t)
	_, err := m.people.MakeUnit(t.Context(), m.admin.Actor, people.NewUnit{Code: "reporter", Kind: identity.UnitProvince, NameEN: "X", Province: "Nowhere", Parent: m.units["ministry"]})
	if fault.FieldsOf(err)["code"] != "people.unit.code.reserved" {
		t.Error(err)
	}
}

// A move is signed by the oversight body for what it saw: it must not make good
// what somebody changed past the portal.
func TestAUnitThatWasChangedPastThePortalMovesNowhere(t *testing.T) {
	m := open(t)
	key, err := m.people.MakeUnit(t.Context(), m.admin.Actor, people.NewUnit{Code: "north", Kind: identity.UnitProvince, NameEN: "North", Province: "West", Parent: m.units["ministry"]})
	if err != nil {
		t.Fatal(err)
	}
	to, err := m.people.MakeUnit(t.Context(), m.admin.Actor, people.NewUnit{Code: "south", Kind: identity.UnitProvince, NameEN: "South", Province: "South", Parent: m.units["ministry"]})
	if err != nil {
		t.Fatal(err)
	}
	proposal, err := m.people.ProposeMove(t.Context(), m.admin.Actor, key, to)
	if err != nil {
		t.Fatal(err)
	}
	m.super(t, `UPDATE units SET province = 'South' WHERE id = $1`, key)
	if err := m.approve(t, m.overseer, proposal); fault.KindOf(err) != fault.Conflict {
		t.Errorf("approved: %v", err)
	}
	m.super(t, `UPDATE units SET province = 'West' WHERE id = $1`, key)
	if err := m.approve(t, m.overseer, proposal); err != nil {
		t.Error("as it was again:", err)
	}
	m.genuine(t)
}

// genuine fails over units whose pins are not good.
func (m *ministry) genuine(t *testing.T) {
	t.Helper()
	err := m.db.Read(t.Context(), identity.Setup("test"), func(tx postgres.Tx) error {
		doubtful, err := testkit.People(m.clock).DoubtfulUnits(tx)
		if len(doubtful) > 0 {
			t.Errorf("%+v", doubtful)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAUnitMovesByTheOversightBody(t *testing.T) {
	m := open(t)
	make := func(code string, parent uuid.UUID) uuid.UUID {
		key, err := m.people.MakeUnit(t.Context(), m.admin.Actor, people.NewUnit{Code: code, Kind: identity.UnitProvince, NameEN: code, Province: "West", Parent: parent})
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	north := make("north", m.units["ministry"])
	below := make("north-east", north)
	proposal, err := m.people.ProposeMove(t.Context(), m.admin.Actor, below, m.units["ministry"])
	if err != nil {
		t.Fatal(err)
	}
	if err := m.approve(t, m.overseer, proposal); err != nil {
		t.Fatal(err)
	}
	if n := m.count(t, `SELECT count(*) FROM units WHERE id = $1 AND parent_id = $2`, below, m.units["ministry"]); n != 1 {
		t.Error("it did not move")
	}
	if back, err := m.people.ProposeMove(t.Context(), m.admin.Actor, below, north); err != nil || m.approve(t, m.overseer, back) != nil {
		t.Errorf("back: %v", err)
	}
	circle, err := m.people.ProposeMove(t.Context(), m.admin.Actor, north, below)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.approve(t, m.overseer, circle); fault.CodeOf(err) != "people.unit.circle" {
		t.Errorf("a unit below itself: %v", err)
	}
}

func TestWhatAUnitMayBe(t *testing.T) {
	m := open(t)
	for name, n := range map[string]people.NewUnit{
		"a second head of the police": {Code: "aaa", Kind: identity.UnitPolice, NameEN: "A"},
		"a province under the police": {Code: "aaa", Kind: identity.UnitProvince, NameEN: "A", Parent: m.units["police"]},
		"a code that is taken":        {Code: "police", Kind: identity.UnitSupport, NameEN: "A"},
		"a code of other letters":     {Code: "Police!", Kind: identity.UnitSupport, NameEN: "A"},
		"no name":                     {Code: "aaa", Kind: identity.UnitSupport},
		"an agency of no register":    {Code: "aaa", Kind: identity.UnitAgency, NameEN: "A", Agency: "none"},
		"no kind":                     {Code: "aaa", NameEN: "A"},
	} {
		if _, err := m.people.MakeUnit(t.Context(), m.admin.Actor, n); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestListsFindPeopleAndUnits(t *testing.T) {
	m := open(t)
	for name, c := range map[string]struct {
		filter people.PersonFilter
		want   int
	}{
		"everybody": {people.PersonFilter{}, 4}, "a part of a name": {people.PersonFilter{Query: "COMM"}, 1}, "an address": {people.PersonFilter{Query: "overseer@"}, 1},
		"a sign of the database's": {people.PersonFilter{Query: "%"}, 0}, "of the police": {people.PersonFilter{Kind: identity.UnitPolice}, 1},
		"invited": {people.PersonFilter{State: people.Invited}, 0}, "active": {people.PersonFilter{State: people.Active}, 4}, "beyond": {people.PersonFilter{Page: 2}, 0},
	} {
		found, _, err := m.people.People(t.Context(), m.admin.Actor, c.filter)
		if err != nil || len(found) != c.want {
			t.Errorf("%s: %d, %v; want %d", name, len(found), err, c.want)
		}
	}
	units, _, err := m.people.Units(t.Context(), m.admin.Actor, people.UnitFilter{Query: "poli"})
	if err != nil || len(units) != 1 || units[0].Members != 1 {
		t.Errorf("%+v, %v", units, err)
	}
}

func TestADeskIsFoundByItsProvinceOrItsCountries(t *testing.T) {
	m := open(t)
	made := func(n people.NewUnit) uuid.UUID {
		key, err := m.people.MakeUnit(t.Context(), m.admin.Actor, n)
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	province := made(people.NewUnit{Code: "east", Kind: identity.UnitProvince, NameEN: "East", Parent: m.units["ministry"], Province: "  East  Gate "})
	embassy := made(people.NewUnit{Code: "embassy", Kind: identity.UnitEmbassy, NameEN: "Embassy", Parent: m.units["ministry"], Countries: []string{"th", "MY", "TH"}})
	if n := m.count(t, `SELECT count(*) FROM units WHERE id = $1 AND province = 'East Gate' AND countries IS NULL`, province); n != 1 {
		t.Error("the province is not kept")
	}
	if n := m.count(t, `SELECT count(*) FROM units WHERE id = $1 AND province IS NULL AND countries = '{TH,MY}'`, embassy); n != 1 {
		t.Error("the countries are not kept")
	}
	u, err := m.people.Unit(t.Context(), m.admin.Actor, embassy)
	if err != nil || len(u.Countries) != 2 || u.Province != "" {
		t.Errorf("%+v, %v", u.Unit, err)
	}
}

// The more somebody is, the more they may be: a role is added and takes none
// away, whoever gives it.
func TestAnotherRoleTakesNoneAway(t *testing.T) {
	m := open(t)
	other := m.hire(t, "other", "oversight", identity.RoleOverseer)
	proposal, err := m.people.GiveRole(t.Context(), m.admin.Actor, m.overseer.PersonID, m.units["oversight"], identity.RoleFirstReader)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.approve(t, other, proposal); err != nil {
		t.Fatal(err)
	}
	if _, err := m.people.GiveRole(t.Context(), m.admin.Actor, m.commander.PersonID, m.units["ministry"], identity.RoleLicensingOfficer); err != nil {
		t.Fatal(err)
	}
	for role, name := range map[identity.Role]string{
		identity.RoleOverseer: "overseer", identity.RoleFirstReader: "overseer", identity.RoleCommander: "commander", identity.RoleLicensingOfficer: "commander",
	} {
		token := testkit.SignIn(t, m.sessions, name+"@example.example", role)
		s, err := m.sessions.Recognise(t.Context(), token)
		if err != nil || s.Actor.Role != role {
			t.Errorf("%s signs in as %s (%v), want %s", name, s.Actor.Role, err, role)
		}
	}
}
