package agency

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ErrUTF16 says that a file must be saved as UTF-8 first.
var ErrUTF16 = errors.New("the file is UTF-16: save it as UTF-8 and try again")

const (
	maxLine   = 64 << 10 // bytes of a row, its line ends included
	maxJoined = 16       // lines that a quoted field may run over
)

// row is one row of a CSV file. Number counts as a spreadsheet does: the header
// is row 1, and a blank line counts. Why is "" when Fields can be used.
type row struct {
	Number int
	Fields []string
	Why    Reason
}

// rows reads a CSV file row by row in flat memory. Unlike encoding/csv it
// survives a broken quotation mark: that row is reported and the line after it
// is the next row.
type rows struct {
	in     *bufio.Reader
	ahead  []line // read, not yet taken
	number int    // of the last row given out
	width  int    // fields of the header; 0 before it is read
}

type line struct {
	text string
	long bool
}

// newRows drops a byte order mark and returns the rows of in.
func newRows(in io.Reader) (*rows, error) {
	r := &rows{in: bufio.NewReaderSize(in, maxLine)}
	mark, err := r.in.Peek(3)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(mark, []byte("\xff\xfe")), bytes.HasPrefix(mark, []byte("\xfe\xff")):
		return nil, ErrUTF16
	case bytes.HasPrefix(mark, []byte("\xef\xbb\xbf")):
		_, err = r.in.Discard(3)
		return r, err
	}
	return r, nil
}

// next gives the next row that is not blank, or io.EOF. The first row it gives
// decides how many fields the others have.
func (r *rows) next() (row, error) {
	for {
		l, err := r.take()
		if err != nil {
			return row{}, err
		}
		r.number++
		if strings.TrimFunc(l.text, unicode.IsSpace) == "" && !l.long {
			continue
		}
		got := r.read(l)
		if r.width == 0 && got.Why == "" {
			r.width = len(got.Fields)
		}
		return got, nil
	}
}

func (r *rows) read(l line) row {
	at := row{Number: r.number}
	if l.long {
		at.Why = ReasonLine
		return at
	}
	fields, end := split(l.text)
	if end == open {
		fields, end = r.join(l.text)
	}
	switch {
	case end != whole:
		at.Why = ReasonQuote
	case !valid(fields, utf8.ValidString):
		at.Why = ReasonEncoding
	case !valid(fields, printable):
		at.Why = ReasonControl
	case r.width > 0 && len(fields) != r.width:
		at.Why = wrongCount(len(fields), r.width)
	default:
		at.Fields = fields
	}
	return at
}

// join looks for the end of a quoted field in the lines after first. It takes
// them only when they make one whole row with it; otherwise, or as soon as one
// of them is a row by itself, the mark in first is the mistake and the lines
// stay rows of their own.
func (r *rows) join(first string) ([]string, ending) {
	joined := first
	for n := range maxJoined {
		l, ok := r.peek(n)
		if !ok || l.long || len(joined)+len(l.text) >= maxLine {
			return nil, broken
		}
		if alone, end := split(l.text); end == whole && r.width > 1 && len(alone) == r.width {
			return nil, broken
		}
		joined += "\n" + l.text
		fields, end := split(joined)
		if end == broken || end == whole && r.width > 0 && len(fields) != r.width {
			return nil, broken
		}
		if end == whole {
			r.ahead = r.ahead[n+1:]
			return fields, whole
		}
	}
	return nil, broken
}

func (r *rows) take() (line, error) {
	if len(r.ahead) > 0 {
		l := r.ahead[0]
		r.ahead = r.ahead[1:]
		return l, nil
	}
	return r.line()
}

// peek gives the nth line after the present one without taking it.
func (r *rows) peek(n int) (line, bool) {
	for len(r.ahead) <= n {
		l, err := r.line()
		if err != nil {
			return line{}, false // an error comes again when the line is taken
		}
		r.ahead = append(r.ahead, l)
	}
	return r.ahead[n], true
}

// line reads up to the next line end. Of a line that is too long nothing is
// kept.
func (r *rows) line() (line, error) {
	text, err := r.in.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = r.in.ReadSlice('\n')
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return line{}, err
		}
		return line{long: true}, nil
	}
	if err != nil && (!errors.Is(err, io.EOF) || len(text) == 0) {
		return line{}, err
	}
	text = bytes.TrimSuffix(text, []byte("\n"))
	return line{text: string(bytes.TrimSuffix(text, []byte("\r")))}, nil
}

func valid(fields []string, ok func(string) bool) bool {
	for _, f := range fields {
		if !ok(f) {
			return false
		}
	}
	return true
}

// printable allows what becomes a blank and refuses the other controls, which
// a database or a terminal would trip over.
func printable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && !unicode.IsSpace(r) })
}
