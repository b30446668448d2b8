package inspection

import (
	"context"
	"slices"

	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// Given is an answer as somebody gave it.
type Given struct {
	Code   string
	Answer Answer // "" leaves the standard for later
	Seen   string
	Danger bool
}

// Sheet is what an inspector saves: answers, and the revision that they saw when
// they began.
type Sheet struct {
	Revision int
	Answers  []Given
}

// Fields of a sheet's faults.
const (
	FieldAnswer = "answer."
	FieldSeen   = "seen."
	FieldDanger = "danger."
)

// Record saves answers. Standards may be left for later; once all are answered
// the inspection is recorded, and stays so. Wrong fields are an Invalid fault at
// "answer.", "seen." and "danger." with the code of the standard. Where somebody
// else saved since that revision, it is a Conflict fault with the code
// inspection.saved_meanwhile, and nothing is written.
func (s *Service) Record(ctx context.Context, actor identity.Actor, key uuid.UUID, sheet Sheet) error {
	return s.move(ctx, actor, authority.InspectionRecord, key, "recorded", func(tx postgres.Tx, i Inspection) error {
		if !i.Open() {
			return fault.New(fault.Conflict, "inspection.moved_on")
		}
		if err := ofTeam(tx, actor, key); err != nil {
			return err
		}
		if sheet.Revision != i.Revision {
			return fault.New(fault.Conflict, "inspection.saved_meanwhile")
		}
		lines, err := linesOf(tx, i)
		if err != nil {
			return err
		}
		given, err := sheet.read(lines)
		if err != nil {
			return err
		}
		all := put(lines, given)
		to := Recorded
		if at := slices.IndexFunc(all, func(l Line) bool { return l.Answer == "" }); at >= 0 {
			if i.Status == Recorded { // a standard was added for that day since
				return fault.Field(FieldAnswer+all[at].Code, "inspection.answer_first")
			}
			to = Visited
		}
		return save(tx, actor, i, to, all, s.Clock.Now())
	})
}

// read checks what was given against what is asked.
func (sheet Sheet) read(asked []Line) (map[string]Given, error) {
	wrong := fault.Fields{}
	given := map[string]Given{}
	for _, g := range sheet.Answers {
		at := slices.IndexFunc(asked, func(l Line) bool { return l.Code == g.Code })
		if at < 0 {
			return nil, fault.Field(FieldAnswer+g.Code, "form.choice")
		}
		var long string
		g.Seen, long = text(g.Seen, maxSeen, g.Answer == NotMet)
		switch {
		case g.Answer == "" && asked[at].Answer != "":
			wrong[FieldAnswer+g.Code] = "inspection.answer_stays"
		case g.Answer == "" && (g.Seen != "" || g.Danger):
			wrong[FieldAnswer+g.Code] = "inspection.answer_first"
		case g.Answer != "" && !slices.Contains(Answers(), g.Answer):
			wrong[FieldAnswer+g.Code] = "inspection.answer_first"
		}
		switch long {
		case "form.required":
			wrong[FieldSeen+g.Code] = "inspection.seen_needed"
		case "inspection.too_long":
			wrong[FieldSeen+g.Code] = long
		}
		if g.Danger && g.Answer != "" && (g.Answer != NotMet || asked[at].Weight != Critical) {
			wrong[FieldDanger+g.Code] = "inspection.danger_only"
		}
		if g.Answer != "" {
			given[g.Code] = g
		}
	}
	return given, fault.FromFields(wrong)
}

// put lays the answers over the lines.
func put(lines []Line, given map[string]Given) []Line {
	all := slices.Clone(lines)
	for n, l := range all {
		if g, answered := given[l.Code]; answered {
			all[n].Answer, all[n].Seen, all[n].Danger = g.Answer, g.Seen, g.Danger
		}
	}
	return all
}
