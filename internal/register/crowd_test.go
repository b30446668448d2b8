package register

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/matching"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// crowd is a register of that many invented agencies, the same in every run.
// Every third has a local name, every tenth a licence number.
func crowd(t testing.TB, size int) (*Service, *testkit.Database) {
	t.Helper()
	db := testkit.DB(t)
	random := rand.New(rand.NewPCG(7, 11))
	var agencies, names, contacts, licences [][]any
	now := time.Date(2026, time.January, 5, 0, 0, 0, 0, time.UTC)
	for n := range size {
		agency := id.New()
		latin, local := latinName(random), ""
		if n%3 == 0 {
			local = localName(random)
		}
		agencies = append(agencies, []any{agency, fmt.Sprintf("agency-%d", n), "test", fmt.Sprint(n), latin, local, "listed", now, now})
		names = append(append(names, nameRows(agency, 0, latin)...), nameRows(agency, 1, local)...)
		digits := fmt.Sprintf("85510%07d", n)
		contacts = append(contacts,
			[]any{agency, "phone", 0, "+" + digits, "+" + digits, digits},
			[]any{agency, "email", 0, fmt.Sprintf("a%d@x.example", n), fmt.Sprintf("a%d@x.example", n), ""})
		if n%10 == 0 {
			licences = append(licences, []any{agency, fmt.Sprintf("KH-%06d", n)})
		}
	}
	conn, err := pgx.Connect(t.Context(), db.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	for _, table := range []struct {
		name    string
		columns []string
		rows    [][]any
	}{
		{"agencies", []string{"id", "slug", "source", "source_key", "name_latin", "name_local", "state", "created_at", "updated_at"}, agencies},
		{"agency_names", []string{"agency_id", "position", "name", "folded", "skeleton", "bigrams"}, names},
		{"agency_contacts", []string{"agency_id", "kind", "position", "shown", "key", "digits"}, contacts},
		{"licences", []string{"agency_id", "number"}, licences},
	} {
		if _, err := conn.CopyFrom(t.Context(), pgx.Identifier{table.name}, table.columns, pgx.CopyFromRows(table.rows)); err != nil {
			t.Fatal(err)
		}
	}
	// What a busy register has after its first night.
	if _, err := conn.Exec(t.Context(), `VACUUM ANALYZE agencies, agency_names, agency_contacts, licences`); err != nil {
		t.Fatal(err)
	}
	return New(db.DB, testkit.Clock(), country.Home{Code: "KH", Zone: time.UTC}), db
}

func nameRows(agency uuid.UUID, position int, name string) [][]any {
	if name == "" {
		return nil
	}
	folded, core := matching.Fold(name), matching.CompanyFold(name)
	skeleton := ""
	if !matching.HasSpacelessScript(folded) {
		skeleton = matching.Skeleton(core)
	}
	rows := [][]any{{agency, position, name, folded, skeleton, pairsOf(folded)}}
	if core != folded {
		rows = append(rows, []any{agency, position + 2, name, core, "", pairsOf(core)})
	}
	return rows
}

func pairsOf(folded string) []string { return append([]string{}, matching.Bigrams(folded)...) }

func latinName(random *rand.Rand) string {
	begin := []string{"ba", "ke", "li", "mo", "ru", "sa", "ten", "vor", "wi", "zan", "chi", "dho", "fel", "gar", "hun", "jo"}
	end := []string{"bar", "den", "kor", "lin", "mas", "ner", "pol", "ris", "son", "tan", "vik", "wen", "yo", "zu"}
	tail := []string{"Employment Agency Limited", "Overseas Employment Centre", "Manpower Services Co., Ltd.", "Human Resources Limited", "Recruitment Agency"}
	words := make([]string, 1+random.IntN(2))
	for i := range words {
		w := begin[random.IntN(len(begin))] + end[random.IntN(len(end))] + end[random.IntN(len(end))]
		words[i] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, " ") + " " + tail[random.IntN(len(tail))]
}

func localName(random *rand.Rand) string {
	tail := []string{"僱傭中心", "國際僱傭有限公司", "僱傭服務有限公司", "人力資源有限公司"}
	name := make([]rune, 2+random.IntN(2))
	for i := range name {
		name[i] = rune(0x5000 + random.IntN(600))
	}
	return string(name) + tail[random.IntN(len(tail))]
}
