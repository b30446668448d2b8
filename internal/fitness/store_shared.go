package fitness

import (
	"encoding/json"

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

func kindsAsText(kinds []Kind) (string, error) {
	text, err := json.Marshal(kinds)
	return string(text), err
}

// sharedValues lists what up to limit agencies share.
func sharedValues(tx postgres.Tx, kinds []Kind, limit int) ([]Value, error) {
	text, err := kindsAsText(kinds)
	if err != nil {
		return nil, err
	}
	var rows []struct {
		Kind            Kind
		Shown, Agencies string
		Degree          int
	}
	err = tx.Gorm().Raw(identified+`SELECT kind, shown, degree, array_to_json(agencies)::text AS agencies FROM shared WHERE degree <= @limit ORDER BY kind, key`,
		map[string]any{"kinds": text, "limit": limit}).Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	all := make([]Value, len(rows))
	for i, r := range rows {
		all[i] = Value{Kind: r.Kind, Shown: r.Shown, Degree: r.Degree}
		if err := json.Unmarshal([]byte(r.Agencies), &all[i].Agencies); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// genericValues lists what more than limit agencies share.
func genericValues(tx postgres.Tx, kinds []Kind, limit int) (all []Value, err error) {
	text, err := kindsAsText(kinds)
	if err != nil {
		return nil, err
	}
	var rows []struct {
		Kind   Kind
		Shown  string
		Degree int
	}
	err = tx.Gorm().Raw(identified+`SELECT kind, shown, degree FROM shared WHERE degree > @limit ORDER BY degree DESC, kind, key LIMIT 100`,
		map[string]any{"kinds": text, "limit": limit}).Scan(&rows).Error
	for _, r := range rows {
		all = append(all, Value{Kind: r.Kind, Shown: r.Shown, Degree: r.Degree})
	}
	return all, err
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
