package people_test

import (
	"database/sql"
	"slices"
	"testing"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/people"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/google/uuid"
)

// agencies are two, of a head and a clerk each.
type agencies struct {
	*ministry
	head, clerk, rival, theirs colleague
}

func openAgencies(t *testing.T) *agencies {
	t.Helper()
	m := open(t)
	for _, code := range []string{"sample", "rival"} {
		agency := id.New()
		m.units[code] = id.New()
		m.super(t, `INSERT INTO agencies (id, slug, source, source_key, name_latin, name_local, state, created_at, updated_at) VALUES ($1, $2, 'test', $2, $2, $2, 'listed', now(), now())`, agency, code)
		m.super(t, `INSERT INTO units (id, code, kind, name, agency_id) VALUES ($1, $2, 'agency', '{"en": "An agency"}', $3)`, m.units[code], code, agency)
	}
	return &agencies{
		m, m.hire(t, "head", "sample", identity.RoleAgencyHead), m.hire(t, "clerk", "sample", identity.RoleAgencyClerk),
		m.hire(t, "rival-head", "rival", identity.RoleAgencyHead), m.hire(t, "rival-clerk", "rival", identity.RoleAgencyClerk),
	}
}

func (a *agencies) invite(t *testing.T, signIn string) (people.Colleague, string) {
	t.Helper()
	c, code, err := a.people.InviteClerk(t.Context(), a.head.Actor, people.NewClerk{Name: "A Newcomer", SignIn: signIn, Language: "km"})
	if err != nil {
		t.Fatal(err)
	}
	return c, code
}

func TestAHeadInvitesAClerkWhoThenWorksForTheAgency(t *testing.T) {
	a := openAgencies(t)
	c, code := a.invite(t, " Sophea ")
	if c.Email != "sophea@sample" || c.State() != people.Invited || c.Role != identity.RoleAgencyClerk {
		t.Fatalf("%+v", c)
	}
	entry, err := a.sessions.Accept(t.Context(), identity.Acceptance{Code: code, Passphrase: "words of somebody new here"})
	if err != nil || entry.Actor.UnitID != a.units["sample"] || entry.Actor.Role != identity.RoleAgencyClerk {
		t.Fatalf("%+v, %v", entry.Actor, err)
	}
	if _, err := a.sessions.SignIn(t.Context(), identity.Attempt{Email: "sophea@sample", Passphrase: "words of somebody new here"}); err != nil {
		t.Errorf("signing in: %v", err)
	}
	all, err := a.people.Colleagues(t.Context(), a.head.Actor)
	var names []string
	for _, c := range all {
		names = append(names, c.Email+" "+string(c.State()))
	}
	if err != nil || !slices.Equal(names, []string{"head@example.example active", "sophea@sample active", "clerk@example.example active"}) {
		t.Errorf("%v, %v", names, err)
	}
}

// The name is the agency's own: whoever has an account elsewhere is not told.
func TestAHeadLearnsOfNoAccountElsewhere(t *testing.T) {
	a := openAgencies(t)
	a.invite(t, "sophea")
	try := func(by colleague, signIn string) error {
		_, _, err := a.people.InviteClerk(t.Context(), by.Actor, people.NewClerk{Name: "A Newcomer", SignIn: signIn})
		return err
	}
	if err := try(a.rival, "sophea"); err != nil {
		t.Errorf("a name that another agency has: %v", err)
	}
	if err := try(a.head, "commander"); err != nil {
		t.Errorf("a name like that of an official: %v", err)
	}
	if err := try(a.head, "SOPHEA"); fault.FieldsOf(err)["sign_in"] != "people.clerk.sign_in.taken" {
		t.Errorf("a name that the agency has: %v", err)
	}
	for _, name := range []string{"commander@example.example", "x@rival", "a b", "", "é", "x'"} {
		if err := try(a.head, name); fault.FieldsOf(err)["sign_in"] != "people.clerk.sign_in.form" {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestNobodyIsInvitedIntoTheNamesOfAgencies(t *testing.T) {
	a := openAgencies(t)
	_, _, err := a.people.Invite(t.Context(), a.admin.Actor, identity.Newcomer{Email: "sophea@sample", Name: "A Newcomer"})
	if fault.FieldsOf(err)["email"] != "form.email" {
		t.Errorf("err = %v", err)
	}
}

func TestWhoeverIsDismissedIsSignedOutAndStaysOut(t *testing.T) {
	a := openAgencies(t)
	if err := a.people.DismissClerk(t.Context(), a.head.Actor, a.clerk.PersonID); err != nil {
		t.Fatal(err)
	}
	if _, err := a.sessions.Recognise(t.Context(), a.clerk.token); fault.KindOf(err) != fault.NotFound {
		t.Errorf("still signed in: %v", err)
	}
	if _, err := a.sessions.SignIn(t.Context(), identity.Attempt{Email: "clerk@example.example", Passphrase: testkit.Passphrase}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("signs in again: %v", err)
	}
	if n := a.count(t, `SELECT count(*) FROM people WHERE id = $1 AND deactivated_at IS NOT NULL`, a.clerk.PersonID); n != 1 {
		t.Error("the account is open")
	}
	if err := a.people.DismissClerk(t.Context(), a.head.Actor, a.clerk.PersonID); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a second time: %v", err)
	}
}

func TestAClerkWithAnotherRoleElsewhereKeepsThatOne(t *testing.T) {
	a := openAgencies(t)
	if _, err := a.people.GiveRole(t.Context(), a.admin.Actor, a.clerk.PersonID, a.units["rival"], identity.RoleAgencyClerk); err != nil {
		t.Fatal(err)
	}
	if _, _, err := a.people.InviteClerkAgain(t.Context(), a.head.Actor, a.clerk.PersonID); fault.KindOf(err) != fault.Conflict {
		t.Errorf("another code: %v", err)
	}
	if err := a.people.DismissClerk(t.Context(), a.head.Actor, a.clerk.PersonID); err != nil {
		t.Fatal(err)
	}
	if n := a.count(t, `SELECT count(*) FROM memberships m JOIN people p ON p.id = m.person_id AND p.deactivated_at IS NULL
		WHERE m.person_id = $1 AND m.unit_id = $2`, a.clerk.PersonID, a.units["rival"]); n != 1 {
		t.Error("the head of one agency took a role in another")
	}
}

// Everybody whom a head may not touch, and everybody who is no head.
func TestAHeadTouchesOnlyClerksOfTheirOwnAgency(t *testing.T) {
	a := openAgencies(t)
	for name, who := range map[string]uuid.UUID{
		"another agency's clerk": a.theirs.PersonID, "another agency's head": a.rival.PersonID, "themselves": a.head.PersonID,
		"an official": a.commander.PersonID, "an administrator": a.admin.PersonID, "nobody": id.New(),
	} {
		if err := a.people.DismissClerk(t.Context(), a.head.Actor, who); fault.KindOf(err) != fault.NotFound {
			t.Errorf("dismisses %s: %v", name, err)
		}
		if _, _, err := a.people.InviteClerkAgain(t.Context(), a.head.Actor, who); fault.KindOf(err) != fault.NotFound {
			t.Errorf("makes out a code for %s: %v", name, err)
		}
	}
	if _, _, err := a.people.InviteClerkAgain(t.Context(), a.head.Actor, a.clerk.PersonID); fault.KindOf(err) != fault.Conflict {
		t.Errorf("another code for somebody with a passphrase: %v", err)
	}
	for name, by := range map[string]colleague{"a clerk": a.clerk, "an administrator": a.admin, "an official": a.commander} {
		_, _, invites := a.people.InviteClerk(t.Context(), by.Actor, people.NewClerk{Name: "X", SignIn: "xx"})
		_, lists := a.people.Colleagues(t.Context(), by.Actor)
		for _, err := range []error{invites, lists, a.people.DismissClerk(t.Context(), by.Actor, a.clerk.PersonID)} {
			if fault.KindOf(err) != fault.Forbidden {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// The second wall: what a head could do who speaks SQL as the application does.
func TestTheDatabaseKeepsAHeadToTheirOwnClerks(t *testing.T) {
	a := openAgencies(t)
	as := func(query string, args ...any) (changed int64, err error) {
		err = a.asHead(t, func(tx *sql.Tx) error {
			res, err := tx.Exec(query, args...)
			if err == nil {
				changed, err = res.RowsAffected()
			}
			return err
		})
		return changed, err
	}
	invited, _ := a.invite(t, "sophea")
	newcomer := id.New()
	a.super(t, `INSERT INTO people (id, email, name, created_at) VALUES ($1, 'dara@sample', 'Dara', now())`, newcomer)
	const grants = `INSERT INTO memberships (person_id, unit_id, role, pin, granted_at) VALUES ($1, $2, $3, '', now())`
	const invites = `INSERT INTO invitations (id, person_id, email, token_hash, issued_by, issued_at, expires_at, pin)
		SELECT gen_random_uuid(), $1, 'x@sample', sha256(gen_random_uuid()::text::bytea), $2, now(), now() + interval '1 day', '\x00'`
	const closing = `UPDATE people SET deactivated_at = now() WHERE id = $1`
	const ending = `DELETE FROM memberships WHERE person_id = $1`
	for name, deed := range map[string]struct {
		query string
		args  []any
	}{
		"asks by an insert who has an address": {`INSERT INTO people (id, email, name, created_at) VALUES (gen_random_uuid(), 'commander@example.example', 'X', now())`, nil},
		"names somebody in another agency":     {`INSERT INTO people (id, email, name, created_at) VALUES (gen_random_uuid(), 'x@rival', 'X', now())`, nil},
		"makes a head":                         {grants, []any{newcomer, a.units["sample"], "agency_head"}},
		"makes an investigator":                {grants, []any{newcomer, a.units["police"], "investigator"}},
		"makes a clerk of another agency":      {grants, []any{newcomer, a.units["rival"], "agency_clerk"}},
		"makes an official a clerk":            {grants, []any{a.commander.PersonID, a.units["sample"], "agency_clerk"}},
		"makes another's clerk a clerk":        {grants, []any{a.theirs.PersonID, a.units["sample"], "agency_clerk"}},
		"invites an official":                  {invites, []any{a.commander.PersonID, a.head.PersonID}},
		"invites in another's name":            {invites, []any{invited.ID, a.rival.PersonID}},
		"closes an official's account":         {closing, []any{a.commander.PersonID}},
		"closes another agency's clerk's":      {closing, []any{a.theirs.PersonID}},
		"closes their own":                     {closing, []any{a.head.PersonID}},
		"opens an account again":               {`UPDATE people SET deactivated_at = NULL WHERE id = $1`, []any{a.clerk.PersonID}},
		"ends an official's role":              {ending, []any{a.commander.PersonID}},
		"ends another agency's clerk's":        {ending, []any{a.theirs.PersonID}},
	} {
		if n, err := as(deed.query, deed.args...); err == nil && n != 0 {
			t.Errorf("a head %s", name)
		}
	}
	_ = a.asHead(t, func(tx *sql.Tx) error {
		var seen int
		if err := tx.QueryRow(`SELECT count(*) FROM addresses()`).Scan(&seen); err != nil || seen != 3 {
			t.Errorf("a head sees %d addresses (%v), want those of their own three", seen, err)
		}
		_, err := tx.Exec(`SELECT end_sessions(person => $1, at => now())`, a.commander.PersonID)
		return err
	})
	if n := a.count(t, `SELECT count(*) FROM sessions WHERE person_id = $1 AND revoked_at IS NULL`, a.commander.PersonID); n != 1 {
		t.Error("a head ended an official's session")
	}
}

// asHead speaks SQL as the application's role for staff, as the head of the
// first agency.
func (a *agencies) asHead(t *testing.T, do func(*sql.Tx) error) error {
	t.Helper()
	return a.asStaff(t, a.head.PersonID, a.units["sample"], "agency", "agency_head", func(tx *sql.Tx) error {
		if _, err := tx.Exec(`SELECT set_config('portal.desk', 'sample', true)`); err != nil {
			return err
		}
		return do(tx)
	})
}
