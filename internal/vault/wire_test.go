package vault

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/matching"
	"github.com/google/go-cmp/cmp"
)

func questions() map[string][]matching.Input {
	full := make([]matching.Input, maxInputs)
	for i := range full {
		full[i] = matching.Phone("+85512000001")
	}
	return map[string][]matching.Input{
		"nothing":  {},
		"one":      {matching.Phone("+85512000001")},
		"all":      {matching.Reporter("+85512000001"), matching.Document("KH", "N0000001"), matching.Account("1"), matching.Name("ក")},
		"a text":   {matching.Text(strings.Repeat("they took his passport ", 4000))},
		"so many":  full,
		"no place": {matching.Document("", "N0000001")},
	}
}

func TestAQuestionIsReadAsItWasWritten(t *testing.T) {
	for name, want := range questions() {
		var wire bytes.Buffer
		if err := writeFrame(&wire, writeQuestion(want)); err != nil {
			t.Fatal(err)
		}
		body, err := readFrame(&wire)
		if err != nil {
			t.Fatal(err)
		}
		got, err := parseQuestion(body)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestWhatIsNoQuestionIsRefused(t *testing.T) {
	good := writeQuestion([]matching.Input{matching.Document("KH", "N0000001")})
	change := func(at int, to byte) []byte {
		bad := bytes.Clone(good)
		bad[at] = to
		return bad
	}
	many := writeQuestion(make([]matching.Input, maxInputs+1))
	for name, body := range map[string][]byte{
		"nothing": nil, "another version": change(0, 9), "fewer than it says": change(2, 2), "more than it says": append(bytes.Clone(good), 0),
		"cut": good[:len(good)-1], "no kind": change(3, 0), "unknown kind": change(3, 7), "a country past the end": change(4, 255),
		"an empty value": writeQuestion([]matching.Input{{Kind: matching.KindName}}), "a value past the end": change(7, 255), "too many": many,
		"too long": writeQuestion([]matching.Input{matching.Name(strings.Repeat("x", matching.MaxInput+1))}),
	} {
		if got, err := parseQuestion(body); !errors.Is(err, errWire) {
			t.Errorf("%s: read as %v, %v", name, got, err)
		}
	}
}

func TestALongFrameIsNotRead(t *testing.T) {
	from := io.MultiReader(bytes.NewReader([]byte{0x7f, 0xff, 0xff, 0xff}), neverEnding{})
	if _, err := readFrame(from); !errors.Is(err, errWire) {
		t.Errorf("%v", err)
	}
}

type neverEnding struct{}

func (neverEnding) Read(p []byte) (int, error) { return len(p), nil }

func TestALimitThatIsUsedUpTravelsAsItIs(t *testing.T) {
	want := RefusedError{Kind: matching.KindDocument, After: 90 * time.Minute}
	_, err := parseAnswer(appendRefusal(nil, want), nil)
	if got, ok := errors.AsType[RefusedError](err); !ok || got != want {
		t.Errorf("%v", err)
	}
}

// Whatever the decoder takes for a question it writes again to the same bytes,
// and every input of it can be hashed.
func FuzzQuestion(f *testing.F) {
	for _, q := range questions() {
		if len(q) < maxInputs {
			f.Add(writeQuestion(q))
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		inputs, err := parseQuestion(body)
		if err != nil {
			return
		}
		for _, in := range inputs {
			if in.Check() != nil || in.Value == "" {
				t.Errorf("%q passed", in.Value)
			}
		}
		if again := writeQuestion(inputs); !bytes.Equal(again, body) {
			t.Errorf("%x became %x", body, again)
		}
	})
}

// An answer has a mark for each input or is none.
func FuzzAnswer(f *testing.F) {
	asked := []matching.Input{matching.Phone("+85512000001"), matching.Text(strings.Repeat("they took his passport ", 4))}
	marks := []matching.Mark{{Token: matching.TokenFrom(make([]byte, matching.TokenSize))}, {Signature: 7}}
	f.Add(appendMarks(nil, asked, marks))
	f.Add(appendRefusal(nil, RefusedError{Kind: matching.KindPhone, After: time.Second}))
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := parseAnswer(body, asked)
		switch {
		case err != nil && got != nil, err == nil && len(got) != len(asked):
			t.Errorf("%v, %v", got, err)
		case err == nil && !bytes.Equal(appendMarks(nil, asked, got), body):
			t.Errorf("%x is read as another", body)
		}
	})
}
