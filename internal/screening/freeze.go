package screening

import (
	"maps"
	"slices"
	"strconv"

	"github.com/fairpassage/portal/internal/escalation"
	"github.com/fairpassage/portal/internal/pattern"
	"github.com/google/uuid"
)

// freeze writes down why an alert is handed over, as it stands now: the
// findings that are amber or red (what is only watched stays inside), and of
// their complaints the coarse answers. No token, name or story goes into it.
func freeze(k known, alert alertRow, all []found) *escalation.Raising {
	var findings []found
	evidence := map[string]bool{}
	for _, f := range all {
		if f.Grade == pattern.Watch {
			continue
		}
		findings = append(findings, f)
		for _, complaint := range f.Evidence {
			evidence[complaint] = true
		}
	}
	out := &escalation.Raising{
		To: k.at.unit(), AlertID: alert.ID, Grade: escalation.Grade(alert.Grade),
		SubjectKind: string(k.facts.Subject.Kind), SubjectKey: k.facts.Subject.Key,
	}
	tellers := map[string]bool{}
	for _, c := range k.facts.Complaints {
		if evidence[c.ID] {
			tellers[c.Voice] = true
		}
	}
	for _, key := range slices.Sorted(maps.Keys(evidence)) {
		row := k.rows[uuid.MustParse(key)] // evidence names complaints of the facts
		out.Complaints = append(out.Complaints, row.ID)
		out.Pattern.Voices = append(out.Pattern.Voices, row.voice())
		if row.FirstHand {
			out.Pattern.Counts.FirstHand++
		}
	}
	out.Pattern.Counts.Complaints = len(out.Complaints)
	out.Pattern.Counts.Reporters = len(tellers)
	from, to := findings[0].WindowFrom, findings[0].WindowTo
	for _, f := range findings {
		from, to = min(from, f.WindowFrom), max(to, f.WindowTo)
		out.Pattern.Findings = append(out.Pattern.Findings, k.frozen(f))
	}
	out.Pattern.From, out.Pattern.To = from.Time(), to.Time()
	return out
}

// frozen tells a finding in three sentences: what was found, how much of it
// the placement register bears out, and what honest explanations to check.
func (k known) frozen(f found) escalation.Finding {
	registered := 0
	for _, key := range f.Evidence {
		if k.rows[uuid.MustParse(key)].RegistryMatch {
			registered++
		}
	}
	args := map[string]any{}
	for name, value := range f.Reason.Args {
		args[name] = value
	}
	return escalation.Finding{
		ID: f.id, Rule: f.Rule, Version: f.Version, Grade: string(f.Grade), Score: f.Score,
		From: f.WindowFrom.Time(), To: f.WindowTo.Time(),
		Reasons: []escalation.Reason{
			{Key: f.Reason.Key, Args: args},
			{Key: "finding.registered", Args: map[string]any{
				"Registered": strconv.Itoa(registered), "Complaints": strconv.Itoa(len(f.Evidence)),
			}},
			{Key: f.Benign},
		},
	}
}

// voice is what one complaint said, in coarse answers alone.
func (r complaintRow) voice() escalation.Voice {
	v := escalation.Voice{
		ComplaintID: r.ID, Day: dayOf(r.FiledAt).Time(), Country: r.Country, Indicators: []string{},
		FirstHand: r.FirstHand, DangerNow: r.DangerNow, MissingPerson: r.MissingPerson, Minor: r.Minor, PoliceMay: r.PoliceMay,
	}
	for _, said := range r.fact().Said {
		v.Indicators = append(v.Indicators, string(said.Indicator))
	}
	v.Indicators = slices.Compact(v.Indicators) // sorted by the statement
	return v
}
