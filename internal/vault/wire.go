package vault

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/fairpassage/portal/internal/matching"
)

// A frame is its length in four bytes and so many bytes more; all numbers are
// big-endian. Each question is answered before the next is read.
//
//	question  version, count (2), then each: kind, length, country, length (4), value
//	answer    version, 0, count (2), then each: 32 bytes of a token, or 8 of a signature
//	refusal   version, 1, kind, milliseconds after which to ask again (8)
//
// A question of no inputs is answered with no marks: by it a client learns that
// the vault lives.
const (
	version = 1
	// maxFrame bounds what is read before anything is understood.
	maxFrame = 256 << 10
	// maxInputs is how many one question may hold. No limit's burst is smaller.
	maxInputs = 256
	// maxBytes is how many bytes of inputs a client puts into one question: with
	// the longest one more there is still room in the frame.
	maxBytes = 128 << 10

	statusMarks   = 0
	statusRefused = 1
)

// errWire says that the other end does not speak the protocol. It tells nothing
// of what was sent.
var errWire = errors.New("the socket speaks another protocol")

func readFrame(from io.Reader) ([]byte, error) {
	var size [4]byte
	if _, err := io.ReadFull(from, size[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(size[:])
	if n > maxFrame {
		return nil, errWire
	}
	body := make([]byte, n)
	_, err := io.ReadFull(from, body)
	return body, err
}

func writeFrame(to io.Writer, body []byte) error {
	frame := append(binary.BigEndian.AppendUint32(nil, uint32(len(body))), body...)
	_, err := to.Write(frame)
	return err
}

func writeQuestion(inputs []matching.Input) []byte {
	out := []byte{version}
	out = binary.BigEndian.AppendUint16(out, uint16(len(inputs)))
	for _, in := range inputs {
		out = append(out, byte(in.Kind), byte(len(in.Country)))
		out = append(out, in.Country...)
		out = binary.BigEndian.AppendUint32(out, uint32(len(in.Value)))
		out = append(out, in.Value...)
	}
	return out
}

// parseQuestion accepts exactly what writeQuestion writes: an input that is
// empty or that matching refuses is not part of the protocol.
func parseQuestion(body []byte) ([]matching.Input, error) {
	r := bytes.NewBuffer(body)
	head := r.Next(3)
	if len(head) != 3 || head[0] != version {
		return nil, errWire
	}
	count := int(binary.BigEndian.Uint16(head[1:]))
	if count > maxInputs {
		return nil, errWire
	}
	inputs := make([]matching.Input, 0, count)
	for range count {
		in, err := nextInput(r)
		if err != nil {
			return nil, err
		}
		inputs = append(inputs, in)
	}
	if r.Len() > 0 {
		return nil, errWire
	}
	return inputs, nil
}

func nextInput(r *bytes.Buffer) (in matching.Input, err error) {
	head := r.Next(2)
	if len(head) != 2 || int(head[1]) > r.Len() {
		return in, errWire
	}
	in.Kind = matching.Kind(head[0])
	in.Country = string(r.Next(int(head[1])))
	size := r.Next(4)
	if len(size) != 4 {
		return in, errWire
	}
	n := binary.BigEndian.Uint32(size)
	if n == 0 || uint64(n) > uint64(r.Len()) {
		return in, errWire
	}
	in.Value = string(r.Next(int(n)))
	if in.Check() != nil {
		return in, errWire
	}
	return in, nil
}

func appendMarks(out []byte, inputs []matching.Input, marks []matching.Mark) []byte {
	out = append(out, version, statusMarks)
	out = binary.BigEndian.AppendUint16(out, uint16(len(marks)))
	for i, m := range marks {
		if inputs[i].Kind == matching.KindText {
			out = binary.BigEndian.AppendUint64(out, m.Signature)
			continue
		}
		out = append(out, m.Token.Bytes()...)
	}
	return out
}

// RefusedError says that the limit of a kind is used up.
type RefusedError struct {
	Kind  matching.Kind
	After time.Duration // until the same question may be answered
}

// Error tells no value.
func (e RefusedError) Error() string {
	return fmt.Sprintf("the vault's limit of %s is used up for the next %s", e.Kind, e.After.Round(time.Millisecond))
}

func appendRefusal(out []byte, e RefusedError) []byte {
	out = append(out, version, statusRefused, byte(e.Kind))
	return binary.BigEndian.AppendUint64(out, uint64(max(e.After.Milliseconds(), 1)))
}

// parseAnswer reads the marks of the inputs that were asked, or returns a
// RefusedError.
func parseAnswer(body []byte, inputs []matching.Input) ([]matching.Mark, error) {
	r := bytes.NewBuffer(body)
	head := r.Next(2)
	if len(head) != 2 || head[0] != version {
		return nil, errWire
	}
	switch head[1] {
	case statusRefused:
		return nil, parseRefusal(r)
	case statusMarks:
	default:
		return nil, errWire
	}
	count := r.Next(2)
	if len(count) != 2 || int(binary.BigEndian.Uint16(count)) != len(inputs) {
		return nil, errWire
	}
	marks := make([]matching.Mark, len(inputs))
	for i, in := range inputs {
		size := matching.TokenSize
		if in.Kind == matching.KindText {
			size = 8
		}
		said := r.Next(size)
		if len(said) != size {
			return nil, errWire
		}
		if in.Kind == matching.KindText {
			marks[i].Signature = binary.BigEndian.Uint64(said)
			continue
		}
		marks[i].Token = matching.TokenFrom(said)
	}
	if r.Len() > 0 {
		return nil, errWire
	}
	return marks, nil
}

func parseRefusal(r *bytes.Buffer) error {
	const most = 366 * 24 * time.Hour
	said := r.Next(9)
	if len(said) != 9 || r.Len() > 0 || matching.Kind(said[0]).String() == "" {
		return errWire
	}
	ms := binary.BigEndian.Uint64(said[1:])
	if ms > uint64(most.Milliseconds()) {
		return errWire
	}
	return RefusedError{Kind: matching.Kind(said[0]), After: time.Duration(ms) * time.Millisecond}
}
