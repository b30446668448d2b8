package agency

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// entering is the lock that batches take in turn.
const entering = 7203147

func lockEntering(tx postgres.Tx) error {
	return tx.Gorm().Exec(`SELECT pg_advisory_xact_lock(?)`, entering).Error
}

func findKnown(tx postgres.Tx, entries []numbered) (map[string]known, error) {
	var rows []known
	found := map[string]known{}
	if len(entries) == 0 {
		return found, nil
	}
	err := scanListed(tx, &rows, keysOf(entries), `
		SELECT a.id, a.source, a.source_key, a.fingerprint, coalesce(l.number, '') AS number
		FROM wanted w JOIN agencies a ON a.source = @of AND a.source_key = w.value
		LEFT JOIN licences l ON l.agency_id = a.id`, entries[0].entry.Source)
	for _, r := range rows {
		found[r.SourceKey] = r
	}
	return found, err
}

// findHolders tells which agencies hold the licence numbers that the entries
// name.
func findHolders(tx postgres.Tx, entries []numbered) (map[string]uuid.UUID, error) {
	var numbers []string
	for _, n := range entries {
		if n.entry.LicenceNo != "" {
			numbers = append(numbers, n.entry.LicenceNo)
		}
	}
	var rows []struct {
		Number   string
		AgencyID uuid.UUID
	}
	err := scanListed(tx, &rows, numbers, `SELECT DISTINCT l.number, l.agency_id FROM wanted w JOIN licences l ON l.number = w.value`, "")
	holders := map[string]uuid.UUID{}
	for _, r := range rows {
		holders[r.Number] = r.AgencyID
	}
	return holders, err
}

func findSlugs(tx postgres.Tx, wanted []string) (map[string]bool, error) {
	var rows []string
	err := scanListed(tx, &rows, wanted, `SELECT DISTINCT a.slug FROM wanted w JOIN agencies a ON a.slug = w.value`, "")
	taken := map[string]bool{}
	for _, s := range rows {
		taken[s] = true
	}
	return taken, err
}

func keysOf(entries []numbered) []string {
	keys := make([]string, len(entries))
	for i, n := range entries {
		keys[i] = n.entry.Key
	}
	return keys
}

// scanListed joins the statement to the list, which it calls wanted(value). The
// list is one parameter: PostgreSQL compares a long IN of parameters with every
// row in turn.
func scanListed(tx postgres.Tx, into any, list []string, statement, of string) error {
	if len(list) == 0 {
		return nil
	}
	text, err := json.Marshal(list)
	if err != nil {
		return err
	}
	statement = `WITH wanted AS (SELECT value FROM json_array_elements_text(@list)) ` + statement
	return tx.Gorm().Raw(statement, map[string]any{"list": string(text), "of": of}).Scan(into).Error
}

// agencyRow is a row of agencies as JSON: one parameter for a whole batch,
// whatever its size.
type agencyRow struct {
	ID          uuid.UUID `json:"id"`
	Slug        string    `json:"slug"`
	Source      string    `json:"source"`
	SourceKey   string    `json:"source_key"`
	NameLatin   string    `json:"name_latin"`
	NameLocal   string    `json:"name_local"`
	State       State     `json:"state"`
	Year        *int      `json:"valid_since_year"`
	District    string    `json:"district"`
	Address     string    `json:"address"`
	Kinds       []string  `json:"kinds"`
	Fingerprint string    `json:"fingerprint"`
}

func agencyRows(entries []placed) []agencyRow {
	rows := make([]agencyRow, len(entries))
	for i, p := range entries {
		rows[i] = agencyRow{
			ID: p.id, Slug: p.slug, Source: p.Source, SourceKey: p.Key, NameLatin: p.NameLatin, NameLocal: p.NameLocal,
			State: p.State, District: p.District, Address: p.Address, Kinds: p.Kinds, Fingerprint: p.Fingerprint,
		}
		if p.ValidSinceYear != 0 {
			rows[i].Year = &p.ValidSinceYear
		}
	}
	return rows
}

const agencyColumns = `id uuid, slug text, source text, source_key text, name_latin text, name_local text, state text,
	valid_since_year integer, district text, address text, kinds text[], fingerprint text`

func insertAgencies(tx postgres.Tx, fresh []placed, now time.Time) error {
	return execRows(tx, agencyRows(fresh), `
		INSERT INTO agencies (id, slug, source, source_key, name_latin, name_local, state, valid_since_year, district, address, kinds, fingerprint, created_at, updated_at)
		SELECT id, slug, source, source_key, name_latin, name_local, state, valid_since_year, district, address, kinds, fingerprint, CAST(@now AS timestamptz), CAST(@now AS timestamptz)
		FROM json_to_recordset(@rows) AS r(`+agencyColumns+`)`, now)
}

// updateAgencies leaves the state alone: the licensing desk may have set it
// since.
func updateAgencies(tx postgres.Tx, changed []placed, now time.Time) error {
	rows := agencyRows(changed)
	err := execRows(tx, rows, `
		UPDATE agencies a
		SET name_latin = r.name_latin, name_local = r.name_local, valid_since_year = r.valid_since_year, district = r.district,
		    address = r.address, kinds = r.kinds, fingerprint = r.fingerprint, updated_at = CAST(@now AS timestamptz)
		FROM json_to_recordset(@rows) AS r(`+agencyColumns+`) WHERE a.id = r.id`, now)
	if err != nil {
		return err
	}
	for _, table := range []string{"agency_names", "agency_contacts"} {
		err := execRows(tx, rows, `DELETE FROM `+table+` WHERE agency_id IN (SELECT id FROM json_to_recordset(@rows) AS r(id uuid))`, now)
		if err != nil && !errors.Is(err, errNotAll) {
			return err
		}
	}
	return nil
}

func insertDetails(tx postgres.Tx, entries []placed) error {
	type nameRow struct {
		AgencyID uuid.UUID `json:"agency_id"`
		spelling
	}
	type contactRow struct {
		AgencyID uuid.UUID `json:"agency_id"`
		contact
	}
	type licenceRow struct {
		AgencyID uuid.UUID `json:"agency_id"`
		Number   string    `json:"number"`
	}
	var (
		names    []nameRow
		contacts []contactRow
		licences []licenceRow
	)
	for _, p := range entries {
		for _, n := range p.Names {
			names = append(names, nameRow{p.id, n})
		}
		for _, c := range p.Contacts {
			contacts = append(contacts, contactRow{p.id, c})
		}
		if p.LicenceNo != "" && p.number == "" {
			licences = append(licences, licenceRow{p.id, p.LicenceNo})
		}
	}
	err := execRows(tx, names, `
		INSERT INTO agency_names (agency_id, position, name, folded, skeleton, bigrams)
		SELECT agency_id, position, name, folded, skeleton, bigrams
		FROM json_to_recordset(@rows) AS r(agency_id uuid, position integer, name text, folded text, skeleton text, bigrams text[])`, time.Time{})
	if err != nil {
		return err
	}
	err = execRows(tx, contacts, `
		INSERT INTO agency_contacts (agency_id, kind, position, shown, key, digits, token)
		SELECT agency_id, kind, position, shown, key, digits, token
		FROM json_to_recordset(@rows) AS r(agency_id uuid, kind text, position integer, shown text, key text, digits text, token text)`, time.Time{})
	if err != nil {
		return err
	}
	return execRows(tx, licences, `
		INSERT INTO licences (agency_id, number) SELECT agency_id, number
		FROM json_to_recordset(@rows) AS r(agency_id uuid, number text)`, time.Time{})
}

var errNotAll = fmt.Errorf("not every row was written")

// execRows runs the statement over rows, given to it as JSON, and checks that
// it touched as many.
func execRows[R any](tx postgres.Tx, rows []R, statement string, now time.Time) error {
	if len(rows) == 0 {
		return nil
	}
	text, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	res := tx.Gorm().Exec(statement, map[string]any{"rows": string(text), "now": now})
	if res.Error == nil && res.RowsAffected != int64(len(rows)) {
		return errNotAll
	}
	return res.Error
}

// describeAgency leaves the names and contacts to be written anew.
func describeAgency(tx postgres.Tx, agency uuid.UUID, p Public, now time.Time) error {
	res := tx.Gorm().Exec(`UPDATE agencies SET name_latin = ?, name_local = ?, district = ?, address = ?, updated_at = ? WHERE id = ?`,
		p.NameLatin, p.NameLocal, p.District, p.Address, now, agency)
	if res.Error == nil && res.RowsAffected != 1 {
		return errNotAll
	}
	if res.Error != nil {
		return res.Error
	}
	if err := tx.Gorm().Exec(`DELETE FROM agency_names WHERE agency_id = ?`, agency).Error; err != nil {
		return err
	}
	return tx.Gorm().Exec(`DELETE FROM agency_contacts WHERE agency_id = ? AND kind <> 'fax'`, agency).Error
}
