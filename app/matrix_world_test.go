package app_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/fairpassage/portal/app"
	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/people"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
)

// standing is how somebody stands to the object that is asked for.
type standing string

const (
	out     standing = "out"     // signed out
	holder  standing = "holder"  // with an open receipt
	left    standing = "left"    // deactivated after having signed in
	other   standing = "other"   // of another unit of that kind
	accused standing = "accused" // of a unit that a complaint accuses
	own     standing = "own"     // of the unit whose it is
)

// standings lists them in the order in which they ask: whose it is come last,
// since what they do may use the object up.
var standings = []standing{out, holder, left, other, accused, own}

// person asks. Each unit of the matrix has one in each role.
type person struct {
	email    string
	standing standing
	actor    identity.Actor // as the policy sees them
	visitor  *visitor
	tokens   map[web.Surface]string
}

// on is the actor as the surface sees them: a receipt opens nothing of the
// staff's.
func (p *person) on(surface web.Surface) identity.Actor {
	if p.standing == holder && surface == web.Staff {
		return identity.Public()
	}
	return p.actor
}

func (p *person) String() string {
	if p.actor.Role == "" {
		return string(p.standing)
	}
	return fmt.Sprintf("%s of %s (%s)", p.actor.Role, p.actor.UnitCode, p.standing)
}

// cell is one answer of the matrix.
type cell struct {
	route    string
	standing standing
	kind     identity.UnitKind
	role     identity.Role
}

// matrix is a whole site with three units of each kind, and something of every
// sort in it.
type matrix struct {
	*twin
	people  []*person
	apart   map[web.Surface]*fiber.App // servers of one surface
	asset   string
	receipt complaint.Receipt
	things  map[string]map[standing]thing // by the address's beginning
	ofKind  map[string]map[standing]thing // by that and the kind of unit that asks: before things
	routes  []web.Route
	asked   int
	listed  map[string]int // by list: how often the object was in it
	allowed map[cell]bool
}

// proposing is the administration from which everything is proposed.
const proposing = "administration-0"

// matrixPlaces gives the three units of a kind their provinces and countries;
// of an agency's, the province names the agency.
var matrixPlaces = map[identity.UnitKind][3][2]string{
	identity.UnitProvince: {{"East Gate"}, {"West Gate"}, {"South Gate"}},
	identity.UnitEmbassy:  {{"", "TH"}, {"", "MY"}, {"", "JP"}},
	identity.UnitAgency:   {{"another agency"}, {"a third agency"}, {"the agency"}},
}

func matrixUnits() (units []office) {
	for _, kind := range people.Kinds() {
		for n, s := range []standing{own, other, accused} {
			u := office{code: fmt.Sprint(string(kind), "-", n+1), kind: string(kind), roles: people.RolesOf(kind)}
			if places, has := matrixPlaces[kind]; has {
				u.province, u.countries = places[n][0], places[n][1]
			}
			if kind == identity.UnitPolice && s != own { // there is one national unit; the others are of it
				u.parent = "police-1"
			}
			units = append(units, u)
		}
	}
	return append(units, office{code: proposing, kind: string(identity.UnitAdministration), roles: []identity.Role{identity.RoleAdministrator}})
}

func openMatrix(t *testing.T) *matrix {
	t.Helper()
	m := &matrix{twin: openTwin(t, testkit.DB(t), matrixUnits()...), apart: map[web.Surface]*fiber.App{}, allowed: map[cell]bool{}, listed: map[string]int{}, routes: app.SiteMap(nil, app.Pages{})}
	m.people = []*person{
		{standing: out, actor: identity.Public()},
		{standing: holder, actor: identity.Actor{Kind: identity.KindReceipt}},
	}
	for _, u := range m.units {
		for _, role := range u.roles {
			if u.code != proposing {
				m.hire(u, role)
			}
		}
	}
	for _, surface := range []web.Surface{web.Public, web.Staff} {
		server, err := app.New(app.Config{Surfaces: []web.Surface{surface}}, m.edge, m.pages)
		if err != nil {
			t.Fatal(err)
		}
		m.apart[surface] = server
	}
	slices.SortStableFunc(m.people, func(a, b *person) int {
		return slices.Index(standings, a.standing) - slices.Index(standings, b.standing)
	})
	_, home := m.visitor("").get(t, "/")
	m.asset, _ = home.Find(`link[rel="stylesheet"]`).First().Attr("href")
	m.fill()
	m.bell.Stop() // streams end by themselves
	return m
}

// enter brings somebody to where they stand.
func (m *matrix) enter(p *person) {
	m.t.Helper()
	p.visitor, p.tokens = m.visitor(p.email), map[web.Surface]string{}
	switch p.standing {
	case left:
		m.exec(`UPDATE people SET deactivated_at = now() WHERE email = $1`, p.email)
	case holder:
		res := p.visitor.send(m.t, "/complaints/check", "/complaints/check", url.Values{"receipt": {m.receipt.Code()}})
		if res.StatusCode != http.StatusSeeOther {
			m.t.Fatalf("the receipt does not open: %d", res.StatusCode)
		}
	case out, other, accused, own:
	}
}

// hire adds the unit's person to the matrix and, for one's own unit, a second
// one who will be deactivated.
func (m *matrix) hire(u office, role identity.Role) {
	m.t.Helper()
	s := map[string]standing{"1": own, "2": other, "3": accused}[u.code[strings.LastIndex(u.code, "-")+1:]]
	m.people = append(m.people, &person{email: u.email(role), standing: s, actor: m.twin.people[u.email(role)]})
	if s == own {
		email := "left-" + u.email(role)
		m.deed("hire %s", email)
		m.db.Hire(m.t, m.clock, email, "Former Officer", unitOf(u.code), role)
		actor := identity.Public() // that is all they are from now on
		actor.Role, actor.UnitKind = role, identity.UnitKind(u.kind)
		m.people = append(m.people, &person{email: email, standing: left, actor: actor})
	}
}

// fill lets things happen: patterns, accusations, readings and proposals.
func (m *matrix) fill() {
	m.t.Helper()
	for round := range 3 {
		m.receipt = m.file(fmt.Sprint("ordinary ", round), ordinary(round))
		m.file(fmt.Sprint("accusing police ", round), accusing(round, unitOf("police-3")))
		m.file(fmt.Sprint("accusing oversight ", round), accusing(round+3, unitOf("oversight-3")))
		m.work()
	}
	for n, kind := range []string{"ministry", "province", "embassy", "border"} {
		m.file("accusing "+kind, lone(accusing(10+n, unitOf(kind+"-3"))))
	}
	m.file("an official of no known office", lone(ordinary(30, func(in *complaint.Intake) { in.Official = true })))
	m.work()
	newcomer := m.db.Hire(m.t, m.clock, "newcomer@nowhere.example", "A Newcomer", uuid.Nil)
	m.collect(newcomer)
}

// one reads an id.
func (m *matrix) one(query string, args ...any) string {
	m.t.Helper()
	var id string
	if err := m.super.QueryRow(query, args...).Scan(&id); err != nil {
		m.t.Fatalf("%s: %v", query, err)
	}
	return id
}

// propose makes a decision wait for the unit.
func (m *matrix) propose(newcomer uuid.UUID, unit office) thing {
	m.t.Helper()
	role, kind, asks := authority.RolesIn(authority.RoleApprove, identity.UnitKind(unit.kind))[0], people.KindRole, authority.RoleApprove
	if unit.kind == string(identity.UnitAdministration) {
		role, kind, asks = identity.RoleAdministrator, people.KindAdministrator, authority.AdministratorApprove
	}
	by := m.twin.people["administrator@"+proposing+".example"]
	key, err := m.decisions.Propose(m.t.Context(), by, decision.Proposal{
		Kind: kind, Subject: newcomer, UnitID: unitOf(unit.code),
		Detail: map[string]any{"role": role, "key": m.one(`SELECT id FROM member_keys WHERE person_id = $1`, newcomer)},
	})
	if err != nil {
		m.t.Fatal(err)
	}
	return thing{
		path:   map[string]string{":id": key.String()},
		object: authority.Object{UnitID: unitOf(unit.code), FromUnitID: by.UnitID, PersonID: by.PersonID},
		also:   map[authority.Action]authority.Action{authority.DecisionDecide: asks}, form: map[string]string{"reason": "It is in order."},
	}
}
