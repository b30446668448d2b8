package seal

import (
	"encoding/binary"
	"errors"
)

// padBlock hides the length of texts: all shorter than it look alike.
const padBlock = 4096

var errPadding = errors.New("seal: padding")

// pad puts the length before the text and fills up to a multiple of padBlock.
func pad(text []byte) []byte {
	size := 4 + len(text)
	blocks := (size + padBlock - 1) / padBlock
	out := make([]byte, blocks*padBlock)
	binary.BigEndian.PutUint32(out, uint32(len(text)))
	copy(out[4:], text)
	return out
}

func unpad(padded []byte) ([]byte, error) {
	if len(padded) < 4 {
		return nil, errPadding
	}
	size := binary.BigEndian.Uint32(padded)
	if uint64(size) > uint64(len(padded)-4) {
		return nil, errPadding
	}
	return padded[4 : 4+size], nil
}
