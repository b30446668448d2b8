package document

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/fairpassage/portal/internal/upload"
	"github.com/google/uuid"
)

// The parts.
const (
	original = "original"
	view     = "view"
)

// part is one of a document, sealed and kept.
type part struct {
	partRow

	desk   seal.Recipient
	sealed []byte // the envelope to desk; nil: the ring wraps the key
	key    *seal.FileKey
}

const partPin = "document part"

func pinned(doc uuid.UUID, p partRow) [][]byte {
	return [][]byte{doc[:], []byte(p.Name), binary.BigEndian.AppendUint64(nil, uint64(p.Slot)), []byte(p.Blob)}
}

// close seals both parts and keeps them. On an error it returns what it kept.
func (s *Service) close(doc uuid.UUID, in Incoming, taken upload.Result) (kept []part, err error) {
	packed, err := pack(in.Claim.Name, taken.Images)
	if err != nil {
		return nil, err
	}
	shreds, err := s.Shred.Take(2)
	if err != nil {
		return nil, err
	}
	for i, c := range []struct {
		name    string
		content []byte
	}{{original, in.Bytes}, {view, packed}} {
		key, err := seal.NewFileKey(seal.Part{Document: doc, Name: c.name})
		if err != nil {
			return kept, err
		}
		sealed, err := key.Seal(shreds[i].Secret, c.content)
		if err != nil {
			return kept, err
		}
		p := part{partRow: partRow{Name: c.name, Slot: shreds[i].Slot, Wrapped: key.WrapIn(s.box)}, key: key}
		if p.Blob, err = s.Blobs.Put(sealed); err != nil {
			return kept, err
		}
		p.Pin = s.pins.Pin(partPin, pinned(doc, p.partRow)...)
		kept = append(kept, p)
	}
	return kept, nil
}

// address puts the original's key into an envelope to the police unit's desk
// instead of the ring, where that desk has a key.
func (s *Service) address(ctx context.Context, closed []part) error {
	code, err := s.police(ctx)
	if err != nil || code == "" {
		return err
	}
	desk, err := s.Desks.Public(ctx, code)
	if fault.KindOf(err) == fault.Unavailable {
		return nil
	}
	if err != nil {
		return fmt.Errorf("find the police desk's key: %w", err)
	}
	p := &closed[0]
	if p.sealed, err = p.key.EnvelopeFor(desk); err != nil {
		return err
	}
	p.desk, p.Wrapped = desk, nil
	return nil
}

// The viewing copy as it is kept: how many pages; of each a byte for its type and
// its length; the length of the name; the pages; the name.
const (
	packVersion = 1
	packHead    = 4
	packLine    = 5
	longName    = 255 // bytes of a file's name that are kept
)

var packTypes = []upload.Type{upload.JPEG, upload.PNG}

func pack(name string, pages []upload.Image) ([]byte, error) {
	if len(pages) > upload.MaxPages {
		return nil, errors.New("document: too many pages")
	}
	name = shorten(name)
	out := []byte{packVersion, byte(len(pages)), 0, byte(len(name))}
	for _, p := range pages {
		kind := byte(0)
		if p.Type == upload.PNG {
			kind = 1
		}
		out = binary.BigEndian.AppendUint32(append(out, kind), uint32(len(p.Bytes)))
	}
	for _, p := range pages {
		out = append(out, p.Bytes...)
	}
	return append(out, name...), nil
}

// packed reads a viewing copy piece by piece.
type packed struct {
	from   *seal.File
	types  []upload.Type
	starts []int64 // of each page, and of the name
	name   int
}

func unpack(from *seal.File) (packed, error) {
	head := make([]byte, packHead)
	if _, err := from.ReadAt(head, 0); err != nil || head[0] != packVersion || head[1] > upload.MaxPages {
		return packed{}, seal.ErrSealed
	}
	lines := make([]byte, int(head[1])*packLine)
	if n, err := from.ReadAt(lines, packHead); n != len(lines) {
		return packed{}, errors.Join(seal.ErrSealed, err)
	}
	p := packed{from: from, name: int(head[3])}
	at := int64(packHead + len(lines))
	for ; len(lines) > 0; lines = lines[packLine:] {
		if int(lines[0]) >= len(packTypes) {
			return packed{}, seal.ErrSealed
		}
		p.types, p.starts = append(p.types, packTypes[lines[0]]), append(p.starts, at)
		at += int64(binary.BigEndian.Uint32(lines[1:]))
	}
	p.starts = append(p.starts, at)
	if at+int64(p.name) != from.Size() {
		return packed{}, seal.ErrSealed
	}
	return p, nil
}

func (p packed) page(n int) (upload.Image, error) {
	if n < 1 || n > len(p.types) {
		return upload.Image{}, errNotFound()
	}
	data, err := p.piece(p.starts[n-1], p.starts[n])
	return upload.Image{Type: p.types[n-1], Bytes: data}, err
}

func (p packed) fileName() (string, error) {
	at := p.starts[len(p.types)]
	data, err := p.piece(at, at+int64(p.name))
	return string(data), err
}

func (p packed) piece(from, to int64) ([]byte, error) {
	data := make([]byte, to-from)
	if n, err := p.from.ReadAt(data, from); n != len(data) {
		return nil, errors.Join(seal.ErrSealed, err)
	}
	return data, nil
}

// open opens a part that the ring wraps, with its shred key.
func (s *Service) open(doc uuid.UUID, p partRow) (file *seal.File, shut io.Closer, err error) {
	shredKey, err := s.Shred.Secret(p.Slot)
	if err != nil {
		return nil, nil, err
	}
	key, err := seal.UnwrapFile(s.box, seal.Part{Document: doc, Name: p.Name}, p.Wrapped)
	if err != nil {
		return nil, nil, err
	}
	b, err := s.Blobs.Get(p.Blob)
	if err != nil {
		return nil, nil, err
	}
	file, err = key.Open(shredKey, b, b.Size)
	if err != nil {
		return nil, nil, errors.Join(err, b.Close())
	}
	return file, b, nil
}
