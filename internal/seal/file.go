package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/google/uuid"
)

const (
	// ChunkSize is how much of a file is sealed at a time, in bytes.
	ChunkSize = 64 << 10
	chunkTag  = 16
	// lengthSize is what stands before the content, inside the first chunk.
	lengthSize = 8
	// maxFile bounds what a sealed file may be, in bytes: 2 GiB.
	maxFile = 1 << 31
	// fileSchema is the version of the layout below.
	fileSchema = 1
)

// Part names a file of a document: "original", "view".
type Part struct {
	Document uuid.UUID
	Name     string
}

func (p Part) place() []byte {
	return bind("fairpassage/file/1", p.Document[:], []byte(p.Name), number(fileSchema))
}

// FileKey is the data key of one part. It has no way out of this package but
// wrapped by the ring or in an envelope to a desk.
type FileKey struct {
	part Part
	key  [KeySize]byte
	used bool
}

// NewFileKey draws the data key of the part.
func NewFileKey(p Part) (*FileKey, error) {
	k := &FileKey{part: p}
	if _, err := rand.Read(k.key[:]); err != nil {
		return nil, fmt.Errorf("draw data key: %w", err)
	}
	return k, nil
}

// Format keeps the key out of logs and errors, whatever the verb.
func (k *FileKey) Format(f fmt.State, _ rune) { _, _ = fmt.Fprint(f, "(file key)") }

// Seal returns the content sealed under the data key and the shred key. A key
// seals once: chunks are numbered from zero, and a number must not come twice.
func (k *FileKey) Seal(shred [KeySize]byte, content []byte) ([]byte, error) {
	if k.used {
		return nil, errors.New("seal: file is already sealed")
	}
	if len(content) > maxFile-lengthSize {
		return nil, errors.New("seal: file is too large")
	}
	k.used = true
	aead, err := k.cipher(shred)
	if err != nil {
		return nil, err
	}
	size := ChunkSize
	for size < lengthSize+len(content) {
		size *= 2
	}
	count := size / ChunkSize
	out := make([]byte, 0, count*(ChunkSize+chunkTag))
	chunk := make([]byte, ChunkSize)
	for i := range count {
		clear(chunk)
		room := chunk
		if i == 0 {
			binary.BigEndian.PutUint64(chunk, uint64(len(content)))
			room = chunk[lengthSize:]
		}
		content = content[copy(room, content):]
		out = aead.Seal(out, nonce(i), chunk, k.chunk(count))
	}
	return out, nil
}

// cipher follows from data key and shred key as that of an item does.
func (k *FileKey) cipher(shred [KeySize]byte) (cipher.AEAD, error) {
	derived, err := hkdf.Key(sha256.New, k.key[:], shred[:], string(k.part.place()), KeySize)
	if err != nil {
		return nil, fmt.Errorf("derive file key: %w", err)
	}
	block, err := aes.NewCipher(derived)
	if err != nil {
		return nil, fmt.Errorf("open cipher: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("open cipher: %w", err)
	}
	return aead, nil
}

// chunk is the context of a chunk: how many there are is in it, so that a file
// that was cut or lengthened does not open; which one it is, is in its nonce.
func (k *FileKey) chunk(count int) []byte {
	return bind("fairpassage/chunk/1", k.part.place(), number(count))
}

func nonce(i int) []byte {
	out := make([]byte, 12)
	binary.BigEndian.PutUint64(out[4:], uint64(i))
	return out
}

// File reads the content of a sealed file at any place.
type File struct {
	key   *FileKey
	aead  cipher.AEAD
	from  io.ReaderAt
	count int
	size  int64
	at    int // the chunk that open holds
	open  []byte
}

// Open checks the beginning of a sealed file of that many bytes. Anything that
// does not fit is ErrSealed. The File is not safe for concurrent use.
func (k *FileKey) Open(shred [KeySize]byte, from io.ReaderAt, sealed int64) (*File, error) {
	count := sealed / (ChunkSize + chunkTag)
	if count < 1 || count > maxFile/ChunkSize || count*(ChunkSize+chunkTag) != sealed {
		return nil, ErrSealed
	}
	aead, err := k.cipher(shred)
	if err != nil {
		return nil, err
	}
	f := &File{key: k, aead: aead, from: from, count: int(count), at: -1}
	if err := f.load(0); err != nil {
		return nil, err
	}
	length := binary.BigEndian.Uint64(f.open)
	if length > uint64(count)*ChunkSize-lengthSize {
		return nil, ErrSealed
	}
	f.size = int64(length)
	return f, nil
}

// Size is the length of the content in bytes.
func (f *File) Size() int64 { return f.size }

func (f *File) load(i int) error {
	if f.at == i {
		return nil
	}
	sealed := make([]byte, ChunkSize+chunkTag)
	if n, err := f.from.ReadAt(sealed, int64(i)*(ChunkSize+chunkTag)); n != len(sealed) {
		if err == nil || errors.Is(err, io.EOF) {
			return ErrSealed
		}
		return fmt.Errorf("read sealed file: %w", err)
	}
	open, err := f.aead.Open(sealed[:0], nonce(i), sealed, f.key.chunk(f.count))
	if err != nil {
		return ErrSealed
	}
	f.at, f.open = i, open
	return nil
}

// ReadAt is io.ReaderAt over the content.
func (f *File) ReadAt(p []byte, off int64) (n int, err error) {
	if off < 0 {
		return 0, errors.New("seal: negative offset")
	}
	for n < len(p) && off < f.size {
		at := off + lengthSize
		if err := f.load(int(at / ChunkSize)); err != nil {
			return n, err
		}
		from := at % ChunkSize
		left := min(ChunkSize-from, f.size-off)
		did := copy(p[n:], f.open[from:from+left])
		n, off = n+did, off+int64(did)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// WrapIn closes the data key in a box of the ring.
func (k *FileKey) WrapIn(b *Box) []byte { return b.Seal(k.key[:], k.part.place()) }

// UnwrapFile opens what WrapIn closed for that part, or gives ErrSealed.
func UnwrapFile(b *Box, p Part, wrapped []byte) (*FileKey, error) {
	key, err := b.Open(wrapped, p.place())
	return fileKey(p, key, err)
}

// EnvelopeFor returns the envelope that lets the recipient open the part.
func (k *FileKey) EnvelopeFor(to Recipient) ([]byte, error) {
	return sealTo(to, k.part.address(to.Name, to.KeyID), k.key[:])
}

func (p Part) address(recipient, keyID string) []byte {
	return bind("fairpassage/file-envelope/1", p.Document[:], []byte(p.Name), []byte(recipient), []byte(keyID))
}

// OpenFile opens the desk's envelope of the part, or gives ErrSealed.
func (d Desk) OpenFile(p Part, envelope []byte) (*FileKey, error) {
	if d.Locked() {
		return nil, ErrSealed
	}
	key, err := openFrom(d.key, p.address(d.unit, d.id), envelope)
	return fileKey(p, key, err)
}

// fileKey is a key that has sealed already: it opens, and goes into envelopes.
func fileKey(p Part, key []byte, err error) (*FileKey, error) {
	if err != nil || len(key) != KeySize {
		return nil, ErrSealed
	}
	return &FileKey{part: p, key: [KeySize]byte(key), used: true}, nil
}
