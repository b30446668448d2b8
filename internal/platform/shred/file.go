package shred

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

const (
	// Size of a key, in bytes.
	Size = 32

	headerSize   = 4096 // so that a block of slots is a page of the disk
	blockSlots   = 128  // what is reserved at a time
	slotsPerFile = 64 * blockSlots
	fileSize     = headerSize + slotsPerFile*Size
)

// Two contents of a slot that are no key. A random key is neither: 2⁻²⁵⁶.
var (
	unused    [Size]byte
	destroyed = [Size]byte(bytes.Repeat([]byte{0xff}, Size))
)

// header begins each file. It says whose file it is and which, so that no file
// of another store and no renamed one is taken for it.
type header struct {
	store [16]byte
	index uint32 // from 0
}

var (
	magic     = []byte("fpshred1")
	errHeader = errors.New("is not a file of a store of shred keys")
)

// encode writes magic, store, index, slots and the SHA-256 of these, and zeros.
func (h header) encode() []byte {
	out := append(make([]byte, 0, headerSize), magic...)
	out = append(out, h.store[:]...)
	out = binary.BigEndian.AppendUint32(out, h.index)
	out = binary.BigEndian.AppendUint32(out, slotsPerFile)
	sum := sha256.Sum256(out)
	return append(out, sum[:]...)[:headerSize]
}

func decodeHeader(data []byte) (header, error) {
	if len(data) != headerSize {
		return header{}, errHeader
	}
	at := len(magic)
	h := header{store: [16]byte(data[at:]), index: binary.BigEndian.Uint32(data[at+16:])}
	if !bytes.Equal(data, h.encode()) {
		return header{}, errHeader
	}
	return h, nil
}

// place says where a slot lies: in which file, and how many bytes into it.
// Slots count from 1.
func place(slot int64) (file uint32, offset int64) {
	n := slot - 1
	return uint32(n / slotsPerFile), headerSize + n%slotsPerFile*Size
}

// firstOf is the first slot of a file.
func firstOf(file uint32) int64 { return int64(file)*slotsPerFile + 1 }

// checkFile reads a file's header and size.
func checkFile(f *os.File, want header) error {
	var head [headerSize]byte
	if _, err := io.ReadFull(io.NewSectionReader(f, 0, headerSize), head[:]); err != nil {
		return errHeader
	}
	h, err := decodeHeader(head[:])
	if err != nil {
		return err
	}
	if h != want {
		return errors.New("belongs to another store of shred keys, or elsewhere in this one")
	}
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("look at it: %w", err)
	}
	if info.Size() != fileSize {
		return fmt.Errorf("has %d bytes, want %d", info.Size(), fileSize)
	}
	return nil
}

// lastUsed returns how many slots of a file's body come before the last one
// that is not unused, that one included.
func lastUsed(body []byte) int {
	for n := len(body) / Size; n > 0; n-- {
		if [Size]byte(body[(n-1)*Size:]) != unused {
			return n
		}
	}
	return 0
}
