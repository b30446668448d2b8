package upload

import "bytes"

// zipTail is how far from the end of a file programs look for the end of a ZIP's
// directory: its 22 bytes and the longest comment.
const zipTail = 22 + 1<<16 - 1

var (
	zipEnd   = []byte("PK\x05\x06")
	zipEntry = []byte("PK\x03\x04")
)

// holdsZIP reports whether a program could take the file for a ZIP, and so for an
// Office file, too: there is an end of a directory where programs look for one,
// or an entry anywhere. Four bytes alone come by chance in one large file of four
// hundred, so that of an entry the fields behind them must fit as well.
func holdsZIP(data []byte) bool {
	if bytes.Contains(data[max(0, len(data)-zipTail):], zipEnd) {
		return true
	}
	for at := 0; ; {
		next := bytes.Index(data[at:], zipEntry)
		if next < 0 {
			return false
		}
		at += next + len(zipEntry)
		if entryFits(data[at:]) {
			return true
		}
	}
}

// entryFits looks at a local file header behind its mark (APPNOTE.TXT 4.3.7):
// the version that is needed, at most 6.3, and how it is compressed.
func entryFits(header []byte) bool {
	const (
		version = 0
		method  = 4
		size    = 26
		most    = 63
	)
	if len(header) < size {
		return false
	}
	return header[version] <= most && header[method] <= 99 && header[method+1] == 0
}
