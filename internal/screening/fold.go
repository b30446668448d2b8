package screening

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/escalation"
	"github.com/fairpassage/portal/internal/pattern"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// found is a finding as it stands in the record.
type found struct {
	id uuid.UUID
	pattern.Finding
}

func rank(g pattern.Grade) int {
	switch g {
	case pattern.Watch:
		return 1
	case pattern.Amber:
		return 2
	case pattern.Red:
		return 3
	}
	return 0
}

// folded is what one subject's new findings mean for investigators: an alert
// that rose, or complaints that joined one which had risen before.
type folded struct {
	rise   *escalation.Raising
	alert  uuid.UUID
	joined []uuid.UUID
	of     known
}

// complaints lists all that investigators will see.
func (f folded) complaints() []uuid.UUID {
	if f.rise != nil {
		return f.rise.Complaints
	}
	return f.joined
}

// told lists those of them of which it is noted that investigators have them. A
// note that oversight has one is for those alone that police cannot see: on
// another it would tell police that there is more.
func (f folded) told() []uuid.UUID {
	all := f.complaints()
	if f.of.at == police {
		return all
	}
	return slices.DeleteFunc(slices.Clone(all), func(key uuid.UUID) bool { return !f.of.rows[key].PoliceExcluded })
}

// fold asks the rules about one subject, stores what is new and folds it into
// the subject's open alert. An equal or a lower grade raises nothing.
func fold(tx postgres.Tx, k known, rules []pattern.Tuned, now time.Time) (folded, error) {
	all, fresh, err := store(tx, k.at, k.part(pattern.Evaluate(k.facts, rules)), now)
	if err != nil || len(fresh) == 0 {
		return folded{}, err
	}
	before, err := openAlert(tx, k.facts.Subject, k.at)
	if err != nil {
		return folded{}, err
	}
	highest := alertRow{ID: id.New()}
	for _, f := range fresh {
		if rank(f.Grade) > rank(highest.Grade) {
			highest.Grade = f.Grade
		}
		highest.Score = max(highest.Score, f.Score)
	}
	if err := upsertAlert(tx, k.facts.Subject, k.at, highest, now); err != nil {
		return folded{}, err
	}
	after, err := openAlert(tx, k.facts.Subject, k.at)
	if err != nil {
		return folded{}, err
	}
	for _, f := range fresh {
		if err := insertAlertFinding(tx, after.ID, f.id); err != nil {
			return folded{}, err
		}
	}
	if rank(after.Grade) > rank(before.Grade) {
		if err := auditAlert(tx, before, after); err != nil {
			return folded{}, err
		}
	}
	switch {
	case after.Grade == pattern.Watch:
		return folded{}, nil
	case rank(after.Grade) == rank(before.Grade):
		joined, err := evidenceOf(fresh)
		return folded{alert: after.ID, joined: joined, of: k}, err
	}
	return folded{rise: freeze(k, after, all), of: k}, nil
}

// evidenceOf lists the complaints of findings, each once.
func evidenceOf(findings []found) (all []uuid.UUID, err error) {
	for _, f := range findings {
		for _, text := range f.Evidence {
			key, err := uuid.Parse(text)
			if err != nil {
				return nil, fmt.Errorf("read evidence: %w", err)
			}
			if !slices.Contains(all, key) {
				all = append(all, key)
			}
		}
	}
	return all, nil
}

func auditAlert(tx postgres.Tx, before, after alertRow) error {
	action := "alert.rise"
	if before.ID == uuid.Nil {
		action = "alert.open"
	}
	return audit.Record(tx, audit.Entry{Actor: actor(), Action: action, ObjectKind: "alert", ObjectID: after.ID})
}

// store writes findings down. fresh are those that nobody found before.
func store(tx postgres.Tx, at audience, findings []pattern.Finding, now time.Time) (all, fresh []found, err error) {
	for _, f := range findings {
		reason, err := json.Marshal(reasonOf(f))
		if err != nil {
			return nil, nil, fmt.Errorf("write reason: %w", err)
		}
		key, added, err := insertFinding(tx, findingRow{
			ID: id.New(), Audience: at, Finding: f, Reason: string(reason), EvidenceSum: evidenceSum(f.Evidence), FoundAt: now,
		})
		if err != nil {
			return nil, nil, err
		}
		all = append(all, found{key, f})
		if !added {
			continue
		}
		fresh = append(fresh, found{key, f})
		err = audit.Record(tx, audit.Entry{Actor: actor(), Action: "finding.record", ObjectKind: "finding", ObjectID: key})
		if err != nil {
			return nil, nil, err
		}
	}
	return all, fresh, nil
}

// reason is what findings.reason holds: the sentence and its numbers, and the
// sentence of the honest explanations to check first.
type reason struct {
	Key    string            `json:"key"`
	Args   map[string]string `json:"args"`
	Benign string            `json:"benign"`
}

func reasonOf(f pattern.Finding) reason {
	return reason{Key: f.Reason.Key, Args: f.Reason.Args, Benign: f.Benign}
}

// evidenceSum is the same for the same complaints; findings list them sorted.
func evidenceSum(evidence []string) string {
	sum := sha256.Sum256([]byte(strings.Join(evidence, "\n")))
	return hex.EncodeToString(sum[:])
}
