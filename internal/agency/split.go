package agency

import "strings"

// ending says how the reading of a text as one row came out.
type ending uint8

const (
	whole  ending = iota // a row
	open                 // a quoted field has no end yet
	broken               // something stands between a closing mark and the comma
)

// split cuts a row at its commas as RFC 4180 says. A quotation mark inside a
// field that does not begin with one is a character like any other.
func split(text string) ([]string, ending) {
	var fields []string
	for {
		if !strings.HasPrefix(text, `"`) {
			field, rest, more := strings.Cut(text, ",")
			fields = append(fields, field)
			if !more {
				return fields, whole
			}
			text = rest
			continue
		}
		field, rest, end := quoted(text[1:])
		if end != whole {
			return nil, end
		}
		fields = append(fields, field)
		if rest == "" {
			return fields, whole
		}
		text = rest[1:]
	}
}

// quoted reads up to the closing mark; rest is empty or begins with a comma.
func quoted(text string) (field, rest string, end ending) {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, `"`)
		b.WriteString(before)
		switch {
		case !found:
			return "", "", open
		case strings.HasPrefix(after, `"`):
			b.WriteByte('"')
			text = after[1:]
		case after == "", after[0] == ',':
			return b.String(), after, whole
		default:
			return "", "", broken
		}
	}
}
