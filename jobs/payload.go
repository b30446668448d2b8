package jobs

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"github.com/google/uuid"
)

// payload is all that Redis learns.
type payload struct {
	Promise uuid.UUID `json:"promise"`
}

var errPoison = errors.New("a payload is not ours")

func write(promiseID uuid.UUID) []byte {
	// Nothing in it can fail to be written.
	text, _ := json.Marshal(payload{promiseID})
	return text
}

// read accepts what write wrote and nothing else. Its error says nothing of
// what it read: whoever can write to Redis could put anything there.
func read(text []byte) (uuid.UUID, error) {
	if len(text) > 100 {
		return uuid.Nil, errPoison
	}
	var p payload
	in := json.NewDecoder(bytes.NewReader(text))
	in.DisallowUnknownFields()
	if err := in.Decode(&p); err != nil || p.Promise == uuid.Nil {
		return uuid.Nil, errPoison
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return uuid.Nil, errPoison
	}
	return p.Promise, nil
}
