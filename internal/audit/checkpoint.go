package audit

import (
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Key signs checkpoints. Its name, which is also the origin of the log, comes
// from the key itself: it stays when the portal moves, and another key is
// another log.
type Key struct {
	private  ed25519.PrivateKey
	verifier note.Verifier
	text     string
}

// NewKey makes the Ed25519 key of a seed of 32 bytes.
func NewKey(seed []byte) (*Key, error) {
	if len(seed) != ed25519.SeedSize {
		return nil, fmt.Errorf("audit key: %d bytes, want %d", len(seed), ed25519.SeedSize)
	}
	k := &Key{private: ed25519.NewKeyFromSeed(seed)}
	public := k.private.Public().(ed25519.PublicKey)
	sum := sha256.Sum256(public)
	var err error
	if k.text, err = note.NewEd25519VerifierKey(fmt.Sprintf("fairpassage/audit/%x", sum[:8]), public); err != nil {
		return nil, fmt.Errorf("audit key: %w", err)
	}
	if k.verifier, err = note.NewVerifier(k.text); err != nil {
		return nil, fmt.Errorf("audit key: %w", err)
	}
	return k, nil
}

// VerifierKey is the public half in the words of golang.org/x/mod/sumdb/note;
// it is no secret.
func (k *Key) VerifierKey() string { return k.text }

// Verifier checks signatures of the key.
func (k *Key) Verifier() note.Verifier { return k.verifier }

// Name, KeyHash and Sign make Key a note.Signer.

// Name of the log.
func (k *Key) Name() string { return k.verifier.Name() }

// KeyHash tells keys of one name apart.
func (k *Key) KeyHash() uint32 { return k.verifier.KeyHash() }

// Sign signs the text of a note.
func (k *Key) Sign(text []byte) ([]byte, error) { return ed25519.Sign(k.private, text), nil }

// Checkpoint says what the log was at a moment. In text it is a C2SP
// checkpoint with one line of extension, "time" and the seconds of Unix.
type Checkpoint struct {
	Size int64
	Root tlog.Hash
	At   time.Time // to the second
}

func (k *Key) sign(c Checkpoint) ([]byte, error) {
	text, err := note.Sign(&note.Note{Text: fmt.Sprintf("%s\n%d\n%s\ntime %d\n", k.Name(), c.Size, c.Root, c.At.Unix())}, k)
	if err != nil {
		return nil, fmt.Errorf("sign checkpoint: %w", err)
	}
	return text, nil
}

var errNotACheckpoint = errors.New("is no checkpoint of this log")

// OpenCheckpoint checks the signature and reads what was signed.
func OpenCheckpoint(text []byte, v note.Verifier) (Checkpoint, error) {
	n, err := note.Open(text, note.VerifierList(v))
	if err != nil {
		return Checkpoint{}, fmt.Errorf("%w: %w", errNotACheckpoint, err)
	}
	lines := strings.Split(n.Text, "\n")
	const origin, size, root, at, end = 0, 1, 2, 3, 4
	if len(lines) != end+1 || lines[origin] != v.Name() || lines[end] != "" {
		return Checkpoint{}, errNotACheckpoint
	}
	var c Checkpoint
	c.Size, err = strconv.ParseInt(lines[size], 10, 64)
	if err != nil || c.Size < 1 || strconv.FormatInt(c.Size, 10) != lines[size] {
		return Checkpoint{}, errNotACheckpoint
	}
	if c.Root, err = tlog.ParseHash(lines[root]); err != nil {
		return Checkpoint{}, errNotACheckpoint
	}
	seconds, found := strings.CutPrefix(lines[at], "time ")
	unix, err := strconv.ParseInt(seconds, 10, 64)
	if !found || err != nil || unix < 0 {
		return Checkpoint{}, errNotACheckpoint
	}
	c.At = time.Unix(unix, 0).UTC()
	return c, nil
}
