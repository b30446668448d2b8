package register

import (
	"encoding/json"
	"unicode/utf8"
)

// perWay caps how many candidates each way may bring: a page shows fewer, and
// ranking stays cheap whatever is typed.
const perWay = 60

// way is one look-up, by one index, with at most perWay rows:
// agency_id, matched (what to show), folded (what to rank by).
type way struct {
	how       How
	statement string
	args      []any
	alike     bool // it asks for names that are like another
}

// sureWays are the look-ups by what belongs to one agency alone, where the question
// is such a thing. Whoever is found by one is who was asked for.
func (q query) sureWays() []way {
	var all []way
	add := func(how How, statement string, args ...any) {
		all = append(all, way{how: how, statement: statement + ` LIMIT ?`, args: append(args, perWay)})
	}
	if q.number != "" {
		add(ByLicenceNumber, `SELECT agency_id, number AS matched, '' AS folded FROM licences WHERE number = ?`, q.number)
	}
	if len(q.phones) > 0 {
		add(ByPhone, `SELECT agency_id, shown AS matched, '' AS folded FROM agency_contacts
			WHERE key IN ? AND key <> '' AND kind IN ('phone', 'fax')`, q.phones)
	}
	if q.email != "" {
		add(ByEmail, `SELECT agency_id, shown AS matched, '' AS folded FROM agency_contacts
			WHERE key = ? AND key <> '' AND kind = 'email'`, q.email)
	}
	return all
}

// ways lists the other look-ups that a question calls for.
func (q query) ways() []way {
	if q.email != "" {
		return nil
	}
	var all []way
	add := func(how How, statement string, args ...any) {
		all = append(all, way{how: how, statement: statement + ` LIMIT ?`, args: append(args, perWay)})
	}
	for _, part := range q.parts {
		add(ByPhonePart, `SELECT agency_id, shown AS matched, '' AS folded FROM agency_contacts
			WHERE digits LIKE ? AND digits <> '' AND kind IN ('phone', 'fax') ORDER BY digits, agency_id`, "%"+part+"%")
	}
	if q.folded != "" {
		add(ByPerson, `SELECT agency_id, shown AS matched, '' AS folded FROM agency_contacts
			WHERE key = ? AND key <> '' AND kind = 'person'`, q.folded)
	}
	return append(all, q.nameWays()...)
}

// nameWays look in the names. Folded text holds letters, digits and blanks
// only, so that nothing of it is a wildcard.
func (q query) nameWays() []way {
	if q.folded == "" {
		return nil
	}
	var all []way
	add := func(statement string, args ...any) {
		all = append(all, way{
			how: ByNameLike, statement: `SELECT agency_id, name AS matched, folded FROM agency_names WHERE ` + statement + ` LIMIT ?`,
			args: append(args, perWay),
		})
	}
	add(`folded IN (?, ?)`, q.folded, q.core)
	add(`folded LIKE ? ORDER BY folded USING ~<~`, q.folded+"%")
	if q.core != q.folded {
		add(`folded LIKE ? ORDER BY folded USING ~<~`, q.core+"%")
	}
	switch {
	case len(q.bigrams) > 0 && utf8.RuneCountInString(q.core) > 1:
		// Every pair of characters, first; then the names with most of them.
		all = append(all, bigramWay(q.bigrams, "@>"), bigramWay(q.bigrams, "&&"))
	case utf8.RuneCountInString(q.core) >= minTrigram:
		add(`skeleton = ? AND skeleton <> '' ORDER BY folded`, q.skeleton)
		all = append(all, trigramWay(q.core))
	}
	return all
}

// perScan caps how many rows are compared before the best are taken. Only a
// question of words that thousands share reaches it, and such a question must
// be narrowed anyway; without it, it would cost most of a second.
const perScan = 2000

func trigramWay(core string) way {
	return way{
		how: ByNameLike, alike: true,
		statement: `SELECT agency_id, matched, folded FROM (
			SELECT agency_id, name AS matched, folded FROM agency_names WHERE ? <% folded LIMIT ?) like_it
		ORDER BY word_similarity(?, folded) DESC, folded LIMIT ?`,
		args: []any{core, perScan, core, perWay},
	}
}

// bigramWay finds names with all pairs of characters (@>) or any (&&), those
// with most of them first. The pairs are one parameter, as JSON: the driver has
// no plain way for an array.
func bigramWay(bigrams []string, operator string) way {
	text, _ := json.Marshal(bigrams) // strings always marshal
	return way{
		how: ByNameLike, statement: `SELECT agency_id, matched, folded FROM (
			SELECT agency_id, name AS matched, folded, bigrams FROM agency_names
			WHERE bigrams ` + operator + ` (SELECT array_agg(value) FROM json_array_elements_text(CAST(? AS json))) LIMIT ?) like_it
		ORDER BY cardinality(ARRAY(SELECT unnest(bigrams) INTERSECT SELECT value FROM json_array_elements_text(CAST(? AS json)))) DESC,
		         length(folded), folded LIMIT ?`,
		args: []any{string(text), perScan, string(text), perWay},
	}
}
