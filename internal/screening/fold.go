package screening

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
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

// fold asks the rules about one subject, stores what is new and folds it into
// the subject's open alert. It gives what to hand to investigators when the
// alert rose to amber or to red by it, and nil otherwise: an equal or a lower
// grade is silent.
func fold(tx postgres.Tx, k known, rules []pattern.Tuned, now time.Time) (*escalation.Raising, error) {
	all, fresh, err := store(tx, pattern.Evaluate(k.facts, rules), now)
	if err != nil || len(fresh) == 0 {
		return nil, err
	}
	before, err := openAlert(tx, k.facts.Subject)
	if err != nil {
		return nil, err
	}
	highest := alertRow{ID: id.New()}
	for _, f := range fresh {
		if rank(f.Grade) > rank(highest.Grade) {
			highest.Grade = f.Grade
		}
		highest.Score = max(highest.Score, f.Score)
	}
	if err := upsertAlert(tx, k.facts.Subject, highest, now); err != nil {
		return nil, err
	}
	after, err := openAlert(tx, k.facts.Subject)
	if err != nil {
		return nil, err
	}
	for _, f := range fresh {
		if err := insertAlertFinding(tx, after.ID, f.id); err != nil {
			return nil, err
		}
	}
	if rank(after.Grade) == rank(before.Grade) {
		return nil, nil
	}
	if err := auditAlert(tx, before, after); err != nil || after.Grade == pattern.Watch {
		return nil, err
	}
	return freeze(k, after, all), nil
}

func auditAlert(tx postgres.Tx, before, after alertRow) error {
	action := "alert.rise"
	if before.ID == uuid.Nil {
		action = "alert.open"
	}
	return audit.Record(tx, audit.Entry{Actor: actor(), Action: action, ObjectKind: "alert", ObjectID: after.ID})
}

// store writes findings down. fresh are those that nobody found before.
func store(tx postgres.Tx, findings []pattern.Finding, now time.Time) (all, fresh []found, err error) {
	for _, f := range findings {
		reason, err := json.Marshal(reasonOf(f))
		if err != nil {
			return nil, nil, fmt.Errorf("write reason: %w", err)
		}
		key, added, err := insertFinding(tx, findingRow{
			ID: id.New(), Finding: f, Reason: string(reason), EvidenceSum: evidenceSum(f.Evidence), FoundAt: now,
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
