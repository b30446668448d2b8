package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/google/uuid"
	"golang.org/x/mod/sumdb/tlog"
)

// record is one row of audit_entries, as it was written.
type record struct {
	ID         uuid.UUID  `json:"id"`
	At         time.Time  `json:"at"`
	ActorKind  string     `json:"actor"`
	ActorID    *uuid.UUID `json:"person,omitempty"`
	UnitID     *uuid.UUID `json:"unit,omitempty"`
	Process    string     `json:"process,omitempty"`
	Action     string     `json:"action"`
	ObjectKind string     `json:"kind"`
	ObjectID   *uuid.UUID `json:"object,omitempty"`
	Salt       []byte     `json:"salt"`
}

// leaf returns the bytes that are hashed: one fact a line, every text quoted,
// so that no two rows give the same bytes. Whoever holds a proof can read it.
func (r record) leaf() []byte {
	return fmt.Appendf(nil, "fairpassage audit entry 1\nentry %s\nat %s\nby %q\nperson %s\nunit %s\nprocess %q\ndid %q\nto %q\nobject %s\nsalt %x\n",
		r.ID, r.At.UTC().Format("2006-01-02T15:04:05.000000Z"), r.ActorKind, orDash(r.ActorID), orDash(r.UnitID), r.Process,
		r.Action, r.ObjectKind, orDash(r.ObjectID), r.Salt)
}

func (r record) hash() tlog.Hash { return tlog.RecordHash(r.leaf()) }

func orDash(key *uuid.UUID) string {
	if key == nil {
		return "-"
	}
	return key.String()
}

// paddingHash is the leaf of padding at the position. From outside it looks
// like any other; from the seed anybody can tell that no entry is behind it.
func paddingHash(seed []byte, position int64) tlog.Hash {
	h := sha256.New()
	h.Write(seed)
	_ = binary.Write(h, binary.BigEndian, position) // a hash takes everything
	return tlog.RecordHash(fmt.Appendf(nil, "fairpassage audit padding 1\n%x\n", h.Sum(nil)))
}
