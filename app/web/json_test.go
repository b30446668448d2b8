package web

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAFlatObjectOfTextsReadsLikeAForm(t *testing.T) {
	got, err := jsonValues([]byte(`{"reason": "No.", "_csrf": "x", "reason": "Yes."}`))
	want := map[string][]string{"reason": {"No.", "Yes."}, "_csrf": {"x"}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Fatal(err, diff)
	}
	for _, body := range []string{``, `[]`, `"x"`, `{`, `{"a": 1}`, `{"a": {"b": "c"}}`, `{"a": ["b"]}`, `{"a": "b"} {}`, `{"a": "b"}x`, `null`} {
		if _, err := jsonValues([]byte(body)); err == nil {
			t.Errorf("%q is taken for a form", body)
		}
	}
}

func FuzzJSONValues(f *testing.F) {
	f.Add([]byte(`{"reason": "No.", "_csrf": "x"}`))
	f.Add([]byte(`{"a":"b","a":"c"}{`))
	f.Fuzz(func(t *testing.T, body []byte) {
		values, err := jsonValues(body)
		if err != nil && values != nil {
			t.Error("values beside an error")
		}
		for name, all := range values {
			if len(all) == 0 {
				t.Errorf("%q without a value", name)
			}
		}
	})
}
