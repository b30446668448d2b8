package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/fairpassage/portal/internal/agency"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/internal/matching"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// source names the invented register.
const source = "demonstration"

var districts = [...]string{"Riverside", "Old Market", "East Gate", "Hill Quarter"}

// record is an agency as its register would write it. The phoenix shares phone
// and address with the agency that was revoked.
func (h house) record(today time.Time) agency.Record {
	seat := h.number
	if h.key == phoenix {
		seat = 3 // that of the revoked one
	}
	r := agency.Record{
		Source: source, NameLatin: h.latin, NameLocal: h.local, State: h.state, District: districts[seat%len(districts)],
		Address: fmt.Sprintf("%d Invented Street, %s", 10+3*seat, districts[seat%len(districts)]),
		Phones:  officePhone(seat), Emails: "office@" + h.key + ".example", People: []string{h.director},
	}
	if h.state != agency.Listed {
		r.LicenceNo, r.ValidSinceYear = h.licence(), today.AddDate(0, 0, h.since).Year()
	}
	return r
}

// hashed is what the matching key says of a world, asked before the transaction.
type hashed struct {
	houses    []agency.Prepared
	employers []matching.Token
	left      []worker
	papers    map[string]marks
}

// worker is the tokens of one who left.
type worker struct{ document, phone matching.Token }

func (d Deps) hash(ctx context.Context, w *world) (hashed, error) {
	var h hashed
	for _, house := range w.houses {
		prepared, err := d.Agencies.Prepare(ctx, house.record(w.today))
		if err != nil {
			return hashed{}, err
		}
		h.houses = append(h.houses, prepared)
	}
	var inputs []matching.Input
	for _, e := range w.works {
		inputs = append(inputs, matching.Name(matching.CompanyFold(e.name)))
	}
	for _, l := range w.left {
		inputs = append(inputs, matching.Document(d.Home.Code, passport(l.worker)), matching.Phone(workerPhone(l.worker)))
	}
	marks, err := d.Hasher.Hash(ctx, inputs)
	if err != nil {
		return hashed{}, err
	}
	for _, m := range marks[:len(w.works)] {
		h.employers = append(h.employers, m.Token)
	}
	for pair := range slices.Chunk(marks[len(w.works):], 2) {
		h.left = append(h.left, worker{pair[0].Token, pair[1].Token})
	}
	h.papers, err = d.mark(ctx, w)
	return h, err
}

func (d Deps) enter(tx postgres.Tx, w *world, made hashed) (map[string]uuid.UUID, error) {
	ids := map[string]uuid.UUID{}
	for i, h := range w.houses {
		entered, err := d.Agencies.Enter(tx, actor(), made.houses[i])
		if err != nil {
			return nil, err
		}
		ids[h.key] = entered.ID
		for _, p := range h.periods() {
			if err := insertPeriod(tx, entered.ID, w.date(p[0]), w.date(p[1]), h.destinations); err != nil {
				return nil, err
			}
			if err := insertEvent(tx, entered.ID, licensing.EventGranted, w.date(p[0])); err != nil {
				return nil, err
			}
		}
		kind := map[agency.State]licensing.EventKind{
			agency.Suspended: licensing.EventSuspended, agency.Revoked: licensing.EventRevoked, agency.Surrendered: licensing.EventSurrendered,
		}[h.state]
		if kind != "" {
			if err := insertEvent(tx, entered.ID, kind, w.date(h.sanction)); err != nil {
				return nil, err
			}
		}
	}
	return ids, nil
}

// periods cuts the time between the first and the last day into licences of at
// most three years, as this invented country gives them.
func (h house) periods() [][2]int {
	const term = 3 * 365
	if h.state == agency.Listed {
		return nil
	}
	var all [][2]int
	for from := h.since; from <= h.ends; from += term {
		// A period after a sanction was never granted.
		if h.sanction != 0 && from >= h.sanction {
			break
		}
		all = append(all, [2]int{from, min(from+term-1, h.ends)})
	}
	return all
}

// passphrases makes everybody's ready: slow on purpose, and so outside of the
// transaction.
func passphrases() (map[string]identity.Secret, error) {
	all := map[string]identity.Secret{}
	for _, people := range [][]person{officials, desks} {
		for _, p := range people {
			secret, err := identity.NewSecret(passphrase)
			if err != nil {
				return nil, err
			}
			all[p.email] = secret
		}
	}
	return all, nil
}

func (d Deps) hire(tx postgres.Tx, p person, secret identity.Secret) (uuid.UUID, error) {
	key, unit, err := insertPerson(tx, p, d.Clock.Now())
	if err != nil {
		return uuid.Nil, err
	}
	if _, err := d.People.SetSecret(tx, key, secret); err != nil {
		return uuid.Nil, err
	}
	return key, d.People.Grant(tx, key, unit, p.role, uuid.Nil)
}

func (d Deps) people(tx postgres.Tx, w *world, ids map[string]uuid.UUID, secrets map[string]identity.Secret, filed map[string]marks) error {
	for _, p := range officials {
		if _, err := d.hire(tx, p, secrets[p.email]); err != nil {
			return err
		}
	}
	names := w.byKey()
	made := map[string]bool{}
	heads := map[string]uuid.UUID{}
	for _, p := range desks {
		if !made[p.unit] {
			h := names[p.unit]
			if err := insertAgencyUnit(tx, h, ids[h.key]); err != nil {
				return err
			}
			made[p.unit] = true
		}
		person, err := d.hire(tx, p, secrets[p.email])
		if err != nil {
			return err
		}
		if p.role == identity.RoleAgencyHead {
			heads[p.unit] = person
		}
	}
	for _, p := range papers {
		h, at, kind := names[p.key], w.date(p.day).Add(3*time.Hour), "renewal"
		if h.state == agency.Listed {
			kind = "first"
		}
		if err := insertApplication(tx, ids[p.key], heads[p.key], kind, h.paper(at, d.Home.Code, filed[p.key], names[p.office]), at); err != nil {
			return err
		}
	}
	return nil
}

// placementRow is one row of placements, as JSON: one parameter for all.
type placementRow struct {
	ID         uuid.UUID      `json:"id"`
	Agency     uuid.UUID      `json:"agency_id"`
	Employer   uuid.UUID      `json:"employer_id"`
	Country    string         `json:"country"`
	Occupation string         `json:"occupation"`
	Document   matching.Token `json:"document_token"`
	Phone      matching.Token `json:"phone_token"`
	Departed   string         `json:"departed_on"`
	Registered time.Time      `json:"registered_at"`
}

func place(tx postgres.Tx, w *world, made hashed, ids map[string]uuid.UUID) error {
	employers := make([]uuid.UUID, len(w.works))
	for i, e := range w.works {
		employers[i] = id.New()
		if err := insertEmployer(tx, employers[i], e, made.employers[i], w.date(-history)); err != nil {
			return err
		}
	}
	rows := make([]placementRow, len(w.left))
	for i, l := range w.left {
		day := w.date(l.day)
		rows[i] = placementRow{
			ID: id.New(), Agency: ids[l.agency], Employer: employers[l.works], Country: w.works[l.works].country, Occupation: l.occupation,
			Document: made.left[i].document, Phone: made.left[i].phone,
			Departed: day.Format(time.DateOnly), Registered: day.AddDate(0, 0, -4).Add(2 * time.Hour),
		}
	}
	return insertPlacements(tx, rows)
}
