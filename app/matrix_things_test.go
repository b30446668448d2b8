package app_test

import (
	"bytes"
	"image"
	"image/png"
	"net/url"
	"strings"

	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/authority"
	paper "github.com/fairpassage/portal/internal/document"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/inspection"
	"github.com/fairpassage/portal/internal/policy"
	"github.com/fairpassage/portal/internal/subscription"
	"github.com/google/uuid"
)

// thing is an object that an address names, as the policy sees it.
type thing struct {
	path   map[string]string // parameter → value
	object authority.Object
	also   map[authority.Action]authority.Action // what the use case asks beside the route's action
	form   map[string]string
}

func (th thing) fill(path string) string {
	for name, value := range th.path {
		path = strings.Replace(path, name, value, 1)
	}
	return path
}

// thingFor returns what the person asks the address for. false means that the
// address names an object for which nothing stands here.
func (m *matrix) thingFor(r web.Route, p *person) (thing, bool) {
	if th, inBody := m.ofKind[r.Path+" "+string(p.actor.UnitKind)][p.standing]; inBody {
		return th, true
	}
	if !strings.ContainsAny(r.Path, ":+*") {
		return thing{object: authority.Door()}, true
	}
	for _, prefix := range []string{
		"/police/escalations/", "/oversight/escalations/", "/readings/", "/decisions/", "/api/v1/decisions/", "/admin/units/", "/admin/people/", "/agency/people/",
		"/oversight/retention/holds/", "/ministry/applications/", "/ministry/policies/", "/ministry/inspections/", "/agency/application/", "/agency/inspections/",
		"/oversight/fitness/", "/ministry/agencies/", "/ministry/barred/", "/ministry/guarantees/", "/oversight/agencies/", "/police/agencies/", "/ministry/letters/", "/oversight/letters/", "/agency/letters/", "/agency/licence/",
		"/agencies/", "/language/", "/assets/", "/verify/", "/changes/",
		"/agency/documents/", "/documents/",
	} {
		if strings.HasPrefix(r.Path, prefix) {
			th, ok := m.things[prefix][p.standing]
			if own, special := m.ofKind[prefix+string(p.actor.UnitKind)]; special {
				th, ok = own[p.standing]
			}
			return th, ok
		}
	}
	return thing{}, false
}

// same stands for the object whoever asks.
func same(th thing) map[standing]thing {
	return map[standing]thing{own: th, other: th, accused: th, left: th, out: th, holder: th}
}

func ids(values ...string) map[string]string {
	out := map[string]string{":id": values[0]}
	if len(values) > 1 {
		out[":complaint"] = values[1]
	}
	return out
}

// collect says which object each address is asked for.
func (m *matrix) collect(newcomer uuid.UUID) {
	m.t.Helper()
	leaver := m.db.Hire(m.t, m.clock, "leaver@nowhere.example", "A Leaver", uuid.Nil)
	clerk := m.db.Hire(m.t, m.clock, "clerk@nowhere.example", "A Clerk", unitOf("agency-1"), identity.RoleAgencyClerk)
	anything := func(path map[string]string) map[standing]thing {
		return same(thing{path: path, object: authority.Door()})
	}
	inspected, photo := m.inspection()
	m.things = map[string]map[standing]thing{
		"/oversight/fitness/":     anything(ids(m.check())),
		"/verify/":                anything(map[string]string{"+": m.proof()}),
		"/changes/":               anything(map[string]string{":token": m.watching()}),
		"/language/":              anything(map[string]string{":code": "en"}),
		"/assets/":                anything(map[string]string{"*": strings.TrimPrefix(m.asset, "/assets/")}),
		"/agencies/":              anything(map[string]string{"+": "sample"}),
		"/ministry/applications/": anything(ids(unitOf("application").String())),
		// Of the agency of whoever asks, always.
		"/agency/application/":    anything(map[string]string{":section": "branches", ":item": "new"}),
		"/ministry/agencies/":     anything(map[string]string{":id": unitOf("the agency").String(), ":kind": "condition", ":claim": m.claim()}),
		"/ministry/guarantees/":   anything(ids(m.bankLetter())),
		"/ministry/barred/":       anything(ids(m.barredPerson())),
		"/oversight/agencies/":    anything(map[string]string{":id": unitOf("the agency").String(), ":kind": "appeal_upheld"}),
		"/police/agencies/":       anything(map[string]string{":id": unitOf("the agency").String()}),
		"/ministry/letters/":      anything(ids(m.letter())),
		"/oversight/letters/":     anything(ids(m.letter())),
		"/agency/letters/":        same(thing{path: ids(m.letter()), object: authority.Object{AgencyID: m.twin.people["agency_head@agency-1.example"].AgencyID}}),
		"/agency/licence/":        anything(map[string]string{":kind": "surrender_ask"}),
		"/ministry/policies/":     anything(map[string]string{":key": string(policy.LicenceTerm)}),
		"/ministry/inspections/":  anything(map[string]string{":id": inspected, ":photo": photo[own].path[":id"]}),
		"/agency/inspections/":    same(thing{path: ids(inspected), object: authority.Object{AgencyID: m.twin.people["agency_head@agency-1.example"].AgencyID}}),
		"/admin/units/":           anything(ids(unitOf("province-1").String())),
		"/admin/people/":          anything(ids(leaver.String())),
		"/agency/people/":         same(thing{path: ids(clerk.String()), object: authority.Object{AgencyID: m.twin.people["agency_head@agency-1.example"].AgencyID}}),
		"/police/escalations/":    m.escalations(identity.UnitPolice),
		"/oversight/escalations/": m.escalations(identity.UnitOversight),
		"/readings/":              m.readings(identity.UnitMinistry),
		"/documents/":             m.paper("agency_clerk@agency-1.example", paper.Owner{Kind: paper.OfAgency, ID: unitOf(paperOwner)}, paper.Other),
		"/agency/documents/":      m.paper("agency_head@agency-1.example", paper.Owner{Kind: paper.OfAgency, ID: unitOf(paperOwner)}, paper.Other),
		// Of the oversight body as a whole.
		"/oversight/retention/holds/": same(thing{path: ids(m.hold()), object: authority.Door(), form: map[string]string{"unit": unitOf("support-1").String()}}),
	}
	m.ofKind = map[string]map[standing]thing{
		"/readings/" + string(identity.UnitOversight): m.readings(identity.UnitOversight),
		// What inspectors see, too.
		"/documents/" + string(identity.UnitMinistry): photo,
	}
	for _, u := range m.units {
		if strings.HasSuffix(u.code, "-1") {
			// A colleague of the first unit, whom its own people admit to the desk.
			m.ofKind["/desk/admit "+u.kind] = same(thing{
				form:   map[string]string{"person": m.twin.people[u.email(u.roles[len(u.roles)-1])].PersonID.String()},
				object: authority.Object{UnitID: unitOf(u.code)},
			})
		}
		if strings.HasSuffix(u.code, "-1") && u.kind != string(identity.UnitAgency) {
			waiting := same(m.propose(newcomer, u))
			for _, prefix := range []string{"/decisions/", "/api/v1/decisions/"} {
				m.ofKind[prefix+u.kind] = waiting
				m.things[prefix] = waiting // for those who may enter no such page
			}
		}
	}
}

// inspection is one that was sent to the first agency, and a photograph of it.
func (m *matrix) inspection() (inspected string, photo map[standing]thing) {
	m.t.Helper()
	ctx, officer, inspector := m.t.Context(), m.twin.people["licensing_officer@ministry-1.example"], m.twin.people["inspector@ministry-1.example"]
	must := func(err error) {
		m.t.Helper()
		if err != nil {
			m.t.Fatal(err)
		}
	}
	today := m.inspections.Today()
	key, err := m.inspections.Plan(ctx, officer, inspection.Plan{
		AgencyID: m.twin.people["agency_head@agency-1.example"].AgencyID, Day: today, Place: "1 Sample Street", Team: []uuid.UUID{inspector.PersonID},
	})
	must(err)
	must(m.inspections.Visit(ctx, inspector, key, today))
	photo = m.paper("inspector@ministry-1.example", paper.Owner{Kind: paper.OfInspection, ID: key}, paper.InspectionPhoto)
	r, err := m.inspections.Get(ctx, inspector, key)
	must(err)
	var sheet inspection.Sheet
	for _, l := range r.Lines {
		sheet.Answers = append(sheet.Answers, inspection.Given{Code: l.Code, Answer: inspection.Met})
	}
	must(m.inspections.Record(ctx, inspector, key, sheet))
	must(m.inspections.Send(ctx, officer, key))
	return key.String(), photo
}

// check is one that waits for its second decision.
func (m *matrix) check() string {
	m.t.Helper()
	key := unitOf("a check")
	m.exec(`INSERT INTO fitness_checks (id, application_id, round, agency_id, grade, score, second_needed, made_at)
		VALUES ($1, $2, 1, $3, 'none', 0, true, now()) ON CONFLICT DO NOTHING`, key, unitOf("application"), unitOf("the agency"))
	return key.String()
}

// barredPerson is somebody who is barred.
func (m *matrix) barredPerson() string {
	m.t.Helper()
	key := unitOf("somebody barred")
	m.exec(`INSERT INTO barred_people (id, name_latin, born_on, ground, text, from_day, proposed_at, confirmed_at) VALUES ($1, 'Some Body', '1970-01-01', 'other', 'x', '2026-01-01', now(), now())`, key)
	return key.String()
}

// watching is the link of somebody who watches an agency.
func (m *matrix) watching() string {
	m.t.Helper()
	if err := m.subscriptions.Ask(m.t.Context(), "sample", "family@village.example", "en"); err != nil {
		m.t.Fatal(err)
	}
	m.db.Keep(m.t, subscription.TopicMail, m.subscriptions.Send)
	_, token, _ := strings.Cut(m.mailbox.letters[0].Text, "/changes/")
	return strings.Fields(token)[0]
}

// proof is a code that anybody may check.
func (m *matrix) proof() string {
	m.t.Helper()
	res := (&visitor{&counter{server: m.server, log: m.log}, map[string]string{}}).send(m.t, "/agencies/sample", "/agencies/check", url.Values{"slug": {"sample"}})
	return strings.TrimPrefix(res.Header.Get("Location"), "/verify/")
}

// letter is a notice to the first agency.
func (m *matrix) letter() string {
	m.t.Helper()
	key, agency := unitOf("a letter"), m.twin.people["agency_head@agency-1.example"].AgencyID
	m.exec(`INSERT INTO licences (agency_id, number) VALUES ($1, 'L-MATRIX') ON CONFLICT DO NOTHING`, agency)
	m.exec(`INSERT INTO licence_periods (id, agency_id, valid_from, valid_until) VALUES ($1, $2, '2020-01-01', '2090-01-01') ON CONFLICT DO NOTHING`, unitOf("a period"), agency)
	m.exec(`INSERT INTO licence_steps (id, agency_id, kind, text, on_day, until_day, done_by, done_at) VALUES ($1, $2, 'notice', 'x', '2026-03-02', '2026-03-30', $3, now()) ON CONFLICT DO NOTHING`,
		key, agency, m.twin.people["licensing_officer@ministry-1.example"].PersonID)
	return key.String()
}

// claim is one against the agency.
func (m *matrix) claim() string {
	m.t.Helper()
	key := unitOf("a claim")
	m.exec(`INSERT INTO guarantee_claims (id, agency_id, amount, currency, source, award, made_by, made_at) VALUES ($1, $2, 500, 'USD', 'court', 'x', $3, now()) ON CONFLICT DO NOTHING`,
		key, unitOf("the agency"), m.twin.people["licensing_officer@ministry-1.example"].PersonID)
	return key.String()
}

// bankLetter is one that releases a deposit of the agency's.
func (m *matrix) bankLetter() string {
	m.t.Helper()
	key, agency := unitOf("a letter to a bank"), unitOf("another agency")
	m.exec(`WITH g AS (INSERT INTO guarantees (id, agency_id, kind, bank, reference, amount, currency, valid_from, made_at)
			VALUES ($1, $2, 'deposit', 'x', 'x', 500, 'USD', '2026-01-01', now()) RETURNING id, agency_id),
		e AS (INSERT INTO guarantee_entries (id, agency_id, kind, day, made_at) SELECT gen_random_uuid(), agency_id, 'post', '2026-01-01', now() FROM g RETURNING id)
		INSERT INTO guarantee_postings (entry_id, line, guarantee_id, account, minor, currency)
		SELECT e.id, line, g.id, account, minor, 'USD' FROM e, g, (VALUES (1, 'bank', -500), (2, 'held', 500)) AS v(line, account, minor)`, key, agency)
	m.exec(`WITH e AS (INSERT INTO guarantee_entries (id, agency_id, kind, day, made_at) VALUES ($1, $2, 'release', '2026-01-01', now()) RETURNING id),
		l AS (INSERT INTO guarantee_letters (id, entry_id, guarantee_id, amount) SELECT id, id, id, 500 FROM e)
		INSERT INTO guarantee_postings (entry_id, line, guarantee_id, account, minor, currency)
		SELECT id, line, id, account, minor, 'USD' FROM e, (VALUES (1, 'held', -500), (2, 'released', 500)) AS v(line, account, minor)`, key, agency)
	return key.String()
}

// paper is a document of the first agency.
func (m *matrix) paper(by string, owner paper.Owner, kind string) map[standing]thing {
	m.t.Helper()
	agency := unitOf(paperOwner)
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 4, 4))); err != nil {
		m.t.Fatal(err)
	}
	key, err := m.documents.Add(m.t.Context(), m.twin.people[by], paper.Incoming{
		Owner: owner, Kind: kind, Bytes: picture.Bytes(),
	})
	if err != nil {
		m.t.Fatal(err)
	}
	path := ids(key.String())
	path[":page"] = "1"
	return same(thing{path: path, object: authority.Object{AgencyID: agency}})
}

// hold places one on nothing that exists.
func (m *matrix) hold() string {
	m.t.Helper()
	by := m.twin.people["overseer@oversight-1.example"]
	m.exec(`INSERT INTO holds (id, complaint_id, reason, placed_by, placed_unit, placed_at) VALUES ($1, $1, 'court', $2, $3, $4)`,
		unitOf("hold"), by.PersonID, by.UnitID, m.clock.Now())
	return unitOf("hold").String()
}

// escalations are one of the national unit of that kind, with a complaint in it,
// and one that rests on a complaint about an official of the third such unit,
// wherever it was raised.
func (m *matrix) escalations(kind identity.UnitKind) map[standing]thing {
	m.t.Helper()
	unit := unitOf(string(kind) + "-1")
	pick := func(where string, args ...any) (path map[string]string) {
		id := m.one(`SELECT e.id FROM escalations e WHERE `+where+` ORDER BY e.raised_at LIMIT 1`, args...)
		return ids(id, m.one(`SELECT complaint_id FROM escalation_complaints WHERE escalation_id = $1 LIMIT 1`, id))
	}
	all := same(thing{path: pick(`e.unit_id = $1`, unit), object: authority.Object{UnitID: unit}})
	all[accused] = thing{
		path: pick(`e.unit_id <> $1 AND EXISTS (SELECT FROM escalation_complaints l JOIN complaint_exclusions x USING (complaint_id)
			WHERE l.escalation_id = e.id AND x.unit_id = $2)`, unit, unitOf(string(kind)+"-3")),
		object: authority.Object{Barred: true},
	}
	return all
}

// readings are one that waits at the first unit of that kind, and one of a
// complaint about an official of the third.
func (m *matrix) readings(kind identity.UnitKind) map[standing]thing {
	m.t.Helper()
	unit := unitOf(string(kind) + "-1")
	id := m.one(`SELECT id FROM readings WHERE state = 'waiting' AND unit_id = $1 LIMIT 1`, unit)
	all := same(thing{path: ids(id), object: authority.Object{UnitID: unit}})
	all[accused] = thing{
		path: ids(m.one(`SELECT r.id FROM readings r JOIN complaint_exclusions x USING (complaint_id) WHERE x.unit_id = $1 AND x.why = 'accused' LIMIT 1`,
			unitOf(string(kind)+"-3"))),
		object: authority.Object{Barred: true},
	}
	return all
}
