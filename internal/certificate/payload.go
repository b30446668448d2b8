package certificate

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"slices"
	"time"

	"github.com/fairpassage/portal/internal/licensing"
)

// Kind is what a code is.
type Kind byte

// The kinds.
const (
	Licence Kind = 1 // a certificate
	Check   Kind = 2 // a proof that somebody checked
)

// Payload is what a code says.
type Payload struct {
	Kind   Kind
	KeyID  [4]byte   // the first bytes of the SHA-256 of the public key
	Day    time.Time // on which it was made, at midnight UTC
	Serial uint32    // of the certificate, or the number of the proof
	State  licensing.State
	Number string    // of the licence; "" where none is on record
	Name   [8]byte   // the first bytes of the SHA-256 of both names
	From   time.Time // of the period; zero where none is on record
	Until  time.Time
	Scope  []licensing.ScopeLine
}

// version is the first byte of every payload.
const version = 1

// epoch is the day from which days are counted, in two bytes: until 2079.
var epoch = time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)

// states are the states by the byte that stands for them. New ones are added at the
// end: what was printed stays readable.
var states = []licensing.State{
	licensing.Listed, licensing.NotYet, licensing.Licensed, licensing.Expired, licensing.Suspended, licensing.Revoked, licensing.Surrendered,
}

// Longest parts of a payload.
const (
	maxNumber = 30
	maxScope  = 60 // lines: more are left out, and the register has them
)

var errShape = errors.New("certificate: this is no payload")

// NameMark stands for an agency's names in a payload.
func NameMark(latin, local string) (mark [8]byte) {
	sum := sha256.Sum256([]byte(latin + "\x00" + local))
	copy(mark[:], sum[:])
	return mark
}

// marshal writes the payload without its signature.
func (p Payload) marshal() []byte {
	var b bytes.Buffer
	b.WriteByte(version)
	b.WriteByte(byte(p.Kind))
	b.Write(p.KeyID[:])
	b.Write(binary.BigEndian.AppendUint16(nil, days(p.Day)))
	b.Write(binary.BigEndian.AppendUint32(nil, p.Serial))
	b.WriteByte(byte(slices.Index(states, p.State)))
	number := p.Number[:min(len(p.Number), maxNumber)]
	b.WriteByte(byte(len(number)))
	b.WriteString(number)
	b.Write(p.Name[:])
	b.Write(binary.BigEndian.AppendUint16(nil, days(p.From)))
	b.Write(binary.BigEndian.AppendUint16(nil, days(p.Until)))
	scope := p.Scope[:min(len(p.Scope), maxScope)]
	b.WriteByte(byte(len(scope)))
	for _, l := range scope {
		b.WriteString(l.Destination)
		b.WriteByte(byte(len(l.Occupation)))
		b.WriteString(l.Occupation)
	}
	return b.Bytes()
}

// days counts from the epoch; the zero time, and what is before, is 0.
func days(at time.Time) uint16 {
	n := int(at.Sub(epoch).Hours() / 24)
	if at.IsZero() || n < 0 || n > 0xffff {
		return 0
	}
	return uint16(n)
}

func day(n uint16) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return epoch.AddDate(0, 0, int(n))
}

// parse reads what marshal writes, and nothing else.
func parse(data []byte) (Payload, error) {
	r := reader{data: data}
	p := Payload{}
	if r.byte() != version {
		return Payload{}, errShape
	}
	p.Kind = Kind(r.byte())
	copy(p.KeyID[:], r.take(4))
	p.Day, p.Serial = day(r.uint16()), r.uint32()
	state := int(r.byte())
	p.Number = string(r.take(int(r.byte())))
	copy(p.Name[:], r.take(8))
	p.From, p.Until = day(r.uint16()), day(r.uint16())
	for range int(r.byte()) {
		l := licensing.ScopeLine{Destination: string(r.take(2))}
		l.Occupation = string(r.take(int(r.byte())))
		p.Scope = append(p.Scope, l)
	}
	if r.short || len(r.data) > 0 || state >= len(states) || p.Kind != Licence && p.Kind != Check || len(p.Number) > maxNumber {
		return Payload{}, errShape
	}
	p.State = states[state]
	if !bytes.Equal(p.marshal(), data) {
		return Payload{}, errShape // another way of writing the same
	}
	return p, nil
}

// reader takes bytes from the front; short says that there were too few.
type reader struct {
	data  []byte
	short bool
}

func (r *reader) take(n int) []byte {
	if n > len(r.data) {
		r.short, r.data = true, nil
		return make([]byte, n)
	}
	taken := r.data[:n]
	r.data = r.data[n:]
	return taken
}

func (r *reader) byte() byte     { return r.take(1)[0] }
func (r *reader) uint16() uint16 { return binary.BigEndian.Uint16(r.take(2)) }
func (r *reader) uint32() uint32 { return binary.BigEndian.Uint32(r.take(4)) }
