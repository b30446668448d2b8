package agency_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/agency"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/matching"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var importer = identity.System("import")

// desk is the register of one test.
type desk struct {
	*agency.Service
	db *testkit.Database
}

func newDesk(t testing.TB) desk {
	t.Helper()
	hasher, err := matching.NewHasher(bytes.Repeat([]byte{3}, 32))
	if err != nil {
		t.Fatal(err)
	}
	db := testkit.DB(t)
	clk := clock.NewFake(time.Date(2026, time.March, 2, 9, 15, 0, 0, time.UTC))
	return desk{agency.New(db.DB, hasher, clk), db}
}

func (d desk) load(t testing.TB, format, text string) agency.Run {
	t.Helper()
	run, err := d.try(t, format, text)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func (d desk) try(t testing.TB, format, text string) (agency.Run, error) {
	t.Helper()
	f, ok := agency.FormatOf(format)
	if !ok {
		t.Fatalf("no format %q", format)
	}
	file := agency.File{Text: strings.NewReader(text), Format: f}
	if f.Source == "" {
		file.Source = "test"
	}
	return d.Import(t.Context(), importer, file, func(agency.Run) {})
}

func (d desk) rejections(t testing.TB, run agency.Run) []agency.Rejection {
	t.Helper()
	list, err := d.Rejections(t.Context(), importer, run.ID, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func (d desk) count(t testing.TB, query string, args ...any) int {
	t.Helper()
	var n int
	if err := d.db.Super(t).QueryRow(query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func counts(r agency.Run) [5]int {
	return [5]int{r.Read, r.Created, r.Updated, r.Unchanged, r.Rejected}
}

func invented(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile("testdata/register.csv")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestARegisterComesInOnceHoweverOftenItIsImported(t *testing.T) {
	d := newDesk(t)
	first := d.load(t, "hk-eaa", invented(t))
	if diff := cmp.Diff([5]int{60, 60, 0, 0, 0}, counts(first)); diff != "" {
		t.Fatal(diff)
	}
	second := d.load(t, "hk-eaa", invented(t))
	if diff := cmp.Diff([5]int{60, 0, 0, 60, 0}, counts(second)); diff != "" {
		t.Fatal(diff)
	}
	if n := d.count(t, `SELECT count(*) FROM agencies`); n != 60 {
		t.Errorf("%d agencies", n)
	}
	if n := d.count(t, `SELECT count(*) FROM agencies WHERE state <> 'listed' OR source <> 'hk-eaa-2021'`); n != 0 {
		t.Errorf("%d agencies have a state that the source does not give", n)
	}
	if n := d.count(t, `SELECT count(*) FROM licences`) + d.count(t, `SELECT count(*) FROM import_keys`); n != 0 {
		t.Errorf("%d licences or keys of a finished run", n)
	}
	if n := d.count(t, `SELECT count(*) FROM audit_entries WHERE action = 'import.run'`); n != 2 {
		t.Errorf("%d audit entries, want one a run", n)
	}
}

func TestWhatTheRegisterDoesNotSayStaysUnknown(t *testing.T) {
	d := newDesk(t)
	d.load(t, "hk-eaa", invented(t))
	type told struct {
		Latin, Local, District string
		Contacts               []string
	}
	got := map[string]told{}
	rows, err := d.db.Super(t).Query(`
		SELECT a.slug, a.name_latin, a.name_local, a.district,
		       coalesce((SELECT string_agg(c.kind || ' ' || c.shown || CASE WHEN c.key = '' THEN ' ?' ELSE '' END, '|' ORDER BY c.kind, c.position) FROM agency_contacts c WHERE c.agency_id = a.id), '')
		FROM agencies a
		WHERE a.slug IN ('lantern-bay-employment-agency-limited', 'two-bridges-employment-agency-limited', 'open-palm-overseas-employment-centre',
		                 'maple-gate-employment-agency-limited', 'white-sampan-overseas-employment-centre', 'o-hara-happy-homes-limited', 'ohara-happy-homes-limited')`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var slug, contacts string
		var a told
		if err := rows.Scan(&slug, &a.Latin, &a.Local, &a.District, &contacts); err != nil {
			t.Fatal(err)
		}
		a.Contacts = strings.Split(contacts, "|")
		got[slug] = a
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	want := map[string]told{
		"lantern-bay-employment-agency-limited": {"Lantern Bay Employment Agency Limited", "燈灣僱傭中心", "North Shore District", []string{"phone +852 5540 0100", "phone +852 6550 0012"}},
		"two-bridges-employment-agency-limited": {"Two Bridges Employment Agency Limited", "雙橋僱傭中心", "", []string{"email desk4@twobridges.example", "phone +852 5540 4128"}},
		"maple-gate-employment-agency-limited":  {"Maple Gate Employment Agency Limited", "楓門僱傭中心", "North Shore District", []string{"email desk5@maplegate.example", "fax +852 2556 0588"}},
		"open-palm-overseas-employment-centre":  {"Open Palm Overseas Employment Centre", "開掌國際僱傭有限公司", "Islands District", []string{"email desk13@openpalm.example", "fax +852 2556 1388", "phone +852 5541 3191"}},
		"ohara-happy-homes-limited":             {`O'Hara "Happy" Homes Limited`, "紙鶴", "North Shore District", []string{"email desk50@papercrane.example", "phone +852 5545 0450"}},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreMapEntries(func(slug string, _ told) bool { return strings.HasPrefix(slug, "white") })); diff != "" {
		t.Error(diff)
	}
	if n := d.count(t, `SELECT count(*) FROM agency_contacts WHERE key = '' AND shown IN ('5540123', 'desk16@@stonewell.example', 'riverthread.example')`); n != 3 {
		t.Errorf("%d of three unreadable contacts are kept as the source writes them", n)
	}
	if n := d.count(t, `SELECT count(*) FROM agency_contacts WHERE kind = 'phone' AND (length(token) <> 43) <> (key = '')`); n != 0 {
		t.Errorf("%d phones whose token does not go with their key", n)
	}
}

func TestBranchesWithOneNameAreSeparateAndHaveStableAddresses(t *testing.T) {
	slugs := func() string {
		d := newDesk(t)
		d.load(t, "hk-eaa", invented(t))
		var all string
		err := d.db.Super(t).QueryRow(`SELECT string_agg(slug, ' ' ORDER BY slug) FROM agencies WHERE name_latin = 'Blue Heron Employment Agency Limited'`).Scan(&all)
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	first := slugs()
	if n := len(strings.Fields(first)); n != 3 {
		t.Fatalf("%d agencies: %s", n, first)
	}
	if second := slugs(); second != first {
		t.Errorf("first %s, then %s", first, second)
	}
}

func TestAChangedRowUpdatesItsAgencyAndNoOther(t *testing.T) {
	d := newDesk(t)
	d.load(t, "hk-eaa", invented(t))
	if _, err := d.db.Super(t).Exec(`UPDATE agencies SET state = 'suspended' WHERE slug = 'blue-heron-employment-agency-limited'`); err != nil {
		t.Fatal(err)
	}
	run := d.load(t, "hk-eaa", strings.Replace(invented(t), "55401107", "55409999", 1))
	if diff := cmp.Diff([5]int{60, 0, 1, 59, 0}, counts(run)); diff != "" {
		t.Fatal(diff)
	}
	n := d.count(t, `SELECT count(*) FROM agency_contacts c JOIN agencies a ON a.id = c.agency_id
		WHERE a.slug = 'blue-heron-employment-agency-limited' AND a.state = 'suspended' AND c.kind = 'phone' AND c.key = '+85255409999'`)
	if n != 1 {
		t.Error("the new phone is not there alone, or the import changed the state")
	}
}

const header = "name_latin,name_local,licence_no,valid_since,district,address,phones,fax,emails,kinds\n"

func TestABadRowIsListedWithItsReasonAndLosesNothingElse(t *testing.T) {
	d := newDesk(t)
	long := strings.Repeat("n", 201)
	text := header +
		"Good One,,AB-1001,2019,,1 Invented Lane,,,,domestic\n" + // 2
		",,,2019,,2 Invented Lane,,,,\n" + // 3 no name
		"***,---,,2019,,2 Invented Lane,,,,\n" + // 4 no name
		"Late Year,,,2199,,3 Invented Lane,,,,\n" + // 5
		"No Year,,,soon,,3 Invented Lane,,,,\n" + // 6
		"Broken,\"quote,,2019,,4 Invented Lane,,,,\n" + // 7
		"Short,row\n" + // 8
		long + ",,,2019,,5 Invented Lane,,,,\n" + // 9
		"Bad Number,,no 7!,2019,,6 Invented Lane,,,,\n" + // 10
		"Second Holder,,AB-1001,2019,,7 Invented Lane,,,,\n" + // 11
		"Good One,,AB-1001,2020,,1 Invented Lane,,,,\n" + // 12 again
		"Not \xff Text,,,2019,,8 Invented Lane,,,,\n" + // 13
		"Good Two,ក្រុមហ៊ុន ល្អ,,,,9 Invented Lane,012 345 678 / 098 765 432,,a@two.example;b@two.example,domestic; office\n" // 14
	run := d.load(t, "csv", text)
	if diff := cmp.Diff([5]int{13, 2, 0, 0, 11}, counts(run)); diff != "" {
		t.Error(diff)
	}
	want := []agency.Rejection{
		{Row: 3, Reason: agency.ReasonName},
		{Row: 4, Reason: agency.ReasonName},
		{Row: 5, Reason: agency.ReasonYear},
		{Row: 6, Reason: agency.ReasonYear},
		{Row: 7, Reason: agency.ReasonQuote},
		{Row: 8, Reason: "the row has 2 fields where the header has 10"},
		{Row: 9, Reason: "the Latin name is longer than 200 characters"},
		{Row: 10, Reason: agency.ReasonLicence},
		{Row: 11, Reason: agency.ReasonTaken},
		{Row: 12, Reason: "the same agency as row 2"},
		{Row: 13, Reason: agency.ReasonEncoding},
	}
	if diff := cmp.Diff(want, d.rejections(t, run)); diff != "" {
		t.Error(diff)
	}
	if again := d.load(t, "csv", text); counts(again) != [5]int{13, 0, 0, 2, 11} {
		t.Errorf("second run: %v", counts(again))
	}
	other := d.load(t, "csv", header+"Good One,,AB-1002,2019,,1 Invented Lane,,,,domestic\n")
	if diff := cmp.Diff([]agency.Rejection{{Row: 2, Reason: agency.ReasonRenamed}}, d.rejections(t, other)); diff != "" {
		t.Error(diff)
	}
}

func TestAFileThatIsNoRegisterImportsNothing(t *testing.T) {
	for name, c := range map[string]struct{ format, text, want string }{
		"empty":          {"csv", "", "the file is empty: nothing was imported"},
		"only a mark":    {"csv", "\ufeff", "the file is empty: nothing was imported"},
		"no such column": {"hk-eaa", strings.Replace(invented(t), "Telephone No", "Tel", 1), `missing column "Telephone No": nothing was imported`},
		"two missing":    {"csv", "name_latin,name_local,licence_no,valid_since,district,address,phones,fax\n", `missing column "emails", "kinds": nothing was imported`},
		"named twice":    {"csv", "fax," + header, `column named twice: "fax": nothing was imported`},
		"another format": {"csv", invented(t), `missing column`},
		"no header":      {"csv", "\"never closed\n", "the header cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			_, err := d.try(t, c.format, c.text)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("err = %v, want %q", err, c.want)
			}
			if n := d.count(t, `SELECT (SELECT count(*) FROM agencies) + (SELECT count(*) FROM import_runs)`); n != 0 {
				t.Errorf("%d rows were written", n)
			}
		})
	}
}

// killed imports until stop batches are committed and then dies.
func (d desk) killed(t testing.TB, text string, stop int) {
	t.Helper()
	f, _ := agency.FormatOf("csv")
	ctx, kill := context.WithCancel(t.Context())
	defer kill()
	done := 0
	_, err := d.Import(ctx, importer, agency.File{Text: strings.NewReader(text), Format: f, Source: "test"}, func(agency.Run) {
		if done++; done == stop {
			kill()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("err = %v, want a cancelled run", err)
	}
}

func TestAKilledImportGoesOnWhereItStopped(t *testing.T) {
	d := newDesk(t)
	text := generated(1600)
	d.killed(t, text, 1)
	d.killed(t, text, 1)
	if n := d.count(t, `SELECT count(*) FROM agencies`); n == 0 || n >= 1600 {
		t.Fatalf("%d agencies after two killed runs", n)
	}
	var after []int
	f, _ := agency.FormatOf("csv")
	run, err := d.Import(t.Context(), importer, agency.File{Text: strings.NewReader(text), Format: f, Source: "test"}, func(r agency.Run) { after = append(after, r.NextRow) })
	if err != nil {
		t.Fatal(err)
	}
	// Row 1601 is the last; every 100th is broken and row 50 comes twice.
	if diff := cmp.Diff([5]int{1600, 1583, 0, 0, 17}, counts(run)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]int{1502, 1602}, after); diff != "" || !run.Resumed {
		t.Errorf("resumed %v, batches ended before rows: %s", run.Resumed, diff)
	}
	if n := d.count(t, `SELECT count(*) FROM import_runs`); n != 1 {
		t.Errorf("%d runs, want one", n)
	}
	if n := d.count(t, `SELECT count(*) FROM audit_entries WHERE action = 'import.run'`); n != 1 {
		t.Errorf("%d audit entries, want one", n)
	}
	if again := d.load(t, "csv", text); counts(again) != [5]int{1600, 0, 0, 1583, 17} {
		t.Errorf("second run: %v", counts(again))
	}
}

// The whole of a real register, where the design folder is at hand; the
// invented one has all its quirks and is imported in any case.
func TestARealRegisterComesInWhole(t *testing.T) {
	want, text := 60, invented(t)
	if file, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "data", "hk-register-2021.csv")); err == nil {
		want, text = 3293, string(file)
	}
	d := newDesk(t)
	start := time.Now()
	first := d.load(t, "hk-eaa", text)
	t.Logf("%d rows in %v", first.Read, time.Since(start).Round(time.Millisecond))
	if first.Read != want || first.Created+first.Unchanged+first.Rejected != want || first.Updated != 0 {
		t.Errorf("first run: %v", counts(first))
	}
	if n := d.count(t, `SELECT count(*) FROM agencies`); n != first.Created {
		t.Errorf("%d agencies, %d created", n, first.Created)
	}
	for _, r := range d.rejections(t, first) {
		t.Logf("row %d: %s", r.Row, r.Reason)
	}
	second := d.load(t, "hk-eaa", text)
	if diff := cmp.Diff([5]int{want, 0, 0, first.Created, first.Rejected}, counts(second)); diff != "" {
		t.Error(diff)
	}
}
