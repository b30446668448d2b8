package licensing

import (
	"slices"

	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// undoneBy returns the step that an upheld appeal undoes, the zero Step otherwise.
func (s *Service) undoneBy(tx postgres.Tx, step Step) (Step, error) {
	if step.Kind != AppealUpheld {
		return Step{}, nil
	}
	appeal, err := stepOf(tx, step.Of)
	if err != nil {
		return Step{}, err
	}
	return stepOf(tx, appeal.Of)
}

// publish writes the public history, and the state by which the register lists the
// agency. An appeal that is upheld lifts the step that it was about, while that is
// what holds, and nothing else: not what came later, nor what was imposed before and
// is not over. That stands again.
func (s *Service) publish(tx postgres.Tx, step, undone Step) error {
	licence, err := LicenceOf(tx, step.AgencyID)
	if err != nil {
		return err
	}
	var events []Event
	if kind := moves[step.Kind].event; kind != "" {
		events = append(events, Event{Kind: kind, On: step.On, Until: step.Until, StepID: step.ID, Reason: ground(step.Ground)})
	}
	if holds, ok := licence.sanction(s.Today()); ok && undone.ID != uuid.Nil && holds.StepID == undone.ID {
		events = append(events, Event{Kind: EventReinstated, On: step.On, StepID: step.ID})
		gone, err := overturned(tx, step.AgencyID)
		if err != nil {
			return err
		}
		if earlier, ok := licence.without(gone).sanction(s.Today()); ok {
			earlier.On = step.On
			events = append(events, earlier)
		}
	}
	for _, e := range events {
		if err := insertEvent(tx, step.AgencyID, e); err != nil {
			return err
		}
	}
	return s.settle(tx, step.AgencyID)
}

func ground(code string) string {
	if code == "" {
		return ""
	}
	return "licensing.ground." + code
}

// without is the licence as if some steps had not been taken.
func (l Licence) without(gone []uuid.UUID) Licence {
	l.Events = slices.DeleteFunc(slices.Clone(l.Events), func(e Event) bool { return slices.Contains(gone, e.StepID) })
	return l
}
