package screening

import (
	"fmt"
	"strings"
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/pattern"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// maxComplaints about one subject are weighed, the latest ones: what one more
// complaint costs must not grow with how much a subject is complained about.
const maxComplaints = 500

// complaintRow is one complaint as one of its subjects sees it.
type complaintRow struct {
	Subject       pattern.SubjectKind
	ID            uuid.UUID
	FiledAt       time.Time
	AgencyID      *uuid.UUID
	EmployerToken string
	BrokerToken   string
	ReporterToken string
	TextSignature int64
	Country       string
	FirstHand     bool
	RegistryMatch bool
	DangerNow     bool
	MissingPerson bool
	Minor         bool
	Official      bool
	Departed      *bool
	FeeUSD        *int `gorm:"column:fee_usd"`
	DebtUSD       *int `gorm:"column:debt_usd"`
	WageUSD       *int `gorm:"column:wage_usd"`
	PoliceMay     bool
	// Who may never know of it.
	PoliceExcluded, OversightExcluded bool
	Said                              string // "indicator:phase" joined by commas
}

// findNamed reads whom a complaint names and on which day it was filed.
func findNamed(tx postgres.Tx, id uuid.UUID) (named, error) {
	var row complaintRow
	res := tx.Gorm().Raw(`SELECT filed_at, agency_id, employer_token, broker_token, police_excluded, oversight_excluded
		FROM complaints WHERE id = ?`, id).Scan(&row)
	if res.Error != nil {
		return named{}, res.Error
	}
	if res.RowsAffected == 0 {
		return named{}, fault.New(fault.NotFound, "problem.not_found")
	}
	who := named{Day: dayOf(row.FiledAt), Hidden: map[audience]bool{police: row.PoliceExcluded, oversight: row.OversightExcluded}}
	if row.AgencyID != nil {
		who.Subjects = append(who.Subjects, pattern.Subject{Kind: pattern.Agency, Key: row.AgencyID.String()})
	}
	if row.EmployerToken != "" {
		who.Subjects = append(who.Subjects, pattern.Subject{Kind: pattern.Employer, Key: row.EmployerToken})
	}
	if row.BrokerToken != "" {
		who.Subjects = append(who.Subjects, pattern.Subject{Kind: pattern.Phone, Key: row.BrokerToken})
	}
	return who, nil
}

// naming finds complaints by subject. The conditions on empty tokens are those
// of the partial indexes.
var naming = map[pattern.SubjectKind]string{
	pattern.Agency:   `c.agency_id = CAST(@agency AS uuid)`,
	pattern.Employer: `c.employer_token = @employer AND c.employer_token <> ''`,
	pattern.Phone:    `c.broker_token = @phone AND c.broker_token <> ''`,
}

// visible are the conditions on complaints that an audience may know of.
var visible = map[audience]string{
	police:    `NOT c.police_excluded`,
	oversight: `NOT c.oversight_excluded`,
}

func (n named) args() map[string]any {
	args := map[string]any{"day": n.Day.String(), "until": n.Day.Time().AddDate(0, 0, 1)}
	for _, s := range n.Subjects {
		args[string(s.Kind)] = s.Key
	}
	return args
}

func complaintsAbout(tx postgres.Tx, who named, historyDays int, at audience) ([]complaintRow, error) {
	query, args := complaintsQuery(who, historyDays, at)
	var rows []complaintRow
	err := tx.Gorm().Raw(query, args).Scan(&rows).Error
	return rows, err
}

func complaintsQuery(who named, historyDays int, at audience) (string, map[string]any) {
	var parts []string
	for _, s := range who.Subjects {
		parts = append(parts, fmt.Sprintf(`(
			SELECT '%s' AS subject, c.id, c.filed_at, c.agency_id, c.employer_token, c.broker_token, c.reporter_token,
				c.text_signature, coalesce(c.country, '') AS country, c.first_hand, c.registry_match, c.danger_now,
				c.missing_person, c.minor, c.official, c.departed, c.fee_usd, c.debt_usd, c.wage_usd,
				'police' = ANY (c.who_may_act)
					OR coalesce((SELECT true FROM complaint_consents k WHERE k.complaint_id = c.id AND k.consent = 'police'), false) AS police_may, c.police_excluded,
				coalesce((SELECT string_agg(i.indicator || ':' || i.phase, ',' ORDER BY i.indicator, i.phase)
					FROM complaint_indicators i WHERE i.complaint_id = c.id), '') AS said
			FROM complaints c
			WHERE %s AND %s AND c.filed_at >= @since AND c.filed_at < @until
			ORDER BY c.filed_at DESC, c.id DESC LIMIT %d)`, s.Kind, naming[s.Kind], visible[at], maxComplaints))
	}
	args := who.args()
	args["since"] = (who.Day - pattern.Day(historyDays) + 1).Time()
	return strings.Join(parts, ` UNION ALL `), args
}

// anyHidden tells whether police may not know of some complaint about one of the
// subjects.
func anyHidden(tx postgres.Tx, who named, historyDays int) (found bool, err error) {
	if len(who.Subjects) == 0 {
		return false, nil
	}
	query, args := hiddenQuery(who, historyDays)
	err = tx.Gorm().Raw(query, args).Scan(&found).Error
	return found, err
}

func hiddenQuery(who named, historyDays int) (string, map[string]any) {
	var any []string
	for _, s := range who.Subjects {
		any = append(any, `(`+naming[s.Kind]+`)`)
	}
	args := who.args()
	args["since"] = (who.Day - pattern.Day(historyDays) + 1).Time()
	return `SELECT EXISTS (SELECT FROM complaints c WHERE c.police_excluded AND c.filed_at >= @since AND c.filed_at < @until
		AND (` + strings.Join(any, ` OR `) + `))`, args
}

// Who and what a count counts.
const (
	everybody  = "all"
	departures = "departures"
	complaints = "complaints"
)

// countRow is how many there were in a window towards one destination; the
// destination is "" where a complaint does not say it.
type countRow struct {
	Days      int
	Who, What string
	Country   string
	N         int
}

func countsFor(tx postgres.Tx, who named, needs pattern.Needs, at audience) ([]countRow, error) {
	query, args := countsQuery(who, needs, at)
	if query == "" {
		return nil, nil
	}
	var rows []countRow
	err := tx.Gorm().Raw(query, args).Scan(&rows).Error
	return rows, err
}

// filedThen follows the condition on whom a count is for.
const filedThen = ` AND c.filed_at >= CAST(CAST(@day AS date) - w.days + 1 AS timestamp) AT TIME ZONE 'UTC' AND c.filed_at < @until GROUP BY c.country`

// countsQuery is empty when there is nobody with departures to count.
func countsQuery(who named, needs pattern.Needs, at audience) (string, map[string]any) {
	filed := visible[at] + filedThen
	// Departures are counted from earlier on: people complain late.
	const departed = `p.departed_on > CAST(@day AS date) - w.days - CAST(@lag AS integer) AND p.departed_on <= CAST(@day AS date) GROUP BY p.country`
	count := func(kind, what, country, rest string) string {
		return fmt.Sprintf(`SELECT '%s' AS who, '%s' AS what, coalesce(%s, '') AS country, count(*) AS n %s`, kind, what, country, rest)
	}
	var parts []string
	for _, s := range who.Subjects {
		from := ""
		switch s.Kind {
		case pattern.Agency:
			from = `FROM placements p WHERE p.agency_id = CAST(@agency AS uuid) AND `
		case pattern.Employer:
			from = `FROM employers e JOIN placements p ON p.employer_id = e.id WHERE e.token = @employer AND `
		case pattern.Phone:
			continue
		}
		parts = append(parts,
			count(string(s.Kind), departures, "p.country", from+departed),
			count(string(s.Kind), complaints, "c.country", `FROM complaints c WHERE `+naming[s.Kind]+` AND `+filed))
	}
	if len(parts) == 0 || len(needs.ExposureDays) == 0 {
		return "", nil
	}
	parts = append(parts,
		count(everybody, departures, "p.country", `FROM placements p WHERE `+departed),
		count(everybody, complaints, "c.country", `FROM complaints c WHERE `+filed))
	args := who.args()
	args["lag"], args["windows"] = needs.LagDays, literal(needs.ExposureDays)
	return `SELECT w.days, k.who, k.what, k.country, k.n
		FROM unnest(CAST(@windows AS integer[])) AS w(days) CROSS JOIN LATERAL (` + strings.Join(parts, ` UNION ALL `) + `) k`, args
}

// registeredPhones tells which of the tokens agencies have in the register.
func registeredPhones(tx postgres.Tx, tokens []string) (map[string][]string, error) {
	if len(tokens) == 0 {
		return nil, nil
	}
	var rows []struct{ Token, Agency string }
	err := tx.Gorm().Raw(registeredQuery, literal(tokens)).Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	out := map[string][]string{}
	for _, r := range rows {
		out[r.Token] = append(out[r.Token], r.Agency)
	}
	return out, nil
}

const registeredQuery = `SELECT DISTINCT token, CAST(agency_id AS text) AS agency FROM agency_contacts
	WHERE token = ANY (CAST(? AS text[])) AND token <> '' ORDER BY token, agency`

// literal spells an array for PostgreSQL; gorm would spread a slice over
// several placeholders. Only numbers, ids and base64url tokens go into it.
func literal[T any](values []T) string {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = fmt.Sprint(v)
	}
	return "{" + strings.Join(words, ",") + "}"
}
