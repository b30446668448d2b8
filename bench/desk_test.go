package bench_test

import (
	"testing"

	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/google/uuid"
)

// BenchmarkDeskKeys measures what the keys of desks add to a complaint: sealing
// its items to four desks, and opening one through the member's key, the desk's
// key and the envelope; both beside the whole filing, with its two desks and
// its rows, of which they are given as a share.
func BenchmarkDeskKeys(b *testing.B) {
	r := newRecord(b, scale{agencies: 200, employers: 200, days: 100, complaints: 1000, placements: 1000})
	d := r.desk(b)
	by := r.Keyholder(b, r.clock, "police-national")
	to, err := r.sealing.Public(b.Context(), "police-national")
	check(b, err)
	four := []seal.Recipient{to, to, to, to}
	filed, err := d.File(b.Context(), identity.Public(), told(), complaint.NewReceipt(), "nonce-of-one-complaint")
	check(b, err)
	const each = 20
	turn := func(one func()) func() {
		return func() {
			for range each {
				one()
			}
		}
	}
	t := race(b, 15,
		plain("file", turn(func() { d.file(b) })),
		plain("seal-4", turn(func() { sealTo(b, four) })),
		plain("unlock", turn(func() {
			_, err := r.sealing.Unlock(b.Context(), by, to.KeyID)
			check(b, err)
		})),
		plain("open", turn(func() {
			_, err := d.OpenFor(b.Context(), by, filed.ID)
			check(b, err)
		})))
	for _, lane := range []string{"seal-4", "unlock", "open"} {
		t.ratio(b, lane, "file")
		b.ReportMetric(ms(t.at(lane, 50))*1000/each, "µs/"+lane)
	}
	b.ReportMetric(ms(t.at("file", 50))*1000/each, "µs/file")
}

// sealTo seals the five items of a complaint and addresses them to the desks.
func sealTo(b *testing.B, to []seal.Recipient) {
	sealer := seal.New(uuid.New())
	items := []seal.Item{seal.Answers, seal.Narrative, seal.Identity("reporter"), seal.Identity("worker"), seal.Contact("reporter")}
	for _, item := range items {
		_, err := sealer.Put(item, [seal.KeySize]byte{}, make([]byte, 1000))
		check(b, err)
	}
	for _, desk := range to {
		_, err := sealer.EnvelopeFor(desk, items...)
		check(b, err)
	}
}
