package pattern

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// seeded gives every rule with its seed thresholds.
func seeded(t testing.TB) []Tuned {
	t.Helper()
	settings := map[string]Setting{}
	for _, s := range Seeds() {
		settings[s.Rule] = s
	}
	var out []Tuned
	for _, r := range Rules() {
		tuned, err := r.ParseParams(settings[r.ID].Params)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, tuned)
	}
	return out
}

func TestCaseNotes(t *testing.T) {
	for _, path := range caseNotes(t) {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			facts, want := readCaseNote(t, path)
			var got []string
			for _, f := range Evaluate(facts, seeded(t)) {
				got = append(got, tell(f))
			}
			if len(got) == 0 {
				got = []string{"nothing"}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

func caseNotes(t testing.TB) []string {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal("no case notes", err)
	}
	return paths
}

func readCaseNote(t *testing.T, path string) (Facts, []string) {
	t.Helper()
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range archive.Files {
		files[f.Name] = string(f.Data)
	}
	if len(files) != 2 || len(archive.Comment) == 0 {
		t.Fatalf("%s: a case note has prose, facts and want", path)
	}
	return parseFacts(t, files["facts"]), joinLines(files["want"])
}

func TestEveryRuleHasNotesThatFireAndNotesThatMustNot(t *testing.T) {
	fire, quiet := map[string]int{}, map[string]int{}
	for _, path := range caseNotes(t) {
		_, want := readCaseNote(t, path)
		for _, r := range Rules() {
			if !strings.HasPrefix(filepath.Base(path), r.ID) {
				continue
			}
			if strings.Contains(strings.Join(want, "\n"), " "+r.ID+" ") {
				fire[r.ID]++
			} else {
				quiet[r.ID]++
			}
		}
	}
	for _, r := range Rules() {
		if fire[r.ID] < 2 || quiet[r.ID] < 2 || fire[r.ID]+quiet[r.ID] < 5 {
			t.Errorf("%s: %d notes fire, %d do not", r.ID, fire[r.ID], quiet[r.ID])
		}
	}
}
