package audit

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// proofHead is the first line of C2SP tlog-proof.
const proofHead = "c2sp.org/tlog-proof@v1"

// Proof shows that one leaf is in the log: C2SP tlog-proof, with the leaf's own
// bytes as the extra data.
type Proof struct {
	Leaf       []byte
	Index      int64
	Hashes     tlog.RecordProof
	Checkpoint []byte
}

var errProof = errors.New("is no proof of an entry of the audit log")

// MarshalText gives the file.
func (p Proof) MarshalText() ([]byte, error) {
	var out bytes.Buffer
	fmt.Fprintf(&out, "%s\nextra %s\nindex %d\n", proofHead, base64.StdEncoding.EncodeToString(p.Leaf), p.Index)
	for _, h := range p.Hashes {
		fmt.Fprintln(&out, h)
	}
	out.WriteByte('\n')
	out.Write(p.Checkpoint)
	return out.Bytes(), nil
}

// UnmarshalText reads a file of at most 64 KiB.
func (p *Proof) UnmarshalText(text []byte) (err error) {
	// Files that went through other hands have other ends of lines.
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	head, checkpoint, found := bytes.Cut(text, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	const before = 3 // head, extra, index
	if !found || len(text) > mostSubmission || len(lines) < before || len(lines) > before+mostProof || lines[0] != proofHead {
		return errProof
	}
	extra, found := strings.CutPrefix(lines[1], "extra ")
	if !found {
		return errProof
	}
	read := Proof{Checkpoint: checkpoint}
	if read.Leaf, err = base64.StdEncoding.Strict().DecodeString(extra); err != nil {
		return errProof
	}
	if read.Index, err = number(lines[2], "index "); err != nil {
		return errProof
	}
	for _, l := range lines[before:] {
		h, err := parseHash(l)
		if err != nil {
			return errProof
		}
		read.Hashes = append(read.Hashes, h)
	}
	*p = read
	return nil
}

// Verify checks the proof with nothing but the log's public key, and returns
// the checkpoint that the leaf is in.
func (p Proof) Verify(key note.Verifier) (Checkpoint, error) {
	c, err := OpenCheckpoint(p.Checkpoint, key)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("the checkpoint %w", err)
	}
	if p.Index >= c.Size {
		return Checkpoint{}, errProof
	}
	if err := tlog.CheckRecord(p.Hashes, c.Size, c.Root, p.Index, tlog.RecordHash(p.Leaf)); err != nil {
		return Checkpoint{}, fmt.Errorf("the leaf is not in the checkpoint: %w", err)
	}
	return c, nil
}
