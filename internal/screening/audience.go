package screening

import (
	"slices"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/pattern"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// audience is for whom a pattern is looked for. Each is told of what it may
// know as if there were nothing else: what is hidden from it changes no fact,
// no count, no finding and no alert of its own.
type audience string

// The audiences, as findings and alerts have them.
const (
	police    audience = "police"
	oversight audience = "oversight"
)

func audiences() []audience { return []audience{police, oversight} }

func (a audience) unit() identity.UnitKind {
	if a == oversight {
		return identity.UnitOversight
	}
	return identity.UnitPolice
}

// concerns tells whether the complaint is weighed for the audience: for police
// unless it is hidden from them, and for the oversight body where police cannot
// see the whole, because something about the same subjects is hidden from them.
func (n named) concerns(tx postgres.Tx, at audience, historyDays int) (bool, error) {
	if n.Hidden[at] {
		return false, nil
	}
	if at == police {
		return true, nil
	}
	if n.Hidden[police] {
		return true, nil
	}
	return anyHidden(tx, n, historyDays)
}

// part keeps of the findings what is this audience's to hear: the oversight
// body hears of what police could not find by themselves.
func (k known) part(findings []pattern.Finding) []pattern.Finding {
	if k.at == police {
		return findings
	}
	return slices.DeleteFunc(findings, func(f pattern.Finding) bool {
		return !slices.ContainsFunc(f.Evidence, func(key string) bool { return k.rows[uuid.MustParse(key)].PoliceExcluded })
	})
}
