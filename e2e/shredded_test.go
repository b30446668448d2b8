package e2e

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/complaint"
	deskkeys "github.com/fairpassage/portal/internal/desk"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/matching"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/platform/shred"
	"github.com/fairpassage/portal/internal/retention"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/google/uuid"
)

// desk takes complaints as the site does, without its pages, and opens them.
type desk struct {
	db       *postgres.DB
	keys     *seal.Ring
	shred    *shred.Store
	sessions *identity.Sessions
	desks    *deskkeys.Service
	*complaint.Service
}

// newDesk works with keys of desks that were made under these pins.
func newDesk(t *testing.T, db *postgres.DB, clk clock.Clock, keys *seal.Ring, pins seal.Pins, store *shred.Store) *desk {
	t.Helper()
	d := &desk{db: db, keys: keys, shred: store, sessions: identity.NewSessions(db, identity.NewPeople(keys.Pins(), clk))}
	d.desks = deskkeys.New(deskkeys.Deps{DB: db, Clock: clk, People: identity.NewPeople(pins, clk), Pins: pins})
	hasher, err := matching.NewHasher(keys.Secret(seal.SecretMatching))
	if err != nil {
		t.Fatal(err)
	}
	d.Service, err = complaint.NewService(complaint.Dependencies{
		DB: db, Clock: clk, Keys: keys, Desks: d.desks, Shred: store, Hasher: hasher, Sessions: d.sessions, People: identity.NewPeople(pins, clk), Agencies: nobody{}, Placements: nobody{}, Regions: []string{"KH"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// marked is what no other text has; a canary is the mark and a number.
const marked = "Zarnquilth"

// canaryIntake has a canary in each of eight fields, in English letters of both
// cases.
func canaryIntake(n int) complaint.Intake {
	c := func(i int) string { return fmt.Sprintf("%s%06d", marked, n*8+i) }
	return complaint.Intake{
		Language: "en", About: complaint.AboutFamily, Country: "TH", Place: c(0), Employer: c(1), BrokerName: c(2), AgencyName: c(3),
		Narrative: "They took the passport of " + c(4), ReporterName: c(5), WorkerName: c(6), WorkerAgrees: true,
		Contact: complaint.Contact{Phone: "012 000 222", When: c(7)}, MayAct: []complaint.MayAct{complaint.LabourDesk, complaint.Police},
	}
}

// canariesIn counts the canaries of an opened complaint.
func canariesIn(c complaint.Contents) int {
	in := c.Intake()
	return strings.Count(strings.Join([]string{in.Place, in.Employer, in.BrokerName, in.AgencyName, in.Narrative, in.ReporterName, in.WorkerName, in.Contact.When}, " "), marked)
}

func (d *desk) lodge(t *testing.T, n int) (complaint.Filed, complaint.Receipt) {
	t.Helper()
	receipt := complaint.NewReceipt()
	filed, err := d.File(t.Context(), identity.Public(), canaryIntake(n), receipt, "nonce-"+receipt.Code())
	if err != nil {
		t.Fatal(err)
	}
	return filed, receipt
}

// open opens what the receipt opens; nothing for one that finds nothing.
func (d *desk) open(t *testing.T, receipt complaint.Receipt) complaint.Contents {
	t.Helper()
	token, err := d.Find(t.Context(), identity.Public(), receipt.Code())
	if fault.KindOf(err) == fault.Invalid {
		return complaint.Contents{}
	}
	if err != nil {
		t.Fatal(err)
	}
	session, err := d.sessions.RecogniseReceipt(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	mine, err := d.Mine(t.Context(), session.Actor, token, session.SealedKey)
	if err != nil {
		t.Fatal(err)
	}
	return mine.Contents
}

// Everything that can be carried off at once without a key file: what a backup
// holds, what Redis holds and was told, and the logs. Nothing of it can be read.
func TestOfTenThousandSecretsADumpTellsNone(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("pg_dump")
	if err != nil {
		t.Fatal(err)
	}
	const complaints = 1250
	s := startStage(t)
	keys, err := seal.Ensure(s.folder + "/keys")
	if err != nil {
		t.Fatal(err)
	}
	store, err := shred.Open(shred.Options{Dir: s.folder + "/shred", Apart: []string{s.folder + "/keys"}, Clock: clock.System{}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	d := newDesk(t, s.db.DB, clock.System{}, keys, keys.Pins(), store)
	receipts := make([]complaint.Receipt, complaints)
	var filing sync.WaitGroup
	for hand := range 4 {
		filing.Go(func() {
			for n := hand; n < complaints; n += 4 {
				_, receipts[n] = d.lodge(t, n)
			}
		})
	}
	filing.Wait()
	super := s.db.Super(t)
	eventually(t, "a hundred are screened", func() bool {
		return column(t, super, `SELECT (count(*) > 100)::text FROM complaints WHERE status <> 'received' AND channel = 'web' AND filed_at > now() - interval '1 hour'`)[0] == "true"
	})
	visit(t, s.url, "en").get("/complaints/check").ok(http.StatusOK)

	backup, err := postgres.WithUser(s.db.SuperURL, postgres.BackupRole, testkit.BackupPassword, databaseOf(s.db.SuperURL))
	if err != nil {
		t.Fatal(err)
	}
	readable := 0
	secret := needleOf("canary", marked)
	for _, h := range []haystack{
		{"the backup", dumpWith(t, program, backup), "complaint_items"},
		{"the superuser's dump", dumpWith(t, program, s.db.SuperURL), "complaint_items"},
		{"what Redis was told", s.monitor.String(), "asynq:"},
		{"what Redis holds", redisContents(t, s.redisURL), "asynq:"},
		{"the log of web", s.web.output.String(), "serving"},
		{"the log of worker", s.worker.output.String(), "working"},
	} {
		if !strings.Contains(h.text, h.known) {
			t.Errorf("%s: not even %q is found, of %d bytes", h.name, h.known, len(h.text))
		}
		for _, form := range secret.forms {
			if n := strings.Count(h.text, form); n > 0 {
				readable += n
				t.Errorf("%s holds %d secrets in the form %q", h.name, n, form)
			}
		}
		planted := h
		planted.text += canaryIntake(7).Narrative
		if len(planted.find([]needle{secret})) != 1 {
			t.Errorf("%s: the search does not find what is planted", h.name)
		}
	}
	// With the keys all of it is there.
	control := 0
	for _, receipt := range receipts {
		control += canariesIn(d.open(t, receipt))
	}
	t.Logf("readable in dumps, Redis and logs: %d of %d; with the keys: %d of %d", readable, complaints*8, control, complaints*8)
	if control != complaints*8 {
		t.Errorf("with the keys %d of %d are read: the search proves nothing", control, complaints*8)
	}
}

func databaseOf(address string) string {
	path := address[strings.LastIndex(address, "/")+1:]
	name, _, _ := strings.Cut(path, "?")
	return name
}

// restored loads a dump into a database of its own and opens it as the portal
// does.
func restored(t *testing.T, db *testkit.Database, dump []byte) *postgres.DB {
	t.Helper()
	psql, err := exec.LookPath("psql")
	if err != nil {
		t.Fatal(err)
	}
	name := databaseOf(db.SuperURL)
	super, app := strings.Replace(db.SuperURL, name, name+"_old", 1), strings.Replace(db.AppURL, name, name+"_old", 1)
	if _, err := db.Super(t).Exec(`CREATE DATABASE "` + name + `_old" TEMPLATE template0`); err != nil {
		t.Fatal(err)
	}
	var opened *postgres.DB
	t.Cleanup(func() {
		if opened != nil {
			_ = opened.Close()
		}
		cmd := exec.Command(psql, "--quiet", "--dbname="+db.SuperURL, "--command", `DROP DATABASE "`+name+`_old" WITH (FORCE)`)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Logf("drop the restored database: %v %s", err, out)
		}
	})
	cmd := exec.CommandContext(t.Context(), psql, "--quiet", "--set=ON_ERROR_STOP=1", "--dbname="+super)
	cmd.Stdin = bytes.NewReader(dump)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("restore: %v\n%s", err, out)
	}
	if opened, err = postgres.Open(t.Context(), app, postgres.Options{Name: "restored", MaxConns: 4, Timeout: time.Minute}); err != nil {
		t.Fatal(err)
	}
	return opened
}

// Yesterday's dump, every key that there is today, every receipt: what expired
// since opens for nobody, what is held opens whole.
func TestYesterdaysDumpOpensNothingThatExpired(t *testing.T) {
	t.Parallel()
	const each = 60 // expired, held by name, held as evidence, held by day
	db, clk := testkit.DB(t), testkit.Clock()
	super := db.Super(t)
	units := map[string]uuid.UUID{}
	for _, kind := range []string{"ministry", "police", "oversight"} {
		units[kind] = id.New()
		if _, err := super.Exec(`INSERT INTO units (id, code, kind, name) VALUES ($1, $2, $2, '{"en":"Unit"}')`, units[kind], kind); err != nil {
			t.Fatal(err)
		}
	}
	db.Desks(t, clk, "ministry", "police", "oversight")
	keys, err := seal.Ensure(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	store, err := shred.Open(shred.Options{Dir: filepath.Join(dir, "shred"), Mirror: filepath.Join(dir, "mirror"), Clock: clk})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	live := newDesk(t, db.DB, clk, keys, testkit.Pins(), store)
	rules, err := retention.New(retention.Deps{DB: db.DB, Clock: clk, Random: rand.Reader, Keys: store, Pins: keys.Pins(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range retention.ItemKinds() {
		p := retention.Policy{Kind: kind, Days: 365, From: clk.Now().AddDate(-1, 0, 0), Source: "house rule of a test"}
		if err := rules.SetPolicy(t.Context(), identity.Setup("retention"), p); err != nil {
			t.Fatal(err)
		}
	}
	overseer := identity.Actor{
		Kind: identity.KindStaff, UnitID: units["oversight"], UnitCode: "oversight", UnitKind: identity.UnitOversight, Role: identity.RoleOverseer,
		PersonID: db.Hire(t, clk, "overseer@unit.example", "Example Overseer", units["oversight"], identity.RoleOverseer),
	}

	var expired, held []complaint.Receipt
	var doomed []uuid.UUID
	lodge := func(keep func(complaint.Filed)) {
		for range each {
			filed, receipt := live.lodge(t, len(expired)+len(held))
			if keep == nil {
				expired, doomed = append(expired, receipt), append(doomed, filed.ID)
				continue
			}
			held = append(held, receipt)
			keep(filed)
		}
	}
	hold := func(h retention.Held) {
		if _, err := rules.Place(t.Context(), overseer, h, "court"); err != nil {
			t.Fatal(err)
		}
	}
	lodge(nil)
	lodge(func(f complaint.Filed) { hold(retention.Held{Complaint: f.ID}) })
	lodge(func(f complaint.Filed) {
		_, err := super.Exec(`INSERT INTO findings (id, rule, version, subject_kind, subject_key, window_from, window_to, grade, score, reason, evidence, evidence_sum, found_at)
			VALUES ($1::uuid, 'test', 1, 'phone', $1::uuid::text, '2026-01-01', '2026-02-01', 'amber', 1, '{}', ARRAY[$1::uuid], 'x', now())`, f.ID)
		if err != nil {
			t.Fatal(err)
		}
	})
	clk.Advance(48 * time.Hour)
	lodge(func(complaint.Filed) {})
	hold(retention.Held{From: clk.Now(), Until: clk.Now()})

	clk.Set(clk.Now().AddDate(1, 0, -10))
	program, err := exec.LookPath("pg_dump")
	if err != nil {
		t.Fatal(err)
	}
	dump, err := exec.CommandContext(t.Context(), program, "--format=plain", "--dbname="+db.SuperURL).Output()
	if err != nil {
		t.Fatal(err)
	}
	yesterday := newDesk(t, restored(t, db, dump), clk, keys, testkit.Pins(), store)
	canaries := func(receipts []complaint.Receipt) (n int) {
		for _, r := range receipts {
			n += canariesIn(yesterday.open(t, r))
		}
		return n
	}
	control := canaries(expired)
	if control != len(expired)*8 {
		t.Fatalf("before they expire %d of %d open from the dump: this proves nothing", control, len(expired)*8)
	}
	clk.Set(clk.Now().AddDate(0, 0, 20))
	if err := rules.Expire(t.Context()); err != nil {
		t.Fatal(err)
	}
	open, kept := canaries(expired), canaries(held)
	t.Logf("from yesterday's dump with every current key and receipt: expired %d of %d, held %d of %d (before: %d)", open, len(expired)*8, kept, len(held)*8, control)
	if open != 0 || kept != len(held)*8 {
		t.Error("expired must be none, held all")
	}
	for _, r := range expired {
		if c := live.open(t, r); canariesIn(c) > 0 || len(c.Deleted) > 0 {
			t.Error("the receipt of what expired finds something")
		}
	}
	tried, opened := yesterday.tryEveryKey(t, doomed)
	t.Logf("each expired narrative under the desk's own envelope with each current shred key: %d of %d tries open", opened, tried)
	if opened != 0 || tried == 0 {
		t.Error("a current key opens what expired")
	}
}

// tryEveryKey opens the police's envelopes of complaints and tries every shred
// key that there is on their narratives.
func (d *desk) tryEveryKey(t *testing.T, complaints []uuid.UUID) (tried, opened int) {
	t.Helper()
	next, err := d.shred.Next()
	if err != nil {
		t.Fatal(err)
	}
	live, err := d.shred.Live(1, next)
	if err != nil {
		t.Fatal(err)
	}
	sessions := identity.NewSessions(d.db, identity.NewPeople(testkit.Pins(), clock.System{}))
	police, err := sessions.AtTerminal(t.Context(), identity.Terminal{Email: "keyholder@police.example", Passphrase: testkit.Passphrase, Optional: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range complaints {
		var keyID string
		var envelope, ciphertext []byte
		var schema int
		err := d.db.Read(t.Context(), police, func(tx postgres.Tx) error {
			return tx.Gorm().Raw(`SELECT e.key_id, e.envelope, i.ciphertext, i.schema FROM complaint_envelopes e JOIN complaint_items i USING (complaint_id)
				WHERE e.complaint_id = ? AND e.recipient = 'police' AND i.item = 'narrative'`, key).Row().Scan(&keyID, &envelope, &ciphertext, &schema)
		})
		if err != nil {
			t.Fatal(err)
		}
		private, err := d.desks.Unlock(t.Context(), police, keyID)
		if err != nil {
			t.Fatal(err)
		}
		data, err := private.Open(key, envelope)
		if err != nil {
			t.Fatal(err)
		}
		for _, slot := range live {
			secret, err := d.shred.Secret(slot)
			if err != nil {
				t.Fatal(err)
			}
			tried++
			if _, err := data.Item(seal.Narrative, schema, secret, ciphertext); err == nil {
				opened++
			} else if !errors.Is(err, seal.ErrSealed) {
				t.Fatal(err)
			}
		}
	}
	return tried, opened
}
