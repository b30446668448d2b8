package document

import (
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/upload"
	"github.com/google/uuid"
)

func insertDocument(tx postgres.Tx, d Document) error {
	return tx.Gorm().Exec(`
		INSERT INTO documents (id, agency_id, owner_kind, owner_id, kind, media_type, size, sha256, pages, view, scan, expires_on, uploaded_by, uploaded_at)
		VALUES (@id, @agency, @owner_kind, @owner, @kind, @type, @size, @sha, NULLIF(@pages, 0), @view, @scan, CAST(@expires AS date), @by, @at)`,
		map[string]any{
			"id": d.ID, "agency": d.AgencyID, "owner_kind": string(d.Owner.Kind), "owner": d.Owner.ID, "kind": d.Kind, "type": string(d.Type), "size": d.Size,
			"sha": d.SHA256, "pages": d.Pages, "view": string(d.View), "scan": string(d.Scan), "expires": day(d.ExpiresOn), "by": d.UploadedBy, "at": d.UploadedAt,
		}).Error
}

func day(at time.Time) *string {
	if at.IsZero() {
		return nil
	}
	text := at.Format(time.DateOnly)
	return &text
}

type partRow struct {
	Name    string
	Slot    int64 // of its shred key
	Blob    string
	Wrapped []byte // its data key, by the ring
	Pin     []byte
}

func insertPart(tx postgres.Tx, doc uuid.UUID, p part) error {
	err := tx.Gorm().Exec(`INSERT INTO document_parts (document_id, part, slot, blob, wrapped, pin) VALUES (@id, @part, @slot, @blob, @wrapped, @pin)`,
		map[string]any{"id": doc, "part": p.Name, "slot": p.Slot, "blob": p.Blob, "wrapped": p.Wrapped, "pin": p.Pin}).Error
	if err != nil || p.sealed == nil {
		return err
	}
	return tx.Gorm().Exec(`INSERT INTO document_envelopes (document_id, recipient, key_id, envelope) VALUES (@id, @desk, @key, @envelope)`,
		map[string]any{"id": doc, "desk": p.desk.Name, "key": p.desk.KeyID, "envelope": p.sealed}).Error
}

type agencyRow struct{ NameLatin, NameLocal string }

func findAgency(tx postgres.Tx, agency uuid.UUID) (r agencyRow, err error) {
	res := tx.Gorm().Raw(`SELECT name_latin, name_local FROM agencies WHERE id = ?`, agency).Scan(&r)
	if res.Error == nil && res.RowsAffected == 0 {
		return r, errNotFound()
	}
	return r, res.Error
}

func countOwned(tx postgres.Tx, o Owner) (n int, err error) {
	err = tx.Gorm().Raw(`SELECT count(*) FROM documents WHERE owner_kind = ? AND owner_id = ? AND removed_at IS NULL`, string(o.Kind), o.ID).Scan(&n).Error
	return n, err
}

type row struct {
	ID, AgencyID        uuid.UUID
	OwnerKind           OwnerKind
	OwnerID             uuid.UUID
	Kind                string
	MediaType           upload.Type
	Size, Pages         int
	SHA256              []byte `gorm:"column:sha256"`
	View                upload.Viewable
	Scan                upload.Scanned
	ExpiresOn           *time.Time
	UploadedBy          uuid.UUID
	Name                string
	UploadedAt          time.Time
	RemovedAt, ErasedAt *time.Time
	Apart               bool
}

const columns = `d.id, d.agency_id, d.owner_kind, d.owner_id, d.kind, d.media_type, d.size, coalesce(d.pages, 0) AS pages, d.sha256, d.view, d.scan,
	d.expires_on, d.uploaded_by, d.uploaded_at, d.removed_at, d.erased_at`

func (r row) document() Document {
	return Document{
		ID: r.ID, AgencyID: r.AgencyID, Owner: Owner{r.OwnerKind, r.OwnerID}, Kind: r.Kind, Type: r.MediaType, Size: r.Size, SHA256: r.SHA256, Pages: r.Pages,
		View: r.View, Scan: r.Scan, ExpiresOn: value(r.ExpiresOn), UploadedBy: r.UploadedBy, By: r.Name, UploadedAt: r.UploadedAt,
		RemovedAt: value(r.RemovedAt), ErasedAt: value(r.ErasedAt), Apart: r.Apart,
	}
}

func value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

func documents(tx postgres.Tx, query string, args ...any) (all []Document, err error) {
	var rows []row
	err = tx.Gorm().Raw(query, args...).Scan(&rows).Error
	for _, r := range rows {
		all = append(all, r.document())
	}
	return all, err
}

func findDocument(tx postgres.Tx, key uuid.UUID) (Document, error) {
	all, err := documents(tx, `
		SELECT `+columns+`, coalesce(p.name, '') AS name, o.wrapped IS NULL AS apart
		FROM documents d LEFT JOIN people p ON p.id = d.uploaded_by LEFT JOIN document_parts o ON o.document_id = d.id AND o.part = 'original'
		WHERE d.id = ?`, key)
	if err == nil && len(all) == 0 {
		return Document{}, errNotFound()
	}
	if err != nil {
		return Document{}, err
	}
	return all[0], nil
}

func findOwned(tx postgres.Tx, o Owner) ([]Document, error) {
	return documents(tx, `
		SELECT `+columns+`, coalesce(p.name, '') AS name FROM documents d LEFT JOIN people p ON p.id = d.uploaded_by
		WHERE d.owner_kind = ? AND d.owner_id = ? AND d.removed_at IS NULL ORDER BY d.uploaded_at DESC, d.id`, string(o.Kind), o.ID)
}

func findRemoved(tx postgres.Tx, o Owner) ([]Document, error) {
	return documents(tx, `
		SELECT `+columns+`, coalesce(p.name, '') AS name FROM documents d LEFT JOIN people p ON p.id = d.uploaded_by
		WHERE d.owner_kind = ? AND d.owner_id = ? AND d.removed_at IS NOT NULL ORDER BY d.removed_at DESC, d.id LIMIT 100`, string(o.Kind), o.ID)
}

func findExpiring(tx postgres.Tx, from, until time.Time) ([]Document, error) {
	return documents(tx, `
		SELECT `+columns+` FROM documents d
		WHERE d.expires_on BETWEEN CAST(? AS date) AND CAST(? AS date) AND d.removed_at IS NULL ORDER BY d.expires_on, d.id`,
		from.Format(time.DateOnly), until.Format(time.DateOnly))
}

func findPart(tx postgres.Tx, doc uuid.UUID, name string) (p partRow, err error) {
	res := tx.Gorm().Raw(`SELECT part AS name, blob, wrapped FROM document_parts WHERE document_id = ? AND part = ?`, doc, name).Scan(&p)
	if res.Error == nil && res.RowsAffected == 0 {
		return p, errNotFound()
	}
	return p, res.Error
}

func findSlot(tx postgres.Tx, doc uuid.UUID, name string) (slot int64, err error) {
	err = tx.Gorm().Raw(`SELECT slot FROM document_parts WHERE document_id = ? AND part = ?`, doc, name).Scan(&slot).Error
	return slot, err
}

// markRemoved reports false where it was removed before, or is not the actor's.
func markRemoved(tx postgres.Tx, key, by uuid.UUID, at time.Time, pin []byte) (bool, error) {
	res := tx.Gorm().Exec(`UPDATE documents SET removed_by = @by, removed_at = @at, removal_pin = @pin WHERE id = @id AND removed_at IS NULL`,
		map[string]any{"by": by, "at": at, "pin": pin, "id": key})
	return res.RowsAffected == 1, res.Error
}

func one(rows int64, err error) error {
	if err == nil && rows != 1 {
		return fmt.Errorf("changed %d rows, want 1", rows)
	}
	return err
}
