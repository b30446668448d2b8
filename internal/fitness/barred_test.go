package fitness_test

import (
	"testing"

	"github.com/fairpassage/portal/internal/dossier"
	"github.com/fairpassage/portal/internal/fitness"
	"github.com/fairpassage/portal/internal/matching"
	"github.com/fairpassage/portal/internal/platform/id"
)

// bar enters somebody; until is a day or nil, confirmed says that a second officer did.
func (w *world) bar(name, born, token string, from string, until any, confirmed bool) {
	w.t.Helper()
	key := id.New()
	w.exec(`INSERT INTO barred_people (id, name_latin, born_on, token, last4, ground, text, from_day, until_day, proposed_at, confirmed_at)
		VALUES ($1, $2, NULLIF($3, '')::date, $4, '4321', 'conviction', 'Judgment 12.', $5, $6, now(), CASE WHEN $7 THEN now() END)`, key, name, born, token, from, until, confirmed)
	w.exec(`INSERT INTO barred_names (barred_id, folded) VALUES ($1, $2)`, key, matching.Fold(name))
}

func directedBy(name, local, born, token string) dossier.Dossier {
	return dossier.Dossier{dossier.Directors: {{
		ID: "d", Fields: map[string]string{"name_latin": name, "name_local": local, "born_on": born}, Numbers: map[string]dossier.Number{"document_number": {Token: token, Last4: "4321"}},
	}}}
}

func TestWhoeverIsBarredIsKnownByADocumentOrByNameAndBirthDate(t *testing.T) {
	w := open(t, clean())
	w.law(0)
	w.bar("Duong Sample", "1970-05-04", "doc-1", "2020-01-01", nil, true)
	w.bar("Over Sample", "1971-05-04", "doc-2", "2020-01-01", "2021-01-01", true)
	w.bar("Waits Sample", "1972-05-04", "doc-3", "2020-01-01", nil, false)
	w.bar("Coming Sample", "1973-05-04", "doc-4", "2090-01-01", nil, true)
	w.bar("Paper Sample", "", "doc-5", "2020-01-01", nil, true)
	for name, c := range map[string]struct {
		file  dossier.Dossier
		grade fitness.Grade
		found int
	}{
		"the document":                     {directedBy("Another Name", "", "1990-01-01", "doc-1"), fitness.Strong, 1},
		"name and birth date":              {directedBy("SAMPLE-free Duong", "", "1970-05-04", "x"), fitness.None, 0},
		"the name as it is folded":         {directedBy("  duong   SAMPLE ", "", "1970-05-04", "x"), fitness.Strong, 1},
		"all of it":                        {directedBy("Duong Sample", "", "1970-05-04", "doc-1"), fitness.Strong, 2},
		"the name and another birth date":  {directedBy("Duong Sample", "", "1970-05-05", "x"), fitness.None, 0},
		"the name alone":                   {directedBy("Duong Sample", "", "", "x"), fitness.None, 0},
		"the name in another script":       {directedBy("", "ឌួង គំរូ", "1970-05-04", "x"), fitness.None, 0},
		"one whose time is over":           {directedBy("Over Sample", "", "1971-05-04", "doc-2"), fitness.None, 0},
		"one whom nobody else confirmed":   {directedBy("Waits Sample", "", "1972-05-04", "doc-3"), fitness.None, 0},
		"one who is barred from a day on":  {directedBy("Coming Sample", "", "1973-05-04", "doc-4"), fitness.None, 0},
		"one of whom a document is known":  {directedBy("X", "", "1973-05-04", "doc-5"), fitness.Strong, 1},
		"right to left, and in the record": {directedBy("دوونغ مثال", "", "1970-05-04", "x"), fitness.None, 0},
	} {
		s := w.standing(w.file(c.file))
		if s.Grade != c.grade || len(s.Barred) != c.found || s.SecondNeeded != (c.grade == fitness.Strong) {
			t.Errorf("%s: %+v", name, s)
		}
	}
	if n := w.count(`SELECT count(*) FROM findings WHERE rule = 'phoenix'`); n == 0 {
		t.Error("detection is told of nothing")
	}
}
