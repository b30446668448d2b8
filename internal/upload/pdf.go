package upload

import (
	"bytes"
	"regexp"
	"strconv"
)

// tail is how far from the end a PDF says that it ends (ISO 32000-1, H.3.3.18).
const tail = 1024

var (
	endOfPDF  = []byte("%%EOF")
	encrypted = regexp.MustCompile(`/Encrypt[\s\x00]*(\d+[\s\x00]+\d+[\s\x00]+R|<<)`)
	pageType  = regexp.MustCompile(`/Type[\s\x00]*/Page([^a-zA-Z]|$)`)
	pagesNode = regexp.MustCompile(`<<[^<>]*/Type[\s\x00]*/Pages[^<>]*>>`)
	countOf   = regexp.MustCompile(`/Count[\s\x00]+(\d{1,9})`)
)

// checkPDF looks at what can be seen of a PDF without reading it.
func checkPDF(data []byte) error {
	at := bytes.LastIndex(data[max(0, len(data)-tail):], endOfPDF)
	if at < 0 {
		if bytes.Contains(data, endOfPDF) {
			return refuse("trailing")
		}
		return refuse("truncated")
	}
	behind := data[max(0, len(data)-tail)+at+len(endOfPDF):]
	if len(bytes.Trim(behind, " \t\r\n\f\x00")) > 0 {
		return refuse("trailing")
	}
	// The trailer is never compressed, nor is the dictionary of the stream that may
	// stand for it.
	if encrypted.Match(data) {
		return refuse("encrypted")
	}
	return nil
}

// countPages counts what it can see, for a host without poppler. Objects may lie
// in compressed streams, where it sees none of them: then, or when what it sees
// does not agree, the count is 0, which is to be shown as "not checked". What it
// sees of too many pages is refused.
func countPages(data []byte) (int, error) {
	pages, most := len(pageType.FindAllIndex(data, MaxPages*10)), 0
	for _, node := range pagesNode.FindAll(data, -1) {
		for _, found := range countOf.FindAllSubmatch(node, -1) {
			if n, err := strconv.Atoi(string(found[1])); err == nil {
				most = max(most, n)
			}
		}
	}
	if err := fewPages(max(pages, most)); err != nil {
		return 0, err
	}
	if pages != most {
		return 0, nil
	}
	return pages, nil
}
