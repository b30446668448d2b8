package pattern

import (
	"math/bits"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func near(a, b uint64) bool { return bits.OnesCount64(a^b) <= 1 }

func voicesOf(complaints []Complaint) map[string]string {
	out := map[string]string{}
	for _, c := range complaints {
		out[c.ID] = c.Voice
	}
	return out
}

func TestVoicesJoinReportersAndCopies(t *testing.T) {
	complaints := []Complaint{
		{ID: "a", Reporter: "r1", Signature: 0b1111},
		{ID: "b", Reporter: "r1"},
		{ID: "c", Reporter: "r2", Signature: 0b0111}, // a copy of a
		{ID: "d", Reporter: "r2"},
		{ID: "e", Signature: 0xF000},
		{ID: "f"},
		{ID: "g"},
	}
	want := map[string]string{"a": "a", "b": "a", "c": "a", "d": "a", "e": "e", "f": "f", "g": "g"}
	Voices(complaints, near)
	if diff := cmp.Diff(want, voicesOf(complaints)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for i, j := 0, len(complaints)-1; i < j; i, j = i+1, j-1 {
		complaints[i], complaints[j] = complaints[j], complaints[i]
	}
	Voices(complaints, near)
	if diff := cmp.Diff(want, voicesOf(complaints)); diff != "" {
		t.Errorf("reversed (-want +got):\n%s", diff)
	}
}

func TestVoicesLeaveUnknownReportersAndShortTextsApart(t *testing.T) {
	complaints := []Complaint{{ID: "a"}, {ID: "b"}, {ID: "c"}}
	Voices(complaints, func(_, _ uint64) bool { return true })
	if diff := cmp.Diff(map[string]string{"a": "a", "b": "b", "c": "c"}, voicesOf(complaints)); diff != "" {
		t.Error(diff)
	}
}

func TestAWindowThatEndedBeforeTheseDaysIsOver(t *testing.T) {
	f := Facts{AsOf: 1000, Complaints: []Complaint{{ID: "a", Voice: "v1", Day: 971}}}
	nothingNew := func(Complaint) []string { return nil }
	if told, last := f.tellings(30, nothingNew); len(told) != 1 || last != 971 {
		t.Errorf("on the first of thirty days: %d tellings, last day %d", len(told), last)
	}
	f.Complaints[0].Day = 970
	if told, _ := f.tellings(30, nothingNew); len(told) != 0 {
		t.Error("what was told thirty days before counts")
	}
}

// A voice heard before the window, and in it only in a complaint without news,
// is heard in the window.
func TestAVoiceHeardAgainInTheWindowCountsInIt(t *testing.T) {
	f := Facts{Subject: Subject{Agency, "A9"}, AsOf: 1000, Complaints: []Complaint{
		{ID: "a", Voice: "v1", Day: 960},
		{ID: "b", Voice: "v1", Day: 985},
		{ID: "c", Voice: "v2", Day: 990},
		{ID: "d", Voice: "v3", Day: 1000},
	}}
	found := tuned(t, "complaint-burst").Match(f)
	if len(found) != 1 || !cmp.Equal(found[0].Evidence, []string{"b", "c", "d"}) {
		t.Errorf("%+v", found)
	}
}

func TestWhatAVoiceAddsLaterIsHeard(t *testing.T) {
	f := Facts{Subject: Subject{Agency, "A9"}, AsOf: 1000, Complaints: []Complaint{
		{ID: "a", Voice: "v1", Day: 990},
		{ID: "b", Voice: "v2", Day: 991},
		{ID: "c", Voice: "v3", Day: 992},
		{ID: "d", Voice: "v1", Day: 995, Minor: true},
	}}
	found := tuned(t, "complaint-burst").Match(f)
	if len(found) != 1 || found[0].Grade != Red || found[0].Reason.Args["Voices"] != "3" ||
		!cmp.Equal(found[0].Evidence, []string{"a", "b", "c", "d"}) {
		t.Errorf("%+v", found)
	}
}
