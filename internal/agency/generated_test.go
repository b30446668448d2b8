package agency_test

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/fairpassage/portal/internal/agency"
)

// generatedRow is row n of an invented register: every 100th is broken, and row
// 50 comes again as row 51.
func generatedRow(n int) string {
	switch {
	case n == 1:
		return header
	case n%100 == 0:
		return fmt.Sprintf("Broken %d,\"quote,,2019,,%d Invented Lane,,,,\n", n, n)
	case n == 51:
		n = 50
	}
	return fmt.Sprintf("Agency %d Limited,,,2019,North,%d Invented Lane,012 34%04d,,desk@a%d.example,domestic\n", n, n, n%10000, n)
}

// generated is a register of that many rows below its header.
func generated(rows int) string {
	var b strings.Builder
	for n := 1; n <= rows+1; n++ {
		b.WriteString(generatedRow(n))
	}
	return b.String()
}

// endless is a register that exists nowhere as a whole.
type endless struct {
	row  func(n int) string
	rows int
	n    int
	rest string
}

func (e *endless) Read(p []byte) (int, error) {
	for e.rest == "" {
		if e.n++; e.n > e.rows+1 {
			return 0, io.EOF
		}
		e.rest = e.row(e.n)
	}
	n := copy(p, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}

func (e *endless) Seek(int64, int) (int64, error) {
	e.n, e.rest = 0, ""
	return 0, nil
}

// Ten thousand agencies, each named in twenty rows: the width of the file
// without twenty times the index writing.
func TestTwoHundredThousandRowsComeInInFlatMemory(t *testing.T) {
	const rows, agencies = 200_000, 10_000
	d := newDesk(t)
	f, _ := agency.FormatOf("csv")
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var most uint64
	text := &endless{rows: rows, row: func(n int) string {
		if n == 1 {
			return header
		}
		k := n % agencies
		return fmt.Sprintf("Agency %d Limited,,,2019,North,%d Invented Lane,,,,domestic\n", k, k)
	}}
	run, err := d.Import(t.Context(), importer, agency.File{Text: text, Format: f, Source: "test"}, func(r agency.Run) {
		if r.Read%20_000 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&now)
			most = max(most, now.HeapAlloc)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if counts(run) != [5]int{rows, agencies, 0, 0, rows - agencies} {
		t.Errorf("counts: %v", counts(run))
	}
	if grown := int64(most) - int64(before.HeapAlloc); grown > 48<<20 {
		t.Errorf("the heap grew by %d MiB", grown>>20)
	}
}
