package upload

import (
	"bytes"
	"encoding/binary"
)

// Markers of JPEG (ITU T.81, table B.1).
const (
	jpegSOI  = 0xd8
	jpegEOI  = 0xd9
	jpegSOS  = 0xda
	jpegAPP1 = 0xe1
	jpegRST0 = 0xd0
	jpegRST7 = 0xd7
	jpegTEM  = 0x01
)

// jpegEnd walks through the segments and returns where the picture ends, and how
// it is to be turned (EXIF 2.32, tag 0x0112: 1 to 8). false means that it does
// not end.
func jpegEnd(data []byte) (end, orientation int, whole bool) {
	orientation = 1
	at := 2 // behind SOI
	for {
		// A marker is 0xff, any number of them, and a byte that is neither.
		if at >= len(data) || data[at] != 0xff {
			return at, orientation, false
		}
		for at < len(data) && data[at] == 0xff {
			at++
		}
		if at >= len(data) {
			return at, orientation, false
		}
		marker := data[at]
		at++
		switch {
		case marker == jpegEOI:
			return at, orientation, true
		case marker == jpegTEM || marker >= jpegRST0 && marker <= jpegRST7:
			continue
		case marker == 0 || marker == jpegSOI:
			return at, orientation, false
		}
		if len(data)-at < 2 {
			return at, orientation, false
		}
		length := int(binary.BigEndian.Uint16(data[at:]))
		if length < 2 || length > len(data)-at {
			return at, orientation, false
		}
		if marker == jpegAPP1 && orientation == 1 {
			orientation = exifOrientation(data[at+2 : at+length])
		}
		at += length
		if marker == jpegSOS {
			at = scanEnd(data, at)
		}
	}
}

// scanEnd returns where the coded data of a scan ends: at the next marker that is
// neither a stuffed 0xff nor a restart.
func scanEnd(data []byte, at int) int {
	for at < len(data) {
		next := bytes.IndexByte(data[at:], 0xff)
		if next < 0 || at+next+1 >= len(data) {
			return len(data)
		}
		at += next
		if m := data[at+1]; m != 0 && (m < jpegRST0 || m > jpegRST7) {
			return at
		}
		at += 2
	}
	return at
}

// exifOrientation reads tag 0x0112 of the first directory, 1 where there is none.
func exifOrientation(segment []byte) int {
	tiff, found := bytes.CutPrefix(segment, []byte("Exif\x00\x00"))
	if !found || len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.LittleEndian
	if tiff[0] == 'M' {
		order = binary.BigEndian
	}
	at := int64(order.Uint32(tiff[4:]))
	if at > int64(len(tiff))-2 {
		return 1
	}
	const entry, tag = 12, 0x0112
	count := int64(order.Uint16(tiff[at:]))
	for i := range count {
		from := at + 2 + i*entry
		if from > int64(len(tiff))-entry {
			return 1
		}
		if order.Uint16(tiff[from:]) != tag {
			continue
		}
		if v := int(order.Uint16(tiff[from+8:])); v >= 1 && v <= 8 {
			return v
		}
		return 1
	}
	return 1
}
