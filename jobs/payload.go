package jobs

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"github.com/fairpassage/portal/internal/platform/outbox"
	"github.com/google/uuid"
)

// payload is all that Redis learns: which promise, and which ring of it.
type payload struct {
	Promise uuid.UUID `json:"promise"`
	Attempt int       `json:"attempt"`
}

var errPoison = errors.New("a payload is not ours")

func write(p outbox.Promise) []byte {
	// Nothing in it can fail to be written.
	text, _ := json.Marshal(payload{p.ID, p.Attempt})
	return text
}

// read accepts what write wrote and nothing else. Its error says nothing of
// what it read: whoever can write to Redis could put anything there.
func read(text []byte) (p payload, err error) {
	if len(text) > 100 {
		return payload{}, errPoison
	}
	in := json.NewDecoder(bytes.NewReader(text))
	in.DisallowUnknownFields()
	if err := in.Decode(&p); err != nil || p.Promise == uuid.Nil || p.Attempt < 1 {
		return payload{}, errPoison
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return payload{}, errPoison
	}
	return p, nil
}
