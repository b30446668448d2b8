package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/fairpassage/portal/internal/testkit"
)

func TestLawIsLoadedSetAndPrinted(t *testing.T) {
	env := served(t, testkit.DB(t))
	if code, out, said := portal(t, env, "keys", "ensure"); code != exitDone {
		t.Fatal(code, out, said)
	}
	if code, out, _ := portal(t, env, "doctor"); code != exitDone || !strings.Contains(out, "not configured, and so not checked: licence.term") {
		t.Errorf("nothing configured is no failure, and is told: exit %d\n%s", code, out)
	}
	if code, out, said := portal(t, env, "policy", "load", "kh"); code != exitDone || !strings.Contains(out, "5 laws") {
		t.Fatal(code, out, said)
	}
	if code, out, said := portal(t, env, "policy", "set", "licence.term", `{"months": 36}`, "--from", "2020-01-01", "--source", "Law on Examples, Art. 5"); code != exitDone {
		t.Fatal(code, out, said)
	}
	for _, bad := range [][]string{
		{"licence.term", `{"months": 0}`, "--from", "2021-01-01", "--source", "x"},
		{"licence.term", `{"months": 24}`, "--from", "2020-01-01", "--source", "x"},
		{"licence.tea", `{}`, "--from", "2020-01-01", "--source", "x"},
		{"licence.term", `{"months": 24}`, "--from", "yesterday", "--source", "x"},
		{"licence.term", `{"months": 24}`, "--from", "2022-01-01"},
	} {
		if code, out, _ := portal(t, env, append([]string{"policy", "set"}, bad...)...); code == exitDone {
			t.Error(bad, out)
		}
	}
	if code, out, _ := portal(t, env, "policy", "load", "../kh"); code == exitDone {
		t.Error(out)
	}
	_, out, _ := portal(t, env, "policy", "show")
	for _, want := range []string{"Art. 5", `{"months":36}`, `"flat":10000000`, "not configured"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in %s", want, out)
		}
	}
	_, out, _ = portal(t, env, "policy", "show", "--json")
	var all []shownPolicy
	if err := json.Unmarshal([]byte(out), &all); err != nil || all[0].Key != "licence.term" || string(all[0].Value) != `{"months":36}` || all[1].Value != nil {
		t.Errorf("%v: %s", err, out)
	}
}
