package complaint

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

type complaintRow struct {
	ID            uuid.UUID
	NonceHash     []byte
	ReceiptHash   []byte
	FiledAt       time.Time
	Status        Status
	Language      string
	Channel       string
	About         About
	FirstHand     bool
	DangerNow     bool
	MissingPerson bool
	NeverDeparted bool
	Minor         bool
	Official      bool
	AgencyID      *uuid.UUID
	AgencyToken   string
	EmployerToken string
	BrokerToken   string
	ReporterToken string
	TextSignature int64
	RegistryMatch bool
	Country       *string
	HappenedOn    *time.Time
	Departed      *bool
	FeeUSD        *int `gorm:"column:fee_usd"`
	DebtUSD       *int `gorm:"column:debt_usd"`
	WageUSD       *int `gorm:"column:wage_usd"`
	WhoMayAct     textArray
	TypedBy       *uuid.UUID
}

type itemRow struct {
	Item       seal.Item
	Schema     int
	Slot       int64 // of its shred key
	Ciphertext []byte
	// ShreddedAt is when it was deleted, by the rule Policy; nil while it is kept.
	ShreddedAt *time.Time
	Policy     string
}

type envelopeRow struct {
	Recipient, KeyID string
	Items            []seal.Item
	Envelope         []byte
}

func newRow(c Complaint, t traces, nonceHash, receiptHash []byte) complaintRow {
	row := complaintRow{
		ID: c.id, NonceHash: nonceHash, ReceiptHash: receiptHash, FiledAt: c.at, Status: Received,
		Language: c.in.Language, Channel: "web", About: c.in.About, FirstHand: c.in.About == AboutSelf,
		DangerNow: c.in.Safe == InDanger, MissingPerson: c.in.MissingPerson, NeverDeparted: c.in.NeverDeparted,
		Minor: c.in.Minor, Official: c.in.Official,
		AgencyToken: string(t.agency), EmployerToken: string(t.employer), BrokerToken: string(t.broker),
		ReporterToken: string(t.reporter),
		TextSignature: int64(t.signature), // #nosec G115 -- the bits, not the number
		RegistryMatch: t.registryMatch, HappenedOn: c.in.HappenedOn.date(), Departed: c.departed(),
		FeeUSD: c.in.FeeUSD, DebtUSD: c.in.DebtUSD, WageUSD: c.in.WageUSD, WhoMayAct: toArray(c.in.MayAct),
	}
	if t.agencyID != uuid.Nil {
		row.AgencyID = &t.agencyID
	}
	if c.in.Country != "" {
		row.Country = &c.in.Country
	}
	if c.typedBy != uuid.Nil {
		row.Channel, row.TypedBy = "desk", &c.typedBy
	}
	return row
}

// insertComplaint returns false when the form was already sent. A sending at
// the same moment waits for the first to end.
func insertComplaint(tx postgres.Tx, row complaintRow) (bool, error) {
	res := tx.Gorm().Table("complaints").Clauses(clause.OnConflict{DoNothing: true}).Create(&row)
	if errors.Is(res.Error, gorm.ErrForeignKeyViolated) {
		return false, fault.Field("agency_id", "form.choice")
	}
	return res.RowsAffected == 1, res.Error
}

func insertParts(tx postgres.Tx, c Complaint, shut closed) error {
	for indicator, phases := range c.in.Indicators {
		if len(phases) == 0 {
			phases = []Phase{PhaseUnsaid}
		}
		for _, phase := range phases {
			err := tx.Gorm().Exec(`INSERT INTO complaint_indicators (complaint_id, indicator, phase) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
				c.id, indicator, phase).Error
			if err != nil {
				return fmt.Errorf("insert indicator: %w", err)
			}
		}
	}
	for _, item := range shut.items {
		err := tx.Gorm().Exec(`INSERT INTO complaint_items (complaint_id, item, schema, slot, ciphertext) VALUES (?, ?, ?, ?, ?)`,
			c.id, item.Item, item.Schema, item.Slot, item.Ciphertext).Error
		if err != nil {
			return fmt.Errorf("insert item: %w", err)
		}
	}
	if err := insertReading(tx, c, shut); err != nil {
		return err
	}
	if err := insertDisclosures(tx, c.id, shut.disclosures); err != nil {
		return err
	}
	for _, e := range shut.envelopes {
		err := tx.Gorm().Exec(`INSERT INTO complaint_envelopes (complaint_id, recipient, key_id, items, envelope) VALUES (?, ?, ?, ?, ?)`,
			c.id, e.Recipient, e.KeyID, toArray(e.Items), e.Envelope).Error
		if err != nil {
			return fmt.Errorf("insert envelope: %w", err)
		}
	}
	return nil
}

// insertDisclosures leaves a reason that was recorded before as it is.
func insertDisclosures(tx postgres.Tx, complaint uuid.UUID, all []disclosure) error {
	for _, d := range all {
		err := tx.Gorm().Exec(`INSERT INTO complaint_disclosures (complaint_id, person, recipient, basis, given_at) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT DO NOTHING`, complaint, d.Person, d.Recipient, d.Basis, d.GivenAt).Error
		if err != nil {
			return fmt.Errorf("insert disclosure: %w", err)
		}
	}
	return nil
}

func findByNonce(tx postgres.Tx, nonceHash []byte) (Filed, error) {
	var row complaintRow
	res := tx.Gorm().Raw(`SELECT id, filed_at FROM receipt_nonce(nonce => ?)`, nonceHash).Scan(&row)
	if res.Error == nil && res.RowsAffected != 1 {
		// The receipt is taken by another form: nobody draws the same by chance.
		return Filed{}, fault.New(fault.Conflict, "problem.conflict")
	}
	return Filed{ID: row.ID, FiledAt: row.FiledAt, Again: true}, res.Error
}

// lockStatus reads the status for a move. It asks for no more than a move needs:
// a finding holds its evidence by a key share, and two who hold the same would
// wait for each other over a lock that excludes it.
func lockStatus(tx postgres.Tx, id uuid.UUID) (Status, error) {
	var status string // gorm scans no named type
	res := tx.Gorm().Raw(`SELECT status FROM complaints WHERE id = ? FOR NO KEY UPDATE`, id).Scan(&status)
	if res.Error == nil && res.RowsAffected == 0 {
		return "", fault.New(fault.NotFound, "problem.not_found")
	}
	return Status(status), res.Error
}

func updateStatus(tx postgres.Tx, id uuid.UUID, to Status) error {
	res := tx.Gorm().Exec(`UPDATE complaints SET status = ? WHERE id = ?`, to, id)
	if res.Error == nil && res.RowsAffected != 1 {
		return fmt.Errorf("update status: %d rows", res.RowsAffected)
	}
	return res.Error
}

// textArray is a PostgreSQL text[] in its literal form; gorm would spread a
// slice over several placeholders. Only words of the code go into it.
type textArray string

func toArray[T ~string](values []T) textArray {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = string(v)
	}
	return textArray("{" + strings.Join(words, ",") + "}")
}
