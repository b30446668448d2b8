package audit_test

import (
	"testing"

	"github.com/fairpassage/portal/internal/audit"
)

const (
	unguarded = `SET session_replication_role = replica` // no trigger fires
	// some is a place of an entry in the middle of what is witnessed.
	some  = `(SELECT position FROM audit_leaves ORDER BY position OFFSET 5 LIMIT 1)`
	other = `(SELECT position FROM audit_leaves ORDER BY position OFFSET 9 LIMIT 1)`
	entry = `(SELECT entry_id FROM audit_leaves ORDER BY position OFFSET 5 LIMIT 1)`
)

// Whoever is superuser of the database can do all of this. None of it goes
// unseen once a witness holds a checkpoint.
func TestTamperingIsFound(t *testing.T) {
	for name, c := range map[string]struct {
		statements []string
		kinds      []string // one of these is found
	}{
		"an entry is edited": {
			[]string{unguarded, `UPDATE audit_entries SET action = 'complaint.hide' WHERE id = ` + entry},
			[]string{audit.FoundHash},
		},
		"triggers are disabled and an entry's time is changed": {
			[]string{`ALTER TABLE audit_entries DISABLE TRIGGER ALL`, `UPDATE audit_entries SET at = at + interval '1 second' WHERE id = ` + entry, `ALTER TABLE audit_entries ENABLE TRIGGER ALL`},
			[]string{audit.FoundHash},
		},
		"who did it is changed under session_replication_role": {
			[]string{unguarded, `UPDATE audit_entries SET actor_kind = 'staff', process = '', actor_id = gen_random_uuid() WHERE id = ` + entry},
			[]string{audit.FoundHash},
		},
		"an entry is deleted": {
			[]string{unguarded, `DELETE FROM audit_entries WHERE id = ` + entry},
			[]string{audit.FoundMissing},
		},
		"an entry and its place are deleted": {
			[]string{unguarded, `DELETE FROM audit_entries WHERE id = ` + entry, `DELETE FROM audit_leaves WHERE position = ` + some},
			[]string{audit.FoundMissing},
		},
		"an entry is passed off as padding": {
			[]string{unguarded, `INSERT INTO audit_padding SELECT ` + some + `, 1, sha256('any')`, `DELETE FROM audit_entries WHERE id = ` + entry, `DELETE FROM audit_leaves WHERE position = ` + some},
			[]string{audit.FoundHash},
		},
		"two leaves are swapped": {
			[]string{
				unguarded, `CREATE TEMP TABLE pair AS SELECT * FROM audit_leaves WHERE position IN (` + some + `, ` + other + `)`,
				`DELETE FROM audit_leaves WHERE position IN (SELECT position FROM pair)`,
				`INSERT INTO audit_leaves SELECT p.position, q.entry_id FROM pair p, pair q WHERE p.position <> q.position`,
			},
			[]string{audit.FoundHash},
		},
		"the entries are reordered": {
			[]string{
				unguarded, `CREATE TEMP TABLE all_leaves AS SELECT * FROM audit_leaves`, `DELETE FROM audit_leaves`,
				`INSERT INTO audit_leaves SELECT a.position, b.entry_id
					FROM (SELECT position, row_number() OVER (ORDER BY position) n FROM all_leaves) a
					JOIN (SELECT entry_id, row_number() OVER (ORDER BY position DESC) n FROM all_leaves) b USING (n)`,
			},
			[]string{audit.FoundHash},
		},
		"the tail is cut": {
			[]string{
				unguarded, `DELETE FROM audit_leaves WHERE position >= 128`, `DELETE FROM audit_padding WHERE first >= 128`,
				`DELETE FROM audit_entries WHERE id NOT IN (SELECT entry_id FROM audit_leaves)`,
				`DELETE FROM audit_checkpoints WHERE size > 128`, `UPDATE audit_tiles SET hashes = substr(hashes, 1, 128*32)`,
			},
			[]string{audit.FoundCut},
		},
		"everything is truncated": {
			[]string{
				`ALTER TABLE audit_entries DISABLE TRIGGER ALL`, unguarded,
				`TRUNCATE audit_entries, audit_leaves, audit_padding, audit_tiles, audit_checkpoints, audit_pending`,
			},
			[]string{audit.FoundCut},
		},
		"an entry is inserted in the past": {
			[]string{`INSERT INTO audit_entries (id, at, actor_kind, action, object_kind) VALUES (gen_random_uuid(), now() - interval '1 day', 'public', 'complaint.read', 'complaint')`},
			[]string{audit.FoundBackdated, audit.FoundUnplaced},
		},
		"an entry is inserted in the past and never placed": {
			[]string{unguarded, `INSERT INTO audit_entries (id, at, actor_kind, action, object_kind) VALUES (gen_random_uuid(), now() - interval '1 day', 'public', 'complaint.read', 'complaint')`},
			[]string{audit.FoundUnplaced},
		},
		"a sequenced hash is changed": {
			[]string{unguarded, `UPDATE audit_tiles SET hashes = overlay(hashes PLACING '\x00112233'::bytea FROM 65) WHERE level = 0`},
			[]string{audit.FoundHash},
		},
		"a place is taken twice": {
			[]string{unguarded, `ALTER TABLE audit_leaves DROP CONSTRAINT audit_leaves_pkey`, `INSERT INTO audit_leaves VALUES (` + some + `, gen_random_uuid())`},
			[]string{audit.FoundOrder, audit.FoundMissing},
		},
		"checkpoints are removed": {
			[]string{unguarded, `DELETE FROM audit_checkpoints`},
			[]string{audit.FoundCheckpoint},
		},
		"a checkpoint is edited": {
			[]string{unguarded, `UPDATE audit_checkpoints SET note = replace(note, 'time 1', 'time 2') WHERE size = 128`},
			[]string{audit.FoundSignature},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			for range 4 {
				w.minute(8)
			}
			if r := w.verify(); !r.Good() {
				t.Fatalf("before anything was done: %+v", r.Findings)
			}
			w.super(c.statements...)
			w.found(t, c.kinds)
			// The worker goes on, whatever it thinks of it. It must not make good
			// again what was done.
			_, _ = w.log.Sequence(t.Context())
			_ = w.log.Sign(t.Context())
			w.do(w.log.Deliver)
			w.found(t, nil)
		})
	}
}

// found checks that verification fails, with one of the kinds where any are
// given.
func (w *world) found(t *testing.T, kinds []string) {
	t.Helper()
	r := w.verify()
	if r.Good() {
		t.Fatal("nothing was found")
	}
	if kinds == nil {
		return
	}
	for _, f := range r.Findings {
		for _, k := range kinds {
			if f.Kind == k {
				return
			}
		}
	}
	t.Fatalf("none of %q is among %+v", kinds, r.Findings)
}
