package bench_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/matching"
	"github.com/fairpassage/portal/internal/placement"
	"github.com/fairpassage/portal/internal/register"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/google/uuid"
)

// desk takes complaints over a record, with its keys.
type desk struct {
	*complaint.Service
	keys *seal.Ring
}

// named asks the register as the portal does.
type named struct{ *register.Service }

func (n named) ExactlyNamed(ctx context.Context, name string) (uuid.UUID, bool, error) {
	return n.Resolve(ctx, name)
}

func (r *record) home() country.Home { return country.Home{Code: "KH", Zone: r.clock.Now().Location()} }

func (r *record) desk(b *testing.B) *desk {
	b.Helper()
	return r.deskWith(b, testkit.Shred(b, r.clock))
}

// deskWith is a desk over that store of shred keys.
func (r *record) deskWith(b *testing.B, store complaint.ShredKeys) *desk {
	b.Helper()
	keys, err := seal.Ensure(b.TempDir())
	check(b, err)
	hasher, err := matching.NewHasher(keys.Secret(seal.SecretMatching))
	check(b, err)
	if r.sealing == nil {
		r.sealing = r.Desks(b, r.clock, "ministry-national", "police-national", "oversight-national")
	}
	service, err := complaint.NewService(complaint.Dependencies{
		DB: r.DB, Clock: r.clock, Keys: keys, Desks: r.sealing, Shred: store, Hasher: hasher, Sessions: identity.NewSessions(r.DB, testkit.People(r.clock)), People: testkit.People(r.clock),
		Agencies: named{register.New(r.DB, r.clock, r.home())}, Placements: placement.New(r.DB, r.clock, hasher, r.home()),
		Regions: []string{"KH"},
	})
	check(b, err)
	return &desk{service, keys}
}

// file files what was told and returns the receipt.
func (d *desk) file(b *testing.B) complaint.Receipt {
	receipt := complaint.NewReceipt()
	if _, err := d.File(b.Context(), identity.Public(), told(), receipt, "nonce-"+receipt.Code()); err != nil {
		b.Error(err)
	}
	return receipt
}

// told is an intake with something in every answer, for all desks. The people
// are invented, the numbers reserved.
func told() complaint.Intake {
	fee, debt, wage := 900, 1500, 0
	return complaint.Intake{
		Language: "km", Safe: complaint.NotSure, Phone: complaint.SharedPhone, About: complaint.AboutFamily,
		Indicators: map[complaint.Indicator][]complaint.Phase{
			complaint.Deception:         {complaint.Before},
			complaint.DocumentRetention: {complaint.Travel, complaint.Work},
			complaint.WageWithholding:   nil,
		},
		Country: "TH", Place: "behind the ice factory", HappenedOn: complaint.Day{Year: 2026, Month: 1},
		AgencyName: "Example Overseas Co., Ltd", Employer: "Example Seafood", BrokerName: "Example",
		BrokerPhone: "012 000 111", FeeUSD: &fee, DebtUSD: &debt, WageUSD: &wage,
		Narrative:    "They took his passport at the pier and he has not been paid since January.",
		ReporterName: "Example Reporter", WorkerName: "Example Worker", WorkerAgrees: true,
		Contact: complaint.Contact{Phone: "012 000 222", How: "call", When: "Sunday evening"},
		MayAct:  []complaint.MayAct{complaint.LabourDesk, complaint.Police},
	}
}

// BenchmarkComplaint files complaints whole (tokens, sealing to the reporter
// and two desks, rows, audit, promise) and does the same ciphers and the same
// inserts by hand. A turn is 16 complaints, by so many clients at once.
func BenchmarkComplaint(b *testing.B) {
	const each = 16
	r := newRecord(b, scale{agencies: 2000, employers: 2000, days: 500, complaints: 10_000, placements: 10_000})
	d := r.desk(b)
	bare := newBare(b, r)
	for _, clients := range []int{1, 4, 16} {
		b.Run(fmt.Sprintf("clients=%d", clients), func(b *testing.B) {
			spread := func(one func()) func() {
				return func() {
					var wait sync.WaitGroup
					for range clients {
						wait.Go(func() {
							for range each / clients {
								one()
							}
						})
					}
					wait.Wait()
				}
			}
			t := race(b, 20,
				plain("file", spread(func() { d.file(b) })),
				plain("bare", spread(func() { bare.file(b) })),
				plain("ciphers", spread(func() { bare.seal(b, uuid.Nil, "receipt") })))
			t.ratio(b, "file", "bare")
			t.ratio(b, "file", "ciphers")
			b.ReportMetric(each*1000/ms(t.at("file", 50)), "files/s")
		})
	}
}
