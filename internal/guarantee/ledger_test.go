package guarantee_test

import (
	"context"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/guarantee"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/money"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

func guaranteeMoney(minor int64, currency string) money.Money {
	return money.Money{Minor: minor, Currency: currency}
}

func TestSharesComeToExactlyWhatIsHeldAndNobodyGetsMoreThanTheyClaim(t *testing.T) {
	draw := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		held := draw.Int64N(1 << draw.IntN(46))
		claims := make([]int64, 1+draw.IntN(30))
		var total int64
		for i := range claims {
			claims[i] = 1 + draw.Int64N(1<<draw.IntN(46))
			total += claims[i]
		}
		shares := guarantee.Shares(held, claims)
		var sum int64
		for i, s := range shares {
			sum += s
			// Within one minor unit of the exact share.
			exact := float64(claims[i]) * min(1, float64(held)/float64(total))
			if s < 0 || s > claims[i] || float64(s) < exact-1.01 || float64(s) > exact+1.01 {
				t.Fatalf("held %d, claims %v: share %d is %d", held, claims, i, s)
			}
		}
		if sum != min(held, total) {
			t.Fatalf("held %d, claims %v: given out %d", held, claims, sum)
		}
	}
	if got := guarantee.Shares(money.Max, []int64{money.Max, money.Max, money.Max}); got[0] != got[1]+1 || got[0]+got[1]+got[2] != money.Max {
		t.Errorf("the largest: %v", got)
	}
}

// Whatever is done in whatever order, the ledger balances and nothing is below zero.
func TestTheLedgerBalancesOverAnySequence(t *testing.T) {
	for seed := range uint64(4) {
		o, draw := open(t), rand.New(rand.NewPCG(seed, 5))
		var claims []uuid.UUID
		for step := range 40 {
			mark := strconv.Itoa(step)
			switch draw.IntN(6) {
			case 0, 1:
				until := ""
				if draw.IntN(2) == 0 {
					until = o.Today().AddDate(0, 0, 1+draw.IntN(60)).Format("2006-01-02")
				}
				o.post(t, o.promise("G-"+mark, guaranteeMoney(1+draw.Int64N(1000), "USD"), until))
			case 2:
				claims = append(claims, o.award(t, "A-"+mark, guaranteeMoney(1+draw.Int64N(700), "USD")))
			case 3:
				var some []uuid.UUID
				for _, c := range claims {
					if draw.IntN(3) == 0 {
						some = append(some, c)
					}
				}
				if err := o.call(t, some...); err != nil && fault.FieldsOf(err)["claims"] == "" {
					t.Fatal(err)
				}
			case 4:
				for _, l := range o.record(t).Letters {
					if !l.Paid && draw.IntN(2) == 0 {
						if err := o.RecordPaid(t.Context(), o.first(t), l.ID); err != nil {
							t.Fatal(err)
						}
					}
				}
			case 5:
				o.clock.Set(o.clock.Now().AddDate(0, 0, draw.IntN(20)))
				if _, err := o.ExpireDue(t.Context(), identity.System("clock"), o.Today()); err != nil {
					t.Fatal(err)
				}
			}
			o.balanced(t)
		}
		if r := o.record(t); len(r.Entries) > 0 && r.Entries[0].Balance.Minor != o.held(t) {
			t.Errorf("the running balance ends at %v, held %d", r.Entries[0].Balance, o.held(t))
		}
	}
}

func TestFiftyCallsAtOnceTakeOutWhatIsHeldAndNoMore(t *testing.T) {
	o := open(t)
	o.post(t, o.promise("BG-1", dollars(600), "2026-12-31"))
	o.post(t, o.promise("DEP-1", dollars(400), ""))
	waits := make([]uuid.UUID, 50)
	for i := range waits {
		var err error
		claim := o.award(t, "A-"+strconv.Itoa(i), dollars(30))
		if waits[i], err = o.Call(t.Context(), o.first(t), o.agency, []uuid.UUID{claim}, o.decisions); err != nil {
			t.Fatal(err)
		}
	}
	second := o.holder(t, "b@ministry.example")
	var wg sync.WaitGroup
	errs := make([]error, len(waits))
	for i, key := range waits {
		wg.Go(func() {
			errs[i] = o.decisions.Approve(context.WithoutCancel(t.Context()), second.Actor, second.Member, key)
		})
	}
	wg.Wait()
	done := 0
	for _, err := range errs {
		if err == nil {
			done++
		} else if fault.CodeOf(err) != "guarantee.error.nothing" {
			t.Error(err)
		}
	}
	// 33 whole ones, and one of the last ten dollars.
	if called := o.number(t, `SELECT sum(reserved) FROM guarantee_balances`); done != 34 || called != 100_000 || o.held(t) != 0 {
		t.Errorf("%d calls took %d, held %d", done, called, o.held(t))
	}
	o.balanced(t)
}

// The same where somebody speaks SQL and asks nobody.
func TestTheDatabaseOverdrawsForNobody(t *testing.T) {
	o := open(t)
	o.post(t, o.promise("DEP-1", dollars(10), ""))
	claim := o.award(t, "A-1", dollars(1_000))
	var guaranteeID uuid.UUID
	if err := o.super.QueryRow(`SELECT id FROM guarantees`).Scan(&guaranteeID); err != nil {
		t.Fatal(err)
	}
	write := func() error {
		tx, err := o.super.Begin()
		if err != nil {
			return err
		}
		defer func() { _ = tx.Rollback() }()
		key := id.New()
		if _, err := tx.Exec(`INSERT INTO guarantee_entries (id, agency_id, kind, day, made_at) VALUES ($1, $2, 'call', $3, now())`, key, o.agency, o.Today()); err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO guarantee_postings (entry_id, line, guarantee_id, account, minor, currency, claim_id) VALUES ($1, 1, $2, 'held', -300, 'USD', NULL), ($1, 2, $2, 'reserved', 300, 'USD', $3)`, key, guaranteeID, claim); err != nil {
			return err
		}
		return tx.Commit()
	}
	var wg sync.WaitGroup
	errs := make([]error, 50)
	for i := range errs {
		wg.Go(func() { errs[i] = write() })
	}
	wg.Wait()
	done := 0
	for _, err := range errs {
		if err == nil {
			done++
		} else if !postgres.Violates(err, "guarantee_balances_held") {
			t.Error(err)
		}
	}
	if done != 3 || o.held(t) != 100 {
		t.Errorf("%d draw-downs, held %d", done, o.held(t))
	}
	o.balanced(t)
}

func TestTheDatabaseKeepsTheLedgerWhole(t *testing.T) {
	o := open(t)
	o.post(t, o.promise("BG-1", dollars(10), "2026-12-31"))
	o.award(t, "A-1", dollars(5))
	entry := func(kind, lines string) string {
		return `WITH e AS (INSERT INTO guarantee_entries (id, agency_id, kind, day, made_at) VALUES (gen_random_uuid(), '` + o.agency.String() + `', '` + kind + `', '2026-05-01', now()) RETURNING id)
			INSERT INTO guarantee_postings (entry_id, line, guarantee_id, account, minor, currency) SELECT e.id, l.line, g.id, l.account, l.minor, l.currency FROM e, guarantees g, (VALUES ` + lines + `) AS l(line, account, minor, currency)`
	}
	for name, c := range map[string]struct{ query, rule string }{
		"half an entry":              {entry("release", `(1, 'held', -5, 'USD')`), "guarantee_postings_open_claim"},
		"no lines":                   {`INSERT INTO guarantee_entries (id, agency_id, kind, day, made_at) VALUES (gen_random_uuid(), '` + o.agency.String() + `', 'release', '2026-05-01', now())`, "guarantee_balanced"},
		"half an expiry":             {`UPDATE guarantee_claims SET closed_on = '2026-05-01', closed_why = 'mistake'; ` + entry("release", `(1, 'held', -5, 'USD')`), "guarantee_balanced"},
		"another currency":           {entry("release", `(1, 'held', -5, 'KHR'), (2, 'released', 5, 'KHR')`), "guarantee_postings_own"},
		"the wrong account":          {entry("release", `(1, 'held', -5, 'USD'), (2, 'expired', 5, 'USD')`), "guarantee_postings_open_claim"},
		"back to what is held":       {entry("expire", `(1, 'held', 5, 'USD')`), "guarantee_postings_legal"},
		"before its last day":        {entry("expire", `(1, 'held', -5, 'USD'), (2, 'expired', 5, 'USD')`), "guarantee_postings_in_force"},
		"posted again":               {entry("post", `(1, 'bank', -1000, 'USD'), (2, 'held', 1000, 'USD')`), "guarantee_postings_amount"},
		"a line later":               {`INSERT INTO guarantee_postings (entry_id, line, guarantee_id, account, minor, currency) SELECT entry_id, 9, guarantee_id, 'held', 1000, currency FROM guarantee_postings LIMIT 1`, "guarantee_postings_whole"},
		"a letter of another amount": {`INSERT INTO guarantee_letters (id, entry_id, guarantee_id, amount) SELECT gen_random_uuid(), entry_id, guarantee_id, 7 FROM guarantee_postings LIMIT 1`, "guarantee_letters_true"},
		"an award changed":           {`UPDATE guarantee_claims SET closed_on = '2026-05-01', closed_why = 'mistake'; UPDATE guarantee_claims SET appealed = true`, "guarantee_claims_ended"},
	} {
		tx, err := o.super.Begin()
		if err != nil {
			t.Fatal(err)
		}
		if _, err = tx.Exec(c.query); err == nil {
			err = tx.Commit()
		}
		_ = tx.Rollback()
		if !postgres.Violates(err, c.rule) {
			t.Errorf("%s: %v, want %s", name, err, c.rule)
		}
	}
	for _, query := range []string{
		`UPDATE guarantee_entries SET day = '2026-01-01'`, `DELETE FROM guarantee_postings`, `UPDATE guarantees SET amount = 1`, `TRUNCATE guarantee_letters`, `DELETE FROM guarantee_claims`,
	} {
		if _, err := o.super.Exec(query); err == nil {
			t.Errorf("%s is done", query)
		}
	}
}

// What a session under the role of staff may write by itself: nothing that takes two.
func TestWhoeverSpeaksSQLAsStaffPostsNothingAlone(t *testing.T) {
	o := open(t)
	o.post(t, o.promise("DEP-1", dollars(10), ""))
	by := o.first(t)
	for name, query := range map[string]string{
		"a release": `WITH e AS (INSERT INTO guarantee_entries (id, agency_id, kind, day, made_by, made_at) SELECT gen_random_uuid(), agency_id, 'release', '2026-05-01', made_by, now() FROM guarantees RETURNING id)
			INSERT INTO guarantee_postings (entry_id, line, guarantee_id, account, minor, currency) SELECT e.id, l.line, g.id, l.account, l.minor, 'USD' FROM e, guarantees g, (VALUES (1, 'held', -5), (2, 'released', 5)) AS l(line, account, minor)`,
		"the balance":  `UPDATE guarantee_balances SET held = 5000`,
		"an expiry":    `INSERT INTO guarantee_entries (id, agency_id, kind, day, made_by, made_at) SELECT gen_random_uuid(), agency_id, 'expire', '2026-05-01', made_by, now() FROM guarantees`,
		"without both": `INSERT INTO guarantees (id, agency_id, kind, bank, reference, amount, currency, valid_from, made_by, made_at) SELECT gen_random_uuid(), agency_id, kind, bank, 'x', amount, currency, valid_from, made_by, now() FROM guarantees`,
	} {
		err := o.db.InTx(t.Context(), by, func(tx postgres.Tx) error { return tx.Gorm().Exec(query).Error })
		if err == nil {
			t.Errorf("%s is written", name)
		}
	}
	if o.held(t) != 1000 {
		t.Errorf("held %d", o.held(t))
	}
	for _, agency := range []string{"head@other.example", "head@sample.example"} {
		actor := o.holder(t, agency).Actor
		o.read(t, actor, func(tx postgres.Tx) error {
			var letters, entries int
			if err := tx.Gorm().Raw(`SELECT count(*) FROM guarantee_letters`).Scan(&letters).Error; err != nil {
				return err
			}
			err := tx.Gorm().Raw(`SELECT count(*) FROM guarantee_entries`).Scan(&entries).Error
			if want := map[string]int{"head@other.example": 0, "head@sample.example": 1}[agency]; letters != 0 || entries != want {
				t.Errorf("%s sees %d letters, %d entries", agency, letters, entries)
			}
			return err
		})
	}
}
