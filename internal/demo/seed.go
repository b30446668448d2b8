package demo

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/fairpassage/portal/internal/agency"
	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/desk"
	"github.com/fairpassage/portal/internal/guarantee"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/inspection"
	"github.com/fairpassage/portal/internal/matching"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/retention"
	"github.com/google/uuid"
)

// Filer takes complaints as the public does.
type Filer interface {
	File(ctx context.Context, by identity.Actor, in complaint.Intake, receipt complaint.Receipt, nonce string) (complaint.Filed, error)
}

// Deps of Seed.
type Deps struct {
	DB    *postgres.DB
	Clock clock.Clock
	Home  country.Home
	// Seed chooses the world; the same seed on the same day makes the same one.
	Seed     uint64
	Hasher   matching.Keyed
	People   *identity.People
	Desks    *desk.Service
	Agencies *agency.Service
	// Law writes down the law of a country that comes with the portal.
	Law func(ctx context.Context, by identity.Actor, country string) (int, error)
	// Keep sets a rule of retention.
	Keep func(tx postgres.Tx, by identity.Actor, p retention.Policy) error
	// FilerAt returns the complaint service under another clock: complaints of
	// the demonstration were filed over two years.
	FilerAt func(clock.Clock) (Filer, error)
	// InspectionsAt is the same of inspections.
	InspectionsAt func(clock.Clock) *inspection.Service
	// GuaranteesAt is the same of guarantees.
	GuaranteesAt func(clock.Clock) *guarantee.Service
}

// ErrInhabited says that the record has people who are not invented.
var ErrInhabited = errors.New("demo: the record is not empty")

func actor() identity.Actor { return identity.Setup("demo") }

// The marks that tell how far an earlier start came.
const (
	markUnits  = "demo.units_made"
	markGround = "demo.ground_made"
	markTold   = "demo.told"
)

// Units makes the units of the demonstration. It does nothing the second time, and refuses a record that has
// units of its own.
func Units(ctx context.Context, db *postgres.DB) error {
	err := db.InTx(ctx, actor(), func(tx postgres.Tx) error {
		done, err := begin(tx, markUnits)
		if err != nil || done {
			return err
		}
		if inhabited, err := anyUnit(tx); err != nil || inhabited {
			return errors.Join(err, ErrInhabited)
		}
		if err := insertUnits(tx, units); err != nil {
			return err
		}
		return finish(tx, markUnits)
	})
	if err != nil {
		return fmt.Errorf("make units: %w", err)
	}
	return nil
}

// Seed makes the rest of the demonstration: people, agencies, licences,
// placements, and complaints filed one by one. It goes on where an earlier
// start was stopped, and does nothing when all is there.
func Seed(ctx context.Context, d Deps) error {
	if err := Units(ctx, d.DB); err != nil {
		return err
	}
	if _, err := d.Law(ctx, actor(), "demo"); err != nil {
		return fmt.Errorf("seed law: %w", err)
	}
	begun, err := begunOn(ctx, d)
	if err != nil {
		return fmt.Errorf("seed: %w", err)
	}
	if begun.told {
		return nil
	}
	// The day on which the ground was laid, whatever day it is now: the rest
	// must fit it.
	w := build(d.Seed, begun.today)
	ids, err := d.layGround(ctx, w)
	if err != nil {
		return fmt.Errorf("seed the ground: %w", err)
	}
	if err := d.giveKeys(ctx); err != nil {
		return fmt.Errorf("seed keys of desks: %w", err)
	}
	if err := d.inspect(ctx, w, ids); err != nil {
		return fmt.Errorf("seed inspections: %w", err)
	}
	if err := d.guarantee(ctx, w, ids); err != nil {
		return fmt.Errorf("seed guarantees: %w", err)
	}
	if err := d.tell(ctx, w, ids); err != nil {
		return fmt.Errorf("seed complaints: %w", err)
	}
	return nil
}

// progress is how far an earlier start came.
type progress struct {
	today time.Time
	told  bool
}

func begunOn(ctx context.Context, d Deps) (progress, error) {
	now := d.Clock.Now()
	var p progress
	err := d.DB.Read(ctx, actor(), func(tx postgres.Tx) (err error) {
		if p.told, err = marked(tx, markTold); err != nil {
			return err
		}
		at, found, err := firstEntered(tx)
		if found {
			now = at
		}
		return err
	})
	p.today = d.Home.Today(now)
	return p, err
}

// layGround writes everything but complaints, in one transaction, and returns
// the ids of the agencies by key.
func (d Deps) layGround(ctx context.Context, w *world) (map[string]uuid.UUID, error) {
	secrets, err := passphrases()
	if err != nil {
		return nil, err
	}
	h, err := d.hash(ctx, w)
	if err != nil {
		return nil, err
	}
	var ids map[string]uuid.UUID
	err = d.DB.InTx(ctx, actor(), func(tx postgres.Tx) error {
		done, err := begin(tx, markGround)
		if err != nil {
			return err
		}
		if done {
			ids, err = findAgencies(tx, w.houses)
			return err
		}
		if ids, err = d.enter(tx, w, h); err != nil {
			return err
		}
		if err := d.people(tx, w, ids, secrets, h.papers); err != nil {
			return err
		}
		if err := bar(tx, w); err != nil {
			return err
		}
		if err := place(tx, w, h, ids); err != nil {
			return err
		}
		if err := insertStandards(tx); err != nil {
			return err
		}
		for _, p := range rules() {
			if err := d.Keep(tx, actor(), p); err != nil {
				return err
			}
		}
		return finish(tx, markGround)
	})
	return ids, err
}

// giveKeys makes the keys of the desks whose people are there: they hold them,
// and the oversight office, the police and the support house hold the shares.
func (d Deps) giveKeys(ctx context.Context) error {
	return d.DB.InTx(ctx, actor(), func(tx postgres.Tx) error {
		if err := lock(tx); err != nil {
			return err
		}
		// The units were written before there was a key folder to pin them under.
		if err := d.Desks.AdoptIn(tx, actor()); err != nil {
			return err
		}
		without, err := d.Desks.UnitsWithout(tx)
		if err != nil || len(without) == 0 {
			return err
		}
		_, err = d.Desks.CreateIn(tx, actor(), without...)
		return err
	})
}

// tell files every complaint at its hour. The nonce follows from the seed, so
// that one that was filed before a stop is not filed again.
func (d Deps) tell(ctx context.Context, w *world, ids map[string]uuid.UUID) error {
	at := clock.NewFake(w.today)
	filer, err := d.FilerAt(at)
	if err != nil {
		return err
	}
	draw := rand.New(rand.NewPCG(d.Seed, 3)) //nolint:gosec // an invented complaint's receipt guards nothing
	for i, t := range w.told {
		at.Set(w.at(t, i))
		in := t.in
		in.AgencyID = ids[t.agency]
		if t.office != "" {
			if in.OfficialUnit, err = d.office(ctx, t.office); err != nil {
				return err
			}
		}
		receipt, err := drawReceipt(draw)
		if err != nil {
			return err
		}
		if _, err := filer.File(ctx, identity.Public(), in, receipt, fmt.Sprintf("demonstration-%d-%04d", d.Seed, i)); err != nil {
			return fmt.Errorf("complaint %d: %w", i, err)
		}
	}
	return d.DB.InTx(ctx, actor(), func(tx postgres.Tx) error { return finish(tx, markTold) })
}

func (d Deps) office(ctx context.Context, code string) (key uuid.UUID, err error) {
	err = d.DB.Read(ctx, actor(), func(tx postgres.Tx) error {
		key, err = unitKeyed(tx, code)
		return err
	})
	return key, err
}

// drawReceipt draws the characters of a receipt and finds the last, which
// checks the others.
func drawReceipt(draw *rand.Rand) (complaint.Receipt, error) {
	const alphabet, length = "0123456789ABCDEFGHJKMNPQRSTVWXYZ", 24
	code := make([]byte, length)
	for i := range code {
		code[i] = alphabet[draw.IntN(len(alphabet))]
	}
	for _, last := range []byte(alphabet) {
		code[length-1] = last
		if receipt, err := complaint.ParseReceipt(string(code)); err == nil {
			return receipt, nil
		}
	}
	return complaint.Receipt{}, errors.New("demo: no receipt fits")
}

// finish marks a step within the caller's transaction.
func finish(tx postgres.Tx, mark string) error {
	return audit.Record(tx, audit.Entry{Actor: actor(), Action: mark, ObjectKind: "demo"})
}
