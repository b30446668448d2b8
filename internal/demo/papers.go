package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/fairpassage/portal/internal/dossier"
	"github.com/fairpassage/portal/internal/fitness"
	"github.com/fairpassage/portal/internal/matching"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// papers are the applications that wait: whose, how many days ago, and from whose
// office where that is not their own: one of a revoked agency comes back.
var papers = []struct {
	key    string
	day    int
	office string
}{{applicant, -6, applicant}, {renewing, -11, renewing}, {"two-elephants", -2, "two-elephants"}, {"open-hand", -3, "black-stone"}}

// marks are the tokens of an applicant's numbers.
type marks struct{ document, account, phone matching.Token }

func (d Deps) mark(ctx context.Context, w *world) (map[string]marks, error) {
	byKey, names := map[string]marks{}, w.byKey()
	for _, p := range papers {
		h, office := names[p.key], names[p.office]
		all, err := d.Hasher.Hash(ctx, []matching.Input{
			matching.Document(d.Home.Code, directorsPassport(h.number)), matching.Account(houseAccount(h.number)), matching.Phone(officePhone(office.number)),
		})
		if err != nil {
			return nil, fmt.Errorf("hash an application's numbers: %w", err)
		}
		byKey[h.key] = marks{all[0].Token, all[1].Token, all[2].Token}
	}
	return byKey, nil
}

func directorsPassport(n int) string { return fmt.Sprintf("X9%06d", n) }
func houseAccount(n int) string      { return fmt.Sprintf("000 555 %04d", n) }

// paper is what the house files from an office.
func (h house) paper(at time.Time, home string, m marks, office house) dossier.Dossier {
	day := func(days int) string { return at.AddDate(0, 0, days).Format(time.DateOnly) }
	record := office.record(at)
	item := func(fields map[string]string, numbers map[string]dossier.Number) []dossier.Item {
		return []dossier.Item{{ID: "000000000001", Fields: fields, Numbers: numbers}}
	}
	none := []dossier.Item{{ID: "none"}}
	phone := map[string]dossier.Number{"phone": {Token: string(m.phone), Last4: last4(officePhone(office.number))}}
	founded, born := -4000-31*h.number, -15000-97*h.number
	return dossier.Dossier{
		dossier.Company: item(map[string]string{
			"name_latin": h.latin, "name_local": h.local, "registration_number": fmt.Sprintf("EX-%05d", 300+h.number), "founded_on": day(founded),
			"address": record.Address, "province": record.District, "phone": officePhone(office.number), "email": "office@" + h.key + ".example",
		}, phone),
		dossier.Directors: item(map[string]string{
			"name_latin": h.director, "position": "managing_director", "born_on": day(born), "nationality": home, "document_country": home,
			"appointed_on": day(founded), "address": record.Address, "convicted": "no", "lost_licence": "no",
		}, map[string]dossier.Number{"document_number": {Token: string(m.document), Last4: last4(directorsPassport(h.number))}}),
		dossier.Owners: item(map[string]string{
			"name_latin": h.director, "owner_kind": "person", "born_on": day(born), "country": home, "interest": "shareholding", "share": "10000",
			"held": "direct", "since": day(founded),
		}, map[string]dossier.Number{"document_number": {Token: string(m.document), Last4: last4(directorsPassport(h.number))}}),
		dossier.Accounts: item(map[string]string{"bank": "Example Bank", "country": home, "holder": h.latin, "purpose": "fees"},
			map[string]dossier.Number{"account_number": {Token: string(m.account), Last4: last4(houseAccount(h.number))}}),
		dossier.Training: item(map[string]string{"name_latin": h.latin + " Training", "province": record.District, "address": record.Address, "capacity": "60", "beds": "40"}, nil),
		dossier.Staff:    none, dossier.Branches: none, dossier.Agents: none, dossier.Representatives: none,
		dossier.Scope:       item(map[string]string{"destinations": strings.Join(h.destinations, " ")}, nil),
		dossier.Fee:         item(map[string]string{"paid_on": day(-1), "reference": fmt.Sprintf("TR-%04d", h.number)}, nil),
		dossier.Declaration: item(map[string]string{"name_latin": h.director, "declared": "yes"}, nil),
	}
}

func last4(text string) string { return text[len(text)-4:] }

// insertApplication enters an application that was filed once.
func insertApplication(tx postgres.Tx, agency, head uuid.UUID, kind string, answers dossier.Dossier, at time.Time) error {
	text, err := json.Marshal(answers)
	if err != nil {
		return err
	}
	key := id.New()
	for _, statement := range []string{
		`INSERT INTO applications (id, agency_id, kind, status, round, begun_by, begun_at, filed_by, filed_at) VALUES (@key, @agency, @kind, 'filed', 1, @head, @at, @head, @at)`,
		`INSERT INTO application_drafts (application_id, answers, saved_by, saved_at) VALUES (@key, CAST(@answers AS jsonb), @head, @at)`,
		`INSERT INTO application_versions (application_id, round, answers, filed_by, filed_at) VALUES (@key, 1, CAST(@answers AS jsonb), @head, @at)`,
	} {
		err := insertPaper(tx, statement, map[string]any{"key": key, "agency": agency, "kind": kind, "head": head, "at": at, "answers": string(text)})
		if err != nil {
			return err
		}
	}
	return fitness.Promise(tx, key)
}
