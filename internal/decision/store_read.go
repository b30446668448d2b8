package decision

import (
	"encoding/json"
	"fmt"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// scanned is a line as the record gives it.
type scanned struct {
	Row          row `gorm:"embedded"`
	Proposer     string
	ProposerUnit []byte
	Decider      string
	UnitName     []byte
	UnitKind     identity.UnitKind
}

const lines = `
	SELECT ` + columns + `, p.name AS proposer, pu.name AS proposer_unit, coalesce(b.name, '') AS decider, u.name AS unit_name, u.kind AS unit_kind
	FROM decisions d JOIN people p ON p.id = d.proposed_by JOIN units pu ON pu.id = d.proposed_unit
	JOIN units u ON u.id = d.unit_id LEFT JOIN people b ON b.id = d.decided_by `

func (r scanned) line() (Line, error) {
	l := Line{Decision: r.Row.decision(), Proposer: r.Proposer, Decider: r.Decider, UnitKind: r.UnitKind}
	if err := json.Unmarshal(r.UnitName, &l.Unit); err != nil {
		return Line{}, fmt.Errorf("read unit name: %w", err)
	}
	if err := json.Unmarshal(r.ProposerUnit, &l.ProposerUnit); err != nil {
		return Line{}, fmt.Errorf("read unit name: %w", err)
	}
	return l, nil
}

// list relies on row security for which units' decisions there are.
func list(tx postgres.Tx, by identity.Actor, f Filter) ([]Line, error) {
	where := map[View]string{
		ViewWaiting: `d.state = 'waiting'`,
		ViewMine:    `(d.proposed_by = @person OR d.decided_by = @person)`,
		ViewDecided: `d.state <> 'waiting'`,
	}[f.View]
	if where == "" {
		where = `true`
	}
	var rows []scanned
	err := tx.Gorm().Raw(lines+`
		WHERE `+where+` AND (@kind = '' OR d.kind = @kind)
		ORDER BY d.state <> 'waiting', CASE WHEN d.state = 'waiting' THEN d.proposed_at END, d.decided_at DESC, d.id
		LIMIT @limit OFFSET @offset`,
		map[string]any{"person": by.PersonID, "kind": f.Kind, "limit": PageSize + 1, "offset": f.Page * PageSize}).Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	all := make([]Line, 0, len(rows))
	for _, r := range rows {
		l, err := r.line()
		if err != nil {
			return nil, err
		}
		all = append(all, l)
	}
	return all, nil
}

func get(tx postgres.Tx, key uuid.UUID) (Line, error) {
	var r scanned
	res := tx.Gorm().Raw(lines+` WHERE d.id = ?`, key).Scan(&r)
	if res.Error != nil {
		return Line{}, res.Error
	}
	if res.RowsAffected == 0 {
		return Line{}, errNotFound()
	}
	return r.line()
}
