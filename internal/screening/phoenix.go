package screening

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/pattern"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// phoenixRule names the finding that an applicant shares much with an agency that
// lost its licence. It weighs beside complaints and escalates nothing alone: hence
// its grade, and hence no alert of its own.
const phoenixRule = "phoenix"

// Phoenix records what a fitness check found, once for each check, within its
// transaction. score is in tenths.
func Phoenix(tx postgres.Tx, agency, check uuid.UUID, score int, now time.Time) error {
	day := dayOf(now)
	f := pattern.Finding{
		Rule: phoenixRule, Version: 1, Subject: pattern.Subject{Kind: pattern.Agency, Key: agency.String()}, WindowFrom: day, WindowTo: day,
		Grade: pattern.Watch, Score: float64(score) / 10, Evidence: []string{check.String()},
		Reason: pattern.Reason{Key: "finding.phoenix", Args: map[string]string{}}, Benign: "finding.phoenix.benign",
	}
	reason, err := json.Marshal(reasonOf(f))
	if err != nil {
		return fmt.Errorf("write reason: %w", err)
	}
	key, added, err := insertFinding(tx, findingRow{
		ID: id.New(), Audience: police, Finding: f, Reason: string(reason), EvidenceSum: evidenceSum(f.Evidence), FoundAt: now,
	})
	if err != nil || !added {
		return err
	}
	return audit.Record(tx, audit.Entry{Actor: actor(), Action: "finding.record", ObjectKind: "finding", ObjectID: key})
}
