package e2e

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"
)

// needle is something that must be found nowhere.
type needle struct {
	name  string
	forms []string
}

// needleOf makes the forms in which a text could hide: as it is, in other
// letter cases, and in the encodings of addresses, JSON, logs, mails and dumps.
func needleOf(name, text string) needle {
	n := needle{name: name}
	add := func(forms ...string) { n.forms = append(n.forms, forms...) }
	for _, spelt := range []string{text, strings.ToLower(text), strings.ToUpper(text)} {
		escaped, _ := json.Marshal(spelt)
		add(spelt, url.QueryEscape(spelt), url.PathEscape(spelt), strings.Trim(string(escaped), `"`))
		add(strings.Trim(strconv.QuoteToASCII(spelt), `"`), bytewise(spelt))
		add(hex.EncodeToString([]byte(spelt)), strings.ToUpper(hex.EncodeToString([]byte(spelt))))
		add(inBase64(spelt)...)
	}
	return n
}

// phoneNeedle also hides in every notation of the number: it is looked for by
// its national digits, which nothing else of the record has.
func phoneNeedle(name, written, national string) needle {
	n := needleOf(name, written)
	n.forms = append(n.forms, needleOf(name, national).forms...)
	return n
}

// bytewise writes what is not ASCII as redis-cli's MONITOR does.
func bytewise(text string) string {
	var out strings.Builder
	for _, b := range []byte(text) {
		if b < 0x80 {
			out.WriteByte(b)
		} else {
			fmt.Fprintf(&out, `\x%02x`, b)
		}
	}
	return out.String()
}

// inBase64 gives what of the text shows in base64 wherever it begins.
func inBase64(text string) []string {
	var out []string
	for shift, first := range []int{0, 2, 3} {
		padded := append(make([]byte, shift), text...)
		last := len(padded) * 8 / 6
		out = append(out, base64.RawStdEncoding.EncodeToString(padded)[first:last], base64.RawURLEncoding.EncodeToString(padded)[first:last])
	}
	return out
}

// haystack is a place where nothing of a complaint may be. known is something
// that is rightly there: it shows that the place was really read.
type haystack struct{ name, text, known string }

// joins are what stands between the digits of one number in another notation.
var joins = strings.NewReplacer(" ", "", "-", "", ".", "", "(", "", ")", "", "/", "", "=\r\n", "", "\r\n", "", "\n", "")

// find returns the names of the needles that are in the haystack.
func (h haystack) find(needles []needle) []string {
	var found []string
	joined := joins.Replace(h.text)
	for _, n := range needles {
		for _, form := range n.forms {
			if strings.Contains(h.text, form) || strings.Contains(joined, form) {
				found = append(found, n.name)
				break
			}
		}
	}
	return found
}

// The search is worth nothing unless it finds what is there.
func TestTheSearchFindsWhatIsPlanted(t *testing.T) {
	const text, khmer, national = "Planted Word Qx7", "ពាក្យដាំ", "7700900555"
	around := func(s string) string { return "before " + s + " after" }
	for name, test := range map[string]struct {
		planted string
		needle  needle
	}{
		"as it is":       {text, needleOf("n", text)},
		"upper case":     {strings.ToUpper(text), needleOf("n", text)},
		"in an address":  {url.QueryEscape(text), needleOf("n", text)},
		"in hex":         {hex.EncodeToString([]byte("xx" + text + "yy")), needleOf("n", text)},
		"in base64":      {base64.StdEncoding.EncodeToString([]byte(text)), needleOf("n", text)},
		"base64, moved":  {base64.StdEncoding.EncodeToString([]byte("x" + text + "yy")), needleOf("n", text)},
		"base64 again":   {base64.URLEncoding.EncodeToString([]byte("xx" + text + "y")), needleOf("n", text)},
		"over two lines": {text[:9] + "=\r\n" + text[9:], needleOf("n", joins.Replace(text))},
		"khmer":          {khmer, needleOf("n", khmer)},
		"khmer in JSON":  {strings.Trim(strconv.QuoteToASCII(khmer), `"`), needleOf("n", khmer)},
		"khmer in Redis": {bytewise(khmer), needleOf("n", khmer)},
		"khmer in hex":   {hex.EncodeToString([]byte(khmer)), needleOf("n", khmer)},
		"E.164":          {"+447700900555", phoneNeedle("n", "07700 900 555", national)},
		"with hyphens":   {"(0)7700-900-555", phoneNeedle("n", "07700 900 555", national)},
		"with dots":      {"7700.900.555", phoneNeedle("n", "07700 900 555", national)},
		"digits in hex":  {hex.EncodeToString([]byte("+447700900555")), phoneNeedle("n", "07700 900 555", national)},
	} {
		if found := (haystack{text: around(test.planted)}).find([]needle{test.needle}); len(found) != 1 {
			t.Errorf("planted %s (%s), not found", name, test.planted)
		}
	}
	if found := (haystack{text: around("something else 7700900556")}).find([]needle{needleOf("n", text), phoneNeedle("n", "x1", national)}); found != nil {
		t.Errorf("found %v where nothing is", found)
	}
}
