package matching

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"
)

const (
	maxPhoneCell   = 256 // runes; a longer cell is prose, not phones
	maxPhoneGroups = 12  // blank-separated groups tried as several numbers
	minIntlDigits  = 11  // shortest number believed to carry a country code without "+"
	maxE164Digits  = 15  // ITU-T E.164
)

var (
	bracketed = regexp.MustCompile(`\(([^()]*)\)|\[([^\[\]]*)\]|\{([^{}]*)\}`)
	// between separates numbers in one cell whatever the digits around it.
	between = regexp.MustCompile(`[,;|&\n\r\t、،؛]+`)
	// extension is what follows a number inside a switchboard.
	extension = regexp.MustCompile(`(?i)(?:;?\bext?n?\b\.?=?|\bextension\b|\d\s*x|#|内线|內線|分機|分机|轉|转|ต่อ)[\s.:=]*\d{1,6}\s*$`)
)

// Phones reads every telephone number in one cell or answer and returns each
// once, in E.164 with its plus, in the order found. A number without a country
// code is read in each of the regions (ISO 3166-1 alpha-2) in the order given,
// and the first region where it is a valid number wins: eight bare digits can
// be right in two countries, so a register names its own region first.
//
// Digits of any script, full-width forms, 00 for plus, notes in brackets,
// letters, extensions and several numbers in a cell are understood. What has
// digits and cannot be read comes back in rejected, as typed apart from
// character width; a cell of nothing but words comes back rejected whole, and
// an empty cell gives nothing. Both results are personal data.
func Phones(raw string, regions ...string) (e164, rejected []string) {
	cell := strings.TrimSpace(plain(raw))
	if cell == "" {
		return nil, nil
	}
	if utf8.RuneCountInString(cell) > maxPhoneCell {
		return nil, []string{cell}
	}
	r := phoneReader{regions: regions}
	cell = r.takeNotes(cell)
	for _, part := range between.Split(cell, -1) {
		r.read(dropExtension(part))
	}
	for _, note := range r.notes { // a number inside a note counts; its other digits are only a note
		kept := r.rejected
		for _, part := range between.Split(note, -1) {
			r.read(dropExtension(part))
		}
		r.rejected = kept
	}
	if len(r.found) == 0 && len(r.rejected) == 0 && strings.ContainsFunc(raw, unicode.IsLetter) {
		r.rejected = []string{strings.TrimSpace(plain(raw))}
	}
	return r.found, r.rejected
}

type phoneReader struct {
	regions  []string
	found    []string
	rejected []string
	notes    []string
}

// takeNotes removes brackets: a bracketed note with letters is set aside, the
// "(0)" after a country code goes, an area code in brackets stays.
func (r *phoneReader) takeNotes(cell string) string {
	return bracketed.ReplaceAllStringFunc(cell, func(b string) string {
		_, size := utf8.DecodeRuneInString(b)
		_, tail := utf8.DecodeLastRuneInString(b)
		inner := b[size : len(b)-tail]
		switch {
		case strings.ContainsFunc(inner, unicode.IsLetter):
			r.notes = append(r.notes, inner)
			return " "
		case onlyDigits(inner) == "0" && strings.ContainsAny(cell, "+"):
			return " "
		default:
			return " " + inner + " "
		}
	})
}

func dropExtension(part string) string {
	at := extension.FindStringIndex(part)
	if at == nil {
		return part
	}
	// The pattern may start on the digit before an "x": that digit stays.
	if c := part[at[0]]; c >= '0' && c <= '9' {
		return part[:at[0]+1]
	}
	return part[:at[0]]
}

// read takes one part. A slash, a letter or a plus may divide two numbers or
// stand inside one, so the pieces are tried first and then the part as a whole.
func (r *phoneReader) read(part string) {
	pieces := pieces(part)
	var good, bad []string
	for _, piece := range pieces {
		if numbers := r.numbers(piece); len(numbers) > 0 {
			good = append(good, numbers...)
		} else {
			bad = append(bad, piece)
		}
	}
	if len(good) == 0 && len(pieces) > 1 {
		if number, ok := r.number(strings.Join(pieces, "")); ok {
			good, bad = []string{number}, nil
		}
	}
	for _, number := range good {
		if !slices.Contains(r.found, number) {
			r.found = append(r.found, number)
		}
	}
	r.rejected = append(r.rejected, bad...)
}

// pieces cuts a part where anything but a digit or the punctuation written
// inside numbers stands, and before every plus.
func pieces(part string) []string {
	var out []string
	var b strings.Builder
	flush := func() {
		if p := strings.TrimSpace(b.String()); onlyDigits(p) != "" {
			out = append(out, strings.Trim(p, " .-"))
		}
		b.Reset()
	}
	for _, c := range part {
		switch {
		case c >= '0' && c <= '9':
			b.WriteRune(c)
		case c == '+':
			flush()
			b.WriteRune(c)
		case unicode.IsSpace(c):
			b.WriteRune(' ')
		case c == '.', unicode.Is(unicode.Pd, c), unicode.IsMark(c):
			b.WriteRune('-')
		default:
			flush()
		}
	}
	flush()
	return out
}

// numbers reads one piece as one number, or as several with only blanks between.
func (r *phoneReader) numbers(piece string) []string {
	if number, ok := r.number(piece); ok {
		return []string{number}
	}
	groups := strings.Fields(piece)
	if len(groups) < 2 || len(groups) > maxPhoneGroups {
		return nil
	}
	return r.partition(groups)
}

// partition covers all groups with valid numbers, the longest first, or gives nil.
func (r *phoneReader) partition(groups []string) []string {
	if len(groups) == 0 {
		return []string{}
	}
	for n := len(groups); n > 0; n-- {
		number, ok := r.number(strings.Join(groups[:n], ""))
		if !ok {
			continue
		}
		if rest := r.partition(groups[n:]); rest != nil {
			return append([]string{number}, rest...)
		}
	}
	return nil
}

// number reads digits with an optional plus. With a written plus, a number of
// possible length is enough: new ranges open faster than libraries learn them,
// and the country code already makes the key unambiguous.
func (r *phoneReader) number(s string) (string, bool) {
	digits := onlyDigits(s)
	if strings.HasPrefix(s, "+") {
		return parsePhone("+"+digits, "ZZ", false)
	}
	if rest, ok := strings.CutPrefix(digits, "00"); ok {
		if number, ok := parsePhone("+"+rest, "ZZ", true); ok {
			return number, true
		}
	}
	for _, region := range r.regions {
		if number, ok := parsePhone(digits, region, true); ok {
			return number, true
		}
	}
	if len(digits) >= minIntlDigits && !strings.HasPrefix(digits, "0") {
		return parsePhone("+"+digits, "ZZ", true)
	}
	return "", false
}

// parsePhone reads s until reading it again changes nothing: each reading takes
// one trunk zero off, and a number must not have two keys.
func parsePhone(s, region string, strict bool) (string, bool) {
	for range maxE164Digits {
		if n := len(onlyDigits(s)); n < 4 || n > maxE164Digits+2 { // +2: trunk zeros may still go
			return "", false
		}
		number, err := phonenumbers.Parse(s, region)
		if err != nil {
			return "", false
		}
		if strict && !phonenumbers.IsValidNumber(number) ||
			phonenumbers.IsPossibleNumberWithReason(number) != phonenumbers.IS_POSSIBLE {
			return "", false
		}
		e164 := phonenumbers.Format(number, phonenumbers.E164)
		if e164 == s {
			return e164, len(e164) <= 1+maxE164Digits
		}
		s, region = e164, "ZZ"
	}
	return "", false
}
