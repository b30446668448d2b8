package upload

import "encoding/binary"

// pngEnd walks through the chunks (ISO/IEC 15948, 5.3) and returns where the
// picture ends. false means that it does not end.
func pngEnd(data []byte) (end int, whole bool) {
	const head, tail = 8, 4 // length and type; the checksum, which the decoder looks at
	at := len(markPNG)
	for len(data)-at >= head+tail {
		length := int64(binary.BigEndian.Uint32(data[at:]))
		kind := string(data[at+4 : at+head])
		if length > int64(len(data)-at-head-tail) {
			return at, false
		}
		at += head + int(length) + tail
		if kind == "IEND" {
			return at, true
		}
	}
	return at, false
}
