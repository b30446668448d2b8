package document_test

import (
	"bytes"
	"crypto/sha256"
	"image/color"
	"io"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/desk"
	"github.com/fairpassage/portal/internal/document"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/fairpassage/portal/internal/upload"
	"github.com/google/uuid"
)

func TestADocumentIsLookedAtByItsAgencyAndByOfficersAndItIsOnRecord(t *testing.T) {
	o := open(t, "police")
	until := time.Date(2027, 5, 1, 0, 0, 0, 0, time.UTC)
	key := o.add(t, o.heads[0], func(in *document.Incoming) { in.ExpiresOn = until })
	for _, by := range []identity.Actor{o.heads[0], o.officer} {
		f, err := o.Read(t.Context(), by, key)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(picture(t, color.NRGBA{R: 255, A: 255}))
		if f.Name != canary || f.Pages != 1 || f.Type != upload.PNG || f.View != upload.Made || f.Scan != upload.NotConfigured || !f.ExpiresOn.Equal(until) ||
			!bytes.Equal(f.SHA256, sum[:]) || f.By != "Person head-a" || !f.Apart {
			t.Errorf("%+v", f)
		}
		if f.MayRemove != (by.UnitKind == identity.UnitAgency) {
			t.Errorf("%s may remove it: %v", by.UnitKind, f.MayRemove)
		}
		page, err := o.Open(t.Context(), by, key, 1)
		if err != nil || page.Type != upload.PNG || !bytes.HasPrefix(page.Bytes, []byte("\x89PNG")) {
			t.Errorf("%v", err)
		}
		if n := o.count(t, `SELECT count(*) FROM audit_entries WHERE action = 'document.viewed' AND object_id = $1 AND actor_id = $2`, key, by.PersonID); n != 1 {
			t.Errorf("%s looked once, %d entries", by.UnitKind, n)
		}
		for _, n := range []int{0, 2, -1} {
			if _, err := o.Open(t.Context(), by, key, n); fault.KindOf(err) != fault.NotFound {
				t.Errorf("page %d: %v", n, err)
			}
		}
	}
}

func TestADocumentOfAnotherAgencyDoesNotExist(t *testing.T) {
	o := open(t, "police")
	key := o.add(t, o.heads[0])
	for name, by := range map[string]identity.Actor{"another agency": o.heads[1], "an inspector": o.inspector, "an overseer": o.overseer, "the public": identity.Public()} {
		_, read := o.Read(t.Context(), by, key)
		_, opened := o.Open(t.Context(), by, key, 1)
		removed := o.Remove(t.Context(), by, key)
		for what, err := range map[string]error{"read": read, "open": opened, "remove": removed} {
			if k := fault.KindOf(err); k != fault.NotFound && k != fault.Forbidden {
				t.Errorf("%s may %s it: %v", name, what, err)
			}
		}
	}
	in := o.incoming(t, o.heads[0])
	if _, err := o.Add(t.Context(), o.heads[1], in); fault.KindOf(err) != fault.NotFound && fault.KindOf(err) != fault.Forbidden {
		t.Errorf("another agency's file: %v", err)
	}
	if n := len(o.files(t)); n != 2 {
		t.Errorf("%d blobs", n)
	}
}

// The database holds it too, whatever the program asks.
func TestTheDatabaseShowsAnAgencyItsOwnDocumentsAloneAndNobodyASlot(t *testing.T) {
	o := open(t, "police")
	key := o.add(t, o.heads[0])
	for name, c := range map[string]struct {
		by   identity.Actor
		want int
	}{"its agency": {o.heads[0], 1}, "another": {o.heads[1], 0}, "an officer": {o.officer, 1}, "an inspector": {o.inspector, 0}, "an overseer": {o.overseer, 0}} {
		err := o.db.Read(t.Context(), c.by, func(tx postgres.Tx) error {
			for _, table := range []string{"documents", "document_parts"} {
				var n int
				if err := tx.Gorm().Raw(`SELECT count(DISTINCT ` + map[string]string{"documents": "id", "document_parts": "document_id"}[table] + `) FROM ` + table).Scan(&n).Error; err != nil {
					return err
				}
				if n != c.want {
					t.Errorf("%s sees %d in %s, want %d", name, n, table, c.want)
				}
			}
			return nil
		})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		err = o.db.Read(t.Context(), c.by, func(tx postgres.Tx) error {
			var slots []int64
			return tx.Gorm().Raw(`SELECT slot FROM document_parts`).Scan(&slots).Error
		})
		if err == nil {
			t.Errorf("%s reads slots", name)
		}
	}
	for name, statement := range map[string]string{
		"another size":    `UPDATE documents SET size = 1 WHERE id = ?`,
		"another owner":   `UPDATE documents SET owner_id = agency_id WHERE id = ?`,
		"gone":            `DELETE FROM documents WHERE id = ?`,
		"erased":          `UPDATE documents SET erased_at = now() WHERE id = ?`,
		"another part":    `UPDATE document_parts SET wrapped = 'x' WHERE document_id = ?`,
		"not its remover": `UPDATE documents SET removed_by = agency_id, removed_at = now(), removal_pin = 'x' WHERE id = ?`,
	} {
		if err := o.db.InTx(t.Context(), o.heads[0], func(tx postgres.Tx) error { return tx.Gorm().Exec(statement, key).Error }); err == nil {
			t.Errorf("%s: it was taken", name)
		}
	}
	if err := o.db.InTx(t.Context(), o.heads[0], func(tx postgres.Tx) error {
		return tx.Gorm().Exec(`INSERT INTO documents (id, agency_id, owner_kind, owner_id, kind, media_type, size, sha256, view, scan, uploaded_by, uploaded_at)
			SELECT ?, agency_id, owner_kind, owner_id, kind, media_type, size, sha256, 'no_renderer', scan, uploaded_by, uploaded_at FROM documents`, uuid.New()).Error
	}); !postgres.Violates(err, "document_is_whole") {
		t.Errorf("a document without parts: %v", err)
	}
}

func TestNothingOfAFileIsInTheClearAndNoNameIsAnywhere(t *testing.T) {
	o := open(t, "police")
	in := o.incoming(t, o.heads[0])
	o.add(t, o.heads[0])
	idat := in.Bytes[33:60]
	for what, text := range map[string][]byte{"the name": []byte("canary"), "the picture": idat, "a PNG": []byte("IHDR")} {
		if where := found(t, o.dir, text); len(where) > 0 {
			t.Errorf("%s is in %v", what, where)
		}
	}
	for _, table := range []string{"documents", "document_parts", "audit_entries", "promises"} {
		if n := o.count(t, `SELECT count(*) FROM `+table+` x WHERE x::text LIKE '%canary%' OR x::text LIKE '%'||encode('canary', 'hex')||'%'`); n != 0 {
			t.Errorf("%s holds the name", table)
		}
	}
	// Padded: what lies there tells little of how large a file is.
	for _, f := range o.files(t) {
		if data, err := readAll(f); err != nil || len(data) != seal.ChunkSize+16 {
			t.Errorf("%d bytes, %v", len(data), err)
		}
	}
}

// original opens what is sealed to the police desk, with a member's key.
func (o *office) original(t *testing.T, key uuid.UUID) ([]byte, error) {
	t.Helper()
	var env struct {
		KeyID    string
		Envelope []byte
		Blob     string
		Slot     int64
	}
	if err := o.super.QueryRowContext(t.Context(), `SELECT e.key_id, e.envelope, p.blob, p.slot FROM document_envelopes e JOIN document_parts p USING (document_id, part) WHERE document_id = $1`, key).
		Scan(&env.KeyID, &env.Envelope, &env.Blob, &env.Slot); err != nil {
		t.Fatal(err)
	}
	police, err := o.desks.Unlock(t.Context(), o.db.Keyholder(t, o.clock, "police"), env.KeyID)
	if err != nil {
		t.Fatal(err)
	}
	fileKey, err := police.OpenFile(seal.Part{Document: key, Name: "original"}, env.Envelope)
	if err != nil {
		return nil, err
	}
	shredKey, err := o.shred.Secret(env.Slot)
	if err != nil {
		return nil, err
	}
	b, err := o.blobs.Get(env.Blob)
	if err != nil {
		return nil, err
	}
	defer func() { _ = b.Close() }()
	f, err := fileKey.Open(shredKey, b, b.Size)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.NewSectionReader(f, 0, f.Size()))
}

func TestTheOriginalIsSealedToThePoliceDeskAndStaysSoWhenItsKeyIsReplaced(t *testing.T) {
	o := open(t, "police", "oversight", "ministry")
	in := o.incoming(t, o.heads[0])
	key := o.add(t, o.heads[0])
	if got, err := o.original(t, key); err != nil || !bytes.Equal(got, in.Bytes) {
		t.Fatalf("%d bytes, %v", len(got), err)
	}
	if n := o.count(t, `SELECT count(*) FROM document_parts WHERE part = 'original' AND wrapped IS NOT NULL`); n != 0 {
		t.Error("the ring wraps the original, too")
	}
	keyID := func() (out string) {
		if err := o.super.QueryRow(`SELECT key_id FROM document_envelopes`).Scan(&out); err != nil {
			t.Fatal(err)
		}
		return out
	}
	before, by := keyID(), o.db.Keyholder(t, o.clock, "police")
	if err := o.desks.Rotate(t.Context(), by, desk.Asked); err != nil {
		t.Fatal(err)
	}
	if n := o.count(t, `SELECT count(*) FROM desk_keys WHERE destroyed_at IS NOT NULL`); n != 0 {
		t.Fatal("an older key was destroyed that is needed")
	}
	for more := true; more; {
		var err error
		if more, err = o.desks.Continue(t.Context(), by, time.Minute); err != nil {
			t.Fatal(err)
		}
	}
	if keyID() == before {
		t.Error("the envelope is under the older key")
	}
	if n := o.count(t, `SELECT count(*) FROM desk_keys WHERE destroyed_at IS NOT NULL`); n != 1 {
		t.Errorf("%d older keys destroyed, want 1", n)
	}
	if got, err := o.original(t, key); err != nil || !bytes.Equal(got, in.Bytes) {
		t.Errorf("after: %d bytes, %v", len(got), err)
	}
	// One that arrives with an older key in mind is addressed anew.
	o.add(t, o.heads[0])
	if n := o.count(t, `SELECT count(*) FROM document_envelopes e JOIN desk_keys k ON k.id = e.key_id WHERE k.retired_at IS NOT NULL`); n != 0 {
		t.Error("sealed to a key that was retired")
	}
}

func TestWithoutAPoliceDeskTheRingWrapsTheOriginalAndItIsSaid(t *testing.T) {
	o := open(t)
	key := o.add(t, o.heads[0])
	f, err := o.Read(t.Context(), o.officer, key)
	if err != nil || f.Apart {
		t.Errorf("apart: %v, %v", f.Apart, err)
	}
	if n := o.count(t, `SELECT count(*) FROM document_parts WHERE wrapped IS NOT NULL`); n != 2 {
		t.Errorf("%d parts wrapped", n)
	}
}

func TestWhatIsWrongIsSaidAtTheFieldAndLeavesNothing(t *testing.T) {
	o := open(t, "police")
	for field, spoil := range map[string]func(*document.Incoming){
		"kind":       func(in *document.Incoming) { in.Kind = "inspection_photo" },
		"expires_on": func(in *document.Incoming) { in.ExpiresOn = o.Today().AddDate(0, 0, -1) },
		"file":       func(in *document.Incoming) { in.Bytes = []byte("PK\x03\x04") },
	} {
		in := o.incoming(t, o.heads[0])
		spoil(&in)
		_, err := o.Add(t.Context(), o.heads[0], in)
		if fields := fault.FieldsOf(err); len(fields) != 1 || fields[field] == "" {
			t.Errorf("%s: %v", field, err)
		}
	}
	o.add(t, o.heads[0], func(in *document.Incoming) { in.ExpiresOn = o.Today() })
	o.visits.open = false
	in := o.incoming(t, o.heads[0])
	in.Owner, in.Kind = document.Owner{Kind: document.OfInspection, ID: uuid.New()}, document.InspectionPhoto
	if _, err := o.Add(t.Context(), o.inspector, in); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a closed owner: %v", err)
	}
	in.Owner = document.Owner{Kind: document.OfApplication, ID: uuid.New()}
	in.Kind = document.Receipt
	if _, err := o.Add(t.Context(), o.heads[0], in); fault.KindOf(err) != fault.NotFound {
		t.Errorf("an owner whose subject is not there: %v", err)
	}
	if n, m := len(o.files(t)), o.count(t, `SELECT count(*) FROM documents`); n != 2 || m != 1 {
		t.Errorf("%d blobs of %d documents", n, m)
	}
}

func TestAnInspectorsPhotoIsTheirsToTakeBackWhileTheInspectionIsOpen(t *testing.T) {
	o := open(t, "police")
	key := o.add(t, o.inspector, func(in *document.Incoming) {
		in.Owner, in.Kind = document.Owner{Kind: document.OfInspection, ID: uuid.New()}, document.InspectionPhoto
	})
	for name, by := range map[string]identity.Actor{"an officer": o.officer, "the inspector": o.inspector} {
		if _, err := o.Open(t.Context(), by, key, 1); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := o.Open(t.Context(), o.heads[0], key, 1); fault.KindOf(err) != fault.NotFound {
		t.Errorf("the agency, before anybody says that it may: %v", err)
	}
	if err := o.Remove(t.Context(), o.heads[0], key); err == nil {
		t.Error("the agency took it back")
	}
	if err := o.Remove(t.Context(), o.officer, key); err == nil {
		t.Error("another took it back")
	}
	o.visits.open = false
	if err := o.Remove(t.Context(), o.inspector, key); fault.KindOf(err) != fault.Conflict {
		t.Errorf("after it was closed: %v", err)
	}
	o.visits.open = true
	if err := o.Remove(t.Context(), o.inspector, key); err != nil {
		t.Error(err)
	}
}

func TestAPDFIsKeptPageByPage(t *testing.T) {
	o := open(t, "police")
	pdf := []byte("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2>>endobj\n" +
		"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 300]>>endobj\n4 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]>>endobj\ntrailer<</Root 1 0 R/Size 5>>\n%%EOF\n")
	key := o.add(t, o.heads[0], func(in *document.Incoming) { in.Claim, in.Bytes = upload.Claim{Name: "lease.pdf"}, pdf })
	var pages [][]byte
	for n := range 2 {
		page, err := o.Open(t.Context(), o.officer, key, n+1)
		if err != nil || page.Type != upload.JPEG {
			t.Fatal(err)
		}
		pages = append(pages, page.Bytes)
	}
	if bytes.Equal(pages[0], pages[1]) {
		t.Error("two pages are one")
	}
	if _, err := o.Open(t.Context(), o.officer, key, 3); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a third: %v", err)
	}
}
