package audit

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Witness keeps checkpoints where whoever holds the database cannot reach them.
type Witness interface {
	// Name tells witnesses apart; it holds no secret.
	Name() string
	// Take hands in a checkpoint with the proof that it extends what the
	// witness holds. A HeldError says that it holds another size; errRefused
	// that it will not take this one.
	Take(ctx context.Context, s Submission) error
}

// Submission is the add-checkpoint request of C2SP tlog-witness.
type Submission struct {
	Old        int64 // what the witness is believed to hold; 0 is nothing
	Proof      tlog.TreeProof
	Checkpoint []byte
}

// HeldError is a witness's answer that it holds a checkpoint of that size.
type HeldError struct{ Size int64 }

func (e HeldError) Error() string { return fmt.Sprintf("the witness holds %d leaves", e.Size) }

// errRefused is a witness's answer to a checkpoint that does not extend what it
// holds: the log was altered, set back, or runs twice.
var errRefused = errors.New("the witness refuses the checkpoint")

// errRequest is a submission that cannot be read.
var errRequest = errors.New("is no submission to a witness")

// Limits of C2SP tlog-witness: 63 lines of proof; and what a checkpoint may
// take with the signatures of others.
const (
	mostProof      = 63
	mostSubmission = 64 << 10
)

func (s Submission) marshal() []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, "old %d\n", s.Old)
	for _, h := range s.Proof {
		fmt.Fprintln(&out, h)
	}
	out.WriteByte('\n')
	out.Write(s.Checkpoint)
	return out.Bytes()
}

func parseSubmission(body []byte) (s Submission, err error) {
	head, checkpoint, found := bytes.Cut(body, []byte("\n\n"))
	if !found || len(body) > mostSubmission {
		return s, errRequest
	}
	lines := strings.Split(string(head), "\n")
	if len(lines) > 1+mostProof {
		return s, errRequest
	}
	if s.Old, err = number(lines[0], "old "); err != nil {
		return Submission{}, err
	}
	for _, l := range lines[1:] {
		h, err := parseHash(l)
		if err != nil {
			return Submission{}, err
		}
		s.Proof = append(s.Proof, h)
	}
	s.Checkpoint = checkpoint
	return s, nil
}

// parseHash refuses the other spellings that base64 leaves room for.
func parseHash(text string) (h tlog.Hash, err error) {
	raw, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || len(raw) != tlog.HashSize {
		return h, errRequest
	}
	return tlog.Hash(raw), nil
}

// number reads a decimal without leading zeroes after the word.
func number(line, word string) (int64, error) {
	text, found := strings.CutPrefix(line, word)
	n, err := strconv.ParseInt(text, 10, 64)
	if !found || err != nil || n < 0 || strconv.FormatInt(n, 10) != text {
		return 0, errRequest
	}
	return n, nil
}

// judge is what a witness asks before it takes a checkpoint: signed by the log
// it knows, and an extension of the checkpoint it holds, which is zero at first.
func judge(held Checkpoint, s Submission, v note.Verifier) (Checkpoint, error) {
	c, err := OpenCheckpoint(s.Checkpoint, v)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("%w: %w", errRefused, err)
	}
	if s.Old != held.Size {
		return Checkpoint{}, HeldError{held.Size}
	}
	switch {
	case held.Size == 0 && len(s.Proof) == 0:
		return c, nil
	case held.Size == 0 || c.Size < held.Size:
		return Checkpoint{}, fmt.Errorf("%w: it is shorter, or its proof is of nothing", errRefused)
	case c.Size == held.Size && (c.Root != held.Root || len(s.Proof) > 0):
		return Checkpoint{}, fmt.Errorf("%w: another tree of the same size", errRefused)
	case c.At.Before(held.At):
		return Checkpoint{}, fmt.Errorf("%w: it is older", errRefused)
	case c.Size == held.Size:
		return c, nil
	}
	if err := tlog.CheckTree(s.Proof, c.Size, c.Root, held.Size, held.Root); err != nil {
		return Checkpoint{}, fmt.Errorf("%w: it does not extend the one before", errRefused)
	}
	return c, nil
}
