package fitness

import (
	"cmp"
	"encoding/json"
	"slices"

	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// identified is every value with the agencies that state it today, and how it is
// shown. Each of its parts is read once, whatever is asked: a group by over the whole
// register, which grows with it and not faster.
const identified = `
	WITH stated AS (
		SELECT c.kind, c.key, c.shown, c.agency_id FROM agency_contacts c WHERE c.kind IN ('phone','email') AND c.key <> ''
		UNION ALL SELECT 'address', lower(regexp_replace(a.address, '[^[:alnum:]]+', '', 'g')), a.address, a.id FROM agencies a WHERE a.address <> ''
		UNION ALL SELECT 'phone', p.phone, p.phone, p.agency_id FROM agency_parts p WHERE p.phone <> '' AND p.until IS NULL
		UNION ALL SELECT 'email', p.email, p.email, p.agency_id FROM agency_parts p WHERE p.email <> '' AND p.until IS NULL
		UNION ALL SELECT 'address', lower(regexp_replace(p.address, '[^[:alnum:]]+', '', 'g')), p.address, p.agency_id FROM agency_parts p WHERE p.address <> '' AND p.until IS NULL),
	shared AS (
		SELECT s.kind, s.key, min(s.shown) AS shown, count(DISTINCT s.agency_id) AS degree, array_agg(DISTINCT s.agency_id) AS agencies FROM stated s
		WHERE s.kind IN (SELECT json_array_elements_text(CAST(@kinds AS json))) AND length(s.key) >= 8
		GROUP BY s.kind, s.key HAVING count(DISTINCT s.agency_id) > 1) `

// most is how many generic values are listed.
const most = 100

// sharedValues lists what up to limit agencies share, and without its agencies what more
// share, the most shared first.
func sharedValues(tx postgres.Tx, kinds []Kind, limit int) (shared, generic []Value, err error) {
	text, err := json.Marshal(kinds)
	if err != nil {
		return nil, nil, err
	}
	var rows []struct {
		Kind            Kind
		Shown, Agencies string
		Degree          int
	}
	err = tx.Gorm().Raw(identified+`
		SELECT kind, shown, degree, CASE WHEN degree <= @limit THEN array_to_json(agencies)::text ELSE '[]' END AS agencies FROM shared ORDER BY kind, key`,
		map[string]any{"kinds": string(text), "limit": limit}).Scan(&rows).Error
	if err != nil {
		return nil, nil, err
	}
	for _, r := range rows {
		v := Value{Kind: r.Kind, Shown: r.Shown, Degree: r.Degree}
		if r.Degree > limit {
			generic = append(generic, v)
			continue
		}
		if err := json.Unmarshal([]byte(r.Agencies), &v.Agencies); err != nil {
			return nil, nil, err
		}
		shared = append(shared, v)
	}
	slices.SortStableFunc(generic, func(a, b Value) int { return cmp.Compare(b.Degree, a.Degree) })
	return shared, generic[:min(most, len(generic))], nil
}

// membersOf names the agencies that share something.
func membersOf(tx postgres.Tx, values []Value) (map[uuid.UUID]Member, error) {
	var ids []uuid.UUID
	for _, v := range values {
		ids = append(ids, v.Agencies...)
	}
	text, err := json.Marshal(ids)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	var rows []Member
	err = tx.Gorm().Raw(`
		SELECT a.id, a.name_latin, a.name_local, a.state FROM agencies a
		WHERE a.id IN (SELECT CAST(json_array_elements_text(CAST(? AS json)) AS uuid))`, string(text)).Scan(&rows).Error
	all := make(map[uuid.UUID]Member, len(rows))
	for _, m := range rows {
		all[m.ID] = m
	}
	return all, err
}
