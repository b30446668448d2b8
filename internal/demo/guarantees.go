package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/fairpassage/portal/internal/agency"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/guarantee"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/money"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// surety is what stands behind one agency of the demonstration. Days are counted from
// the day of the start.
type surety struct {
	agency      string
	bank        string
	dollars     int64
	since, ends int // ends 0 is a deposit without a last day
	awards      []award
}

// award is against an agency.
type award struct {
	reference   string
	dollars     int64
	source      guarantee.Source
	enforceable int // the day, 0 where it is none yet
	appealed    bool
}

// The banks of the demonstration.
const (
	firstBank  = "First Invented Bank"
	secondBank = "Bank of the Lower River"
)

// sureties are what stands behind every agency with a licence. All are enough but the
// trawlers', against whom there are awards; one ends in three weeks.
func sureties(all []house) []surety {
	named := notable()
	for i, h := range all {
		told := slices.ContainsFunc(named, func(s surety) bool { return s.agency == h.key })
		if !told && (h.state == agency.Licensed || h.state == agency.Suspended) {
			named = append(named, surety{agency: h.key, bank: secondBank, dollars: 50_000, since: max(h.since, -360) + i, ends: 120 + (31*i)%600})
		}
	}
	return named
}

// notable are those of which something is to be told.
func notable() []surety {
	const first, second = firstBank, secondBank
	return []surety{
		{agency: honest, bank: first, dollars: 100_000, since: -700, ends: 395},
		{agency: honest, bank: second, dollars: 100_000, since: -330},
		{agency: trawlers, bank: second, dollars: 50_000, since: -555, ends: 175, awards: []award{
			{"Labour Court 31", 38_400, guarantee.Court, -12, false},
			{"Labour Court 32", 24_750, guarantee.Court, -12, false},
			{"Arbitration Council 118", 3_600, guarantee.Arbitration, -30, true},
		}},
		{agency: "tall-bamboo", bank: first, dollars: 50_000, since: -400, ends: 330},
		{agency: "two-elephants", bank: first, dollars: 50_000, since: -344, ends: 21},
		{agency: "clear-water", bank: second, dollars: 50_000, since: -610},
		{agency: "white-heron", bank: second, dollars: 60_000, since: -250, ends: 480, awards: []award{{"Inspection award 7", 850, guarantee.Inspector, 0, false}}},
		{agency: "banana-leaf", bank: first, dollars: 50_000, since: -120, ends: 245},
		{agency: "stone-gate", bank: first, dollars: 50_000, since: -90},
		{agency: "four-rivers", bank: second, dollars: 50_000, since: -480, ends: 250},
		{agency: "tamarind-hill", bank: second, dollars: 50_000, since: -35, ends: 695},
		{agency: "bright-lamp", bank: first, dollars: 50_000, since: -300, ends: 65},
		{agency: "silk-thread", bank: first, dollars: 50_000, since: -205},
		{agency: "winter-melon", bank: second, dollars: 50_000, since: -900},
	}
}

// guarantee lets what stands behind agencies be entered, each at its hour. It goes on
// with what an earlier start left.
func (d Deps) guarantee(ctx context.Context, w *world, ids map[string]uuid.UUID) error {
	at := clock.NewFake(w.today)
	service := d.GuaranteesAt(at)
	var who map[string]identity.Actor
	err := d.DB.Read(ctx, actor(), func(tx postgres.Tx) (err error) {
		who, err = staff(tx)
		return err
	})
	if err != nil {
		return err
	}
	on := func(day int) { at.Set(w.date(day).Add(3 * time.Hour)) }
	for i, s := range sureties(w.houses) {
		on(s.since)
		g := guarantee.Posting{
			Kind: guarantee.Deposit, Bank: s.bank, Reference: fmt.Sprintf("LG-%05d", 20_000+37*i), Amount: dollars(s.dollars), From: w.date(s.since),
		}
		if s.ends != 0 {
			g.Kind, g.Until = guarantee.Bank, w.date(s.ends)
		}
		if err := service.Enter(ctx, actor(), ids[s.agency], g); err != nil {
			return fmt.Errorf("guarantee of %s: %w", s.agency, err)
		}
		for _, a := range s.awards {
			on(-10)
			claim := guarantee.Award{Amount: dollars(a.dollars), Source: a.source, Reference: a.reference, Appealed: a.appealed}
			if a.enforceable != 0 {
				claim.EnforceableOn = w.date(a.enforceable)
			}
			_, err := service.RecordClaim(ctx, who["dara.keo@ministry.example"], ids[s.agency], claim)
			if err != nil && fault.FieldsOf(err)["award"] == "" { // it is there from an earlier start
				return fmt.Errorf("award against %s: %w", s.agency, err)
			}
		}
	}
	return nil
}

func dollars(n int64) money.Money { return money.Money{Minor: n * 100, Currency: "USD"} }
