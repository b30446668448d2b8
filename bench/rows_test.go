package bench_test

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/fairpassage/portal/internal/matching"
)

// table is what one table of a record holds.
type table struct {
	name    string
	columns []string
	rows    int
	row     func(i int) []any
}

// tables lists them so that each comes after what it refers to.
func (r *record) tables() []table {
	return append(append(r.staff(), r.register()...), append(r.cases(), r.work()...)...)
}

func cols(text string) []string { return strings.Fields(text) }

func (r *record) staff() []table {
	units := [][]any{
		{ministryUnit, "ministry-national", "ministry", `{"en":"Ministry"}`},
		{policeUnit, "police-national", "police", `{"en":"Police"}`},
		{oversightUnit, "oversight-national", "oversight", `{"en":"Oversight"}`},
	}
	now := r.clock.Now()
	return []table{
		{"units", cols(`id code kind name`), len(units), func(i int) []any { return units[i] }},
		{"people", cols(`id email name created_at`), 1, func(int) []any {
			return []any{investigator, "investigator@police.example", "Investigator", now}
		}},
		{"memberships", cols(`person_id unit_id role`), 1, func(int) []any {
			return []any{investigator, policeUnit, "investigator"}
		}},
	}
}

// register makes agencies with a Latin name of two invented words each, every
// third with a local name, and a phone each.
func (r *record) register() []table {
	now := r.clock.Now()
	var names [][]any
	latin, local := make([]string, r.agencies), make([]string, r.agencies)
	for i := range r.agencies {
		latin[i] = r.latinName()
		names = append(names, spellings(i, 0, latin[i])...)
		if i%3 == 0 {
			local[i] = r.localName()
			names = append(names, spellings(i, 1, local[i])...)
		}
	}
	return []table{
		{"agencies", cols(`id slug source source_key name_latin name_local state created_at updated_at`), r.agencies, func(i int) []any {
			return []any{key('a', i), fmt.Sprintf("agency-%d", i), "example", fmt.Sprint(i), latin[i], local[i], "listed", now, now}
		}},
		{"agency_names", cols(`agency_id position name folded skeleton bigrams`), len(names), func(i int) []any { return names[i] }},
		{"agency_contacts", cols(`agency_id kind position shown key digits token`), r.agencies, func(i int) []any {
			digits := fmt.Sprintf("85510%06d", i)
			return []any{key('a', i), "phone", 0, "+" + digits, "+" + digits, digits, token('c', i)}
		}},
		{"employers", cols(`id name folded token country created_at`), r.employers, func(i int) []any {
			name := fmt.Sprintf("example %d", i)
			return []any{key('e', i), name, name, token('e', i), destination(i), now}
		}},
	}
}

// spellings are the rows by which a name is found: whole, and without trade and
// legal form.
func spellings(agency, position int, name string) [][]any {
	folded, core := matching.Fold(name), matching.CompanyFold(name)
	skeleton := ""
	if !matching.HasSpacelessScript(folded) {
		skeleton = matching.Skeleton(core)
	}
	pairs := func(s string) []string { return append([]string{}, matching.Bigrams(s)...) }
	rows := [][]any{{key('a', agency), position, name, folded, skeleton, pairs(folded)}}
	if core != folded {
		rows = append(rows, []any{key('a', agency), position + 2, name, core, "", pairs(core)})
	}
	return rows
}

func (r *record) latinName() string {
	begin := strings.Fields("ba ke li mo ru sa ten vor wi zan chi dho fel gar hun jo")
	end := strings.Fields("bar den kor lin mas ner pol ris son tan vik wen yo zu")
	trade := []string{"Employment Agency Limited", "Overseas Employment Centre", "Manpower Services Co., Ltd.", "Human Resources Limited"}
	word := func() string {
		w := begin[r.word.IntN(len(begin))] + end[r.word.IntN(len(end))] + end[r.word.IntN(len(end))]
		return strings.ToUpper(w[:1]) + w[1:]
	}
	return word() + " " + word() + " " + trade[r.word.IntN(len(trade))]
}

func (r *record) localName() string {
	trade := []string{"僱傭中心", "國際僱傭有限公司", "僱傭服務有限公司", "人力資源有限公司"}
	name := make([]rune, 2+r.word.IntN(2))
	for i := range name {
		name[i] = rune(0x5000 + r.word.IntN(600))
	}
	return string(name) + trade[r.word.IntN(len(trade))]
}

func destination(i int) string { return []string{"TH", "MY", "KR", "JP", "HK"}[i%5] }

// token stands for a keyed hash: as long as one, and telling nothing.
func token(kind byte, n int) string {
	return fmt.Sprintf("%c%042d", kind, n)
}

func hash(kind byte, n int) []byte {
	sum := sha256.Sum256([]byte(token(kind, n)))
	return sum[:]
}
