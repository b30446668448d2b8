package document_test

import (
	"bytes"
	"crypto/rand"
	"database/sql"
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/desk"
	"github.com/fairpassage/portal/internal/document"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/blob"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/platform/shred"
	"github.com/fairpassage/portal/internal/policy"
	"github.com/fairpassage/portal/internal/retention"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/fairpassage/portal/internal/upload"
	"github.com/google/uuid"
)

// office is a ministry with an officer and an inspector, two agencies with a head
// each, and a police unit, whose desk has a key unless the test says otherwise.
type office struct {
	*document.Service

	db                 *testkit.Database
	super              *sql.DB
	clock              *clock.Fake
	laws               *policy.Service
	retention          *retention.Service
	desks              *desk.Service
	shred              *shred.Store
	blobs              *blob.Store
	dir, shredDir      string
	log                *bytes.Buffer
	heads              [2]identity.Actor
	officer, inspector identity.Actor
	overseer           identity.Actor
	visits             *visits
}

// visits are inspections as far as documents care.
type visits struct {
	agency uuid.UUID
	open   bool
}

func (v *visits) Standing(_ postgres.Tx, by identity.Actor, _ uuid.UUID) (document.Standing, error) {
	return document.Standing{AgencyID: v.agency, Readable: true, Open: v.open && by.UnitKind == identity.UnitMinistry}, nil
}

func open(t *testing.T, keyed ...string) *office {
	t.Helper()
	o := &office{db: testkit.DB(t), clock: testkit.Clock(), dir: filepath.Join(t.TempDir(), "blobs"), log: &bytes.Buffer{}, visits: &visits{open: true}}
	o.super = o.db.Super(t)
	home := country.Home{Code: "KH", Zone: time.UTC}
	person := func(n string, unit identity.Actor, role identity.Role) identity.Actor {
		unit.Kind, unit.PersonID, unit.Role = identity.KindStaff, id.New(), role
		o.exec(t, `INSERT INTO people (id, email, name, created_at) VALUES ($1, $2, $3, now())`, unit.PersonID, n+"@office.example", "Person "+n)
		return unit
	}
	unit := func(kind identity.UnitKind) identity.Actor {
		a := identity.Actor{UnitID: id.New(), UnitKind: kind, UnitCode: string(kind)}
		o.exec(t, `INSERT INTO units (id, code, kind, name) VALUES ($1, $2, $2, '{"en": "Unit"}')`, a.UnitID, a.UnitCode)
		return a
	}
	ministry := unit(identity.UnitMinistry)
	o.officer, o.inspector = person("officer", ministry, identity.RoleLicensingOfficer), person("inspector", ministry, identity.RoleInspector)
	unit(identity.UnitPolice)
	o.overseer = person("overseer", unit(identity.UnitOversight), identity.RoleOverseer)
	for i := range 2 {
		mark := string(rune('a' + i))
		agency := identity.Actor{UnitID: id.New(), UnitKind: identity.UnitAgency, UnitCode: "agency-" + mark, AgencyID: id.New()}
		o.exec(t, `INSERT INTO agencies (id, slug, source, source_key, name_latin, state, created_at, updated_at) VALUES ($1, $2, 'test', $2, $3, 'listed', now(), now())`,
			agency.AgencyID, "agency-"+mark, "Sample Agency "+mark)
		o.exec(t, `INSERT INTO units (id, code, kind, name, agency_id) VALUES ($1, $2, 'agency', '{"en": "Agency"}', $3)`, agency.UnitID, agency.UnitCode, agency.AgencyID)
		o.heads[i] = person("head-"+mark, agency, identity.RoleAgencyHead)
	}
	o.visits.agency = o.heads[0].AgencyID
	o.db.Adopt(t)
	o.desks = o.db.DeskService(o.clock)
	if len(keyed) > 0 {
		o.desks = o.db.Desks(t, o.clock, keyed...)
	}
	keys, err := seal.Ensure(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(o.log, nil))
	o.shredDir = filepath.Join(t.TempDir(), "shred")
	if o.shred, err = shred.Open(shred.Options{Dir: o.shredDir, Clock: o.clock}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.shred.Close() })
	if o.blobs, err = blob.Open("file://" + o.dir); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.blobs.Close() })
	o.laws = policy.New(o.db.DB, o.clock, home, testkit.Pins())
	if o.retention, err = retention.New(retention.Deps{DB: o.db.DB, Clock: o.clock, Random: rand.Reader, Keys: o.shred, Pins: testkit.Pins(), Log: log}); err != nil {
		t.Fatal(err)
	}
	poppler := upload.FindPoppler(t.Context())
	if poppler == nil {
		t.Fatal("pdfinfo and pdftoppm are not installed: run scripts/need poppler")
	}
	o.Service, err = document.New(document.Deps{
		DB: o.db.DB, Clock: o.clock, Home: home, Files: upload.New(nil, poppler), Blobs: o.blobs, Shred: o.shred, Keys: keys,
		Desks: o.desks, People: testkit.People(o.clock), Holds: o.retention, Laws: o.laws, Log: log,
		Owners: map[document.OwnerKind]document.Owners{document.OfInspection: o.visits},
	})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func (o *office) exec(t *testing.T, query string, args ...any) {
	t.Helper()
	if _, err := o.super.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatal(err)
	}
}

func (o *office) count(t *testing.T, query string, args ...any) (n int) {
	t.Helper()
	if err := o.super.QueryRowContext(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func picture(t testing.TB, c color.Color) []byte {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, 30, 20))
	for i := range 600 {
		m.Set(i%30, i/30, c)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// canary is in the name of every file.
const canary = "canary-name-of-a-file.png"

func (o *office) incoming(t testing.TB, of identity.Actor) document.Incoming {
	t.Helper()
	return document.Incoming{
		Owner: document.Owner{Kind: document.OfAgency, ID: of.AgencyID}, Kind: "company_registration",
		Claim: upload.Claim{Name: `C:\papers\` + canary, Type: "image/png"}, Bytes: picture(t, color.NRGBA{R: 255, A: 255}),
	}
}

func (o *office) add(t *testing.T, by identity.Actor, change ...func(*document.Incoming)) uuid.UUID {
	t.Helper()
	in := o.incoming(t, by)
	for _, c := range change {
		c(&in)
	}
	key, err := o.Add(t.Context(), by, in)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// files are the blobs there are.
func (o *office) files(t *testing.T) (all []string) {
	t.Helper()
	err := filepath.WalkDir(o.dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			all = append(all, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// keep keeps every open promise of removal.
func (o *office) keep(t *testing.T) {
	t.Helper()
	rows, err := o.super.QueryContext(t.Context(), `SELECT id FROM promises WHERE topic = $1 AND kept_at IS NULL`, document.TopicRemoved)
	if err != nil {
		t.Fatal(err)
	}
	var keys []uuid.UUID
	for rows.Next() {
		var key uuid.UUID
		if err := rows.Scan(&key); err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		for range 2 {
			if err := o.Erase(t.Context(), key); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func (o *office) slots(t *testing.T, key uuid.UUID) (slots []int64) {
	t.Helper()
	rows, err := o.super.QueryContext(t.Context(), `SELECT slot FROM document_parts WHERE document_id = $1`, key)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var slot int64
		if err := rows.Scan(&slot); err != nil {
			t.Fatal(err)
		}
		slots = append(slots, slot)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return slots
}

func found(t *testing.T, dir string, what []byte) (where []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if bytes.Contains(data, what) || strings.Contains(path, string(what)) {
			where = append(where, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return where
}

func readAll(path string) ([]byte, error) { return os.ReadFile(path) }

func retentionOf(agency uuid.UUID) retention.Held { return retention.Held{Agency: agency} }
