package agency

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func readAll(t testing.TB, text string) []row {
	t.Helper()
	in, err := newRows(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	var all []row
	for {
		r, err := in.next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
}

func TestOneBrokenRowCostsOneRow(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []row
	}{
		"a mark that never closes": {
			"a,b\n1,\"two\n3,four\n5,\"six\"\n",
			[]row{{1, []string{"a", "b"}, ""}, {2, nil, ReasonQuote}, {3, []string{"3", "four"}, ""}, {4, []string{"5", "six"}, ""}},
		},
		"a mark that never closes, to the end of the file": {
			"a,b\n1,\"two",
			[]row{{1, []string{"a", "b"}, ""}, {2, nil, ReasonQuote}},
		},
		"text after a closing mark": {
			"a,b\n1,\"two\" three\n4,five\n",
			[]row{{1, []string{"a", "b"}, ""}, {2, nil, ReasonQuote}, {3, []string{"4", "five"}, ""}},
		},
		"two broken rows, whose marks would pair up": {
			"a,b,c\n1,\"x,y\n2,\"p,q\n3,\"r\",s\n",
			[]row{{1, []string{"a", "b", "c"}, ""}, {2, nil, ReasonQuote}, {3, nil, ReasonQuote}, {4, []string{"3", "r", "s"}, ""}},
		},
		"a field over three lines is one row": {
			"a,b\r\n1,\"two\r\nthree\r\nfour\"\r\n5,six\r\n",
			[]row{{1, []string{"a", "b"}, ""}, {2, []string{"1", "two\nthree\nfour"}, ""}, {3, []string{"5", "six"}, ""}},
		},
		"marks inside a field are characters": {
			"a,b\n1,The \"Kind\" Agency\n2,\"The \"\"Kind\"\" Agency\"\n",
			[]row{{1, []string{"a", "b"}, ""}, {2, []string{"1", `The "Kind" Agency`}, ""}, {3, []string{"2", `The "Kind" Agency`}, ""}},
		},
		"blank lines count as rows and are none": {
			"a,b\n\n \t\r\n1,2\n",
			[]row{{1, []string{"a", "b"}, ""}, {4, []string{"1", "2"}, ""}},
		},
		"too many and too few fields": {
			"a,b\n1\n1,2,3\n4,5\n",
			[]row{{1, []string{"a", "b"}, ""}, {2, nil, wrongCount(1, 2)}, {3, nil, wrongCount(3, 2)}, {4, []string{"4", "5"}, ""}},
		},
		"not UTF-8, and a NUL": {
			"a,b\n1,\xff\n2,x\x00y\n4,5\n",
			[]row{{1, []string{"a", "b"}, ""}, {2, nil, ReasonEncoding}, {3, nil, ReasonControl}, {4, []string{"4", "5"}, ""}},
		},
		"a byte order mark": {"\ufeffa,b\n1,2", []row{{1, []string{"a", "b"}, ""}, {2, []string{"1", "2"}, ""}}},
		"nothing":           {"", nil},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, readAll(t, c.text)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAnEndlessLineIsOneRejectedRow(t *testing.T) {
	got := readAll(t, "a,b\n"+strings.Repeat("x", 3<<20)+"\n1,2\n")
	if len(got) != 3 || got[1].Why != ReasonLine || got[2].Why != "" || got[2].Number != 3 {
		t.Fatalf("rows: %d, second %q, third %+v", len(got), got[1].Why, got[2])
	}
}

func TestAFileInUTF16IsNamedAsSuch(t *testing.T) {
	if _, err := newRows(strings.NewReader("\xff\xfea\x00,\x00")); !errors.Is(err, ErrUTF16) {
		t.Fatalf("err = %v", err)
	}
}

// generator writes rows without end, so that a test holds no file in memory.
type generator struct {
	line func(n int) string
	n    int
	rows int
	rest []byte
}

func (g *generator) Read(p []byte) (int, error) {
	if len(g.rest) == 0 {
		if g.n > g.rows {
			return 0, io.EOF
		}
		g.rest = []byte(g.line(g.n))
		g.n++
	}
	n := copy(p, g.rest)
	g.rest = g.rest[n:]
	return n, nil
}

func TestTwoHundredThousandRowsAreReadInFlatMemory(t *testing.T) {
	in, err := newRows(&generator{rows: 200_000, line: func(n int) string {
		switch {
		case n == 0:
			return "name,address\r\n"
		case n%1000 == 0:
			return "broken,\"quote\r\n"
		default:
			return "\"Somebody, Ltd\",\"Unit 5, Example Plaza\"\r\n"
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	var most uint64
	good, bad := 0, 0
	for {
		r, err := in.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if r.Why == "" {
			good++
		} else {
			bad++
		}
		if (good+bad)%20_000 == 0 {
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
		}
	}
	if good != 199_801 || bad != 200 {
		t.Fatalf("%d good and %d bad rows", good, bad)
	}
	if most > 32<<20 {
		t.Fatalf("the heap grew to %d MiB", most>>20)
	}
}

// Whatever the bytes are, reading ends, every line belongs to at most one row,
// and a row is either whole or has a reason.
func FuzzRows(f *testing.F) {
	for _, seed := range []string{"a,b\n1,\"2\n3,4", "a\n\"\"\"\n", "\ufeffa,b\r\n\"1\n2\",3", "\"\n\"\n\"", ",,,\n\x00", "a,b\n\"\"x,\"\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		in, err := newRows(bytes.NewReader(text))
		if err != nil {
			return
		}
		last, width := 0, 0
		for {
			r, err := in.next()
			if err != nil {
				break
			}
			if r.Number <= last {
				t.Fatalf("row %d after row %d", r.Number, last)
			}
			last = r.Number
			if r.Why != "" {
				continue
			}
			if width == 0 {
				width = len(r.Fields)
			}
			if len(r.Fields) != width {
				t.Fatalf("row %d has %d fields, want %d", r.Number, len(r.Fields), width)
			}
		}
		if lines := bytes.Count(text, []byte("\n")) + 1; last > lines {
			t.Fatalf("%d rows from %d lines", last, lines)
		}
	})
}

// What encoding/csv writes comes back as it was.
func FuzzWrittenRowsComeBack(f *testing.F) {
	f.Add("a", "b", "c \"d\"")
	f.Add("", ",", "\"")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		fields := []string{"x" + a, b, c}
		var text strings.Builder
		w := csv.NewWriter(&text)
		if w.Write([]string{"h1", "h2", "h3"}) != nil || w.Write(fields) != nil {
			return
		}
		w.Flush()
		if text.Len() > maxLine || strings.ContainsAny(a+b+c, "\r\n") || !valid(fields, printable) || !valid(fields, validText) {
			return
		}
		got := readAll(t, text.String())
		if len(got) != 2 || got[1].Why != "" {
			t.Fatalf("rows: %+v", got)
		}
		if diff := cmp.Diff(fields, got[1].Fields); diff != "" {
			t.Fatal(diff)
		}
	})
}

func validText(s string) bool { return strings.ToValidUTF8(s, "") == s }
