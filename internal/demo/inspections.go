package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/inspection"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// standards are what this country asks beyond what the portal brings.
var standards = []inspection.Standard{
	{
		Code: "premises.complaint_notice", Topic: "premises", Weight: inspection.Minor, Source: "house rule of the demonstration country; not law",
		Wording: map[string]string{"en": "A notice tells workers how to complain without the agency.", "km": "មានសេចក្ដីជូនដំណឹងប្រាប់ពលករពីរបៀបប្ដឹង ដោយមិនឆ្លងកាត់ទីភ្នាក់ងារ។"},
	},
	{
		Code: "records.social_security", Topic: "records", Weight: inspection.Minor, Source: "house rule of the demonstration country; not law",
		Wording: map[string]string{"en": "The agency pays social security for its own staff.", "km": "ទីភ្នាក់ងារបង់របបសន្តិសុខសង្គមសម្រាប់បុគ្គលិករបស់ខ្លួន។"},
	},
}

// visit is one inspection of the demonstration. Days are counted from the day of
// the start; what has not come yet is in no state beyond until.
type visit struct {
	agency                              string
	planned, visited, sent, reply, ends int
	found                               []inspection.Given // everything else is met
	missing                             int                // standards at the end of the list that nobody answered yet
	says                                string             // the agency's reply
	outcome                             inspection.Outcome
	reason                              string
	until                               inspection.Status
}

func visits() []visit {
	failed := func(code, seen string) inspection.Given {
		return inspection.Given{Code: code, Answer: inspection.NotMet, Seen: seen}
	}
	return []visit{
		{
			agency: honest, planned: -203, visited: -200, sent: -197, reply: -190, ends: -186, until: inspection.Closed,
			found: []inspection.Given{failed("training.log", "The book shows who came, and not who left.")},
			says:  "The book has a second column since the day after your visit.", outcome: inspection.Passed, reason: "One minor finding, and it is put right.",
		},
		{
			agency: honest, planned: -5, visited: -4, sent: -2, until: inspection.Sent,
			found: []inspection.Given{failed("records.arrivals", "Of ten departures in September four have no arrival on record."), failed("fees.receipts", "Two receipts of August have no number.")},
		},
		{
			agency: trawlers, planned: -96, visited: -95, sent: -92, ends: -60, until: inspection.Closed, outcome: inspection.Failed,
			found: []inspection.Given{
				failed("contracts.documents", "Eleven seamen’s books lay in a drawer of the office."), failed("contracts.as_promised", "The contracts name a factory, the tickets a harbour."),
				{Code: "training.free_to_leave", Answer: inspection.NotSeen, Seen: "Nobody would say where people sleep before they leave."},
			},
			reason: "Two critical findings, and no reply to them.",
		},
		{agency: applicant, planned: 5, until: inspection.Planned},
		{
			agency: renewing, planned: -2, visited: -1, missing: 8, until: inspection.Visited,
			found: []inspection.Given{{Code: "training.free_to_leave", Answer: inspection.NotMet, Seen: "The door of the house was locked from outside while nine people were in it.", Danger: true}},
		},
		{
			agency: "tall-bamboo", planned: -9, visited: -8, until: inspection.Recorded,
			found: []inspection.Given{failed("advertising.true", "A leaflet at the bus station has no licence number."), {Code: "sub_agents.authorised", Answer: inspection.NotApplicable, Seen: "It says that it has none."}},
		},
		{
			agency: "two-elephants", planned: -41, visited: -40, sent: -36, until: inspection.Sent,
			found: []inspection.Given{failed("guarantee.in_force", "The bank’s letter ended in the summer.")},
		},
		{agency: phoenix, planned: -20, until: inspection.CalledOff, reason: "The road was under water."},
	}
}

// inspect lets the ministry inspect, as its people would, each at their hour. It
// goes on with what an earlier start left.
func (d Deps) inspect(ctx context.Context, w *world, ids map[string]uuid.UUID) error {
	at := clock.NewFake(w.today)
	service := d.InspectionsAt(at)
	var who map[string]identity.Actor
	err := d.DB.Read(ctx, actor(), func(tx postgres.Tx) (err error) {
		who, err = staff(tx)
		return err
	})
	if err != nil {
		return err
	}
	for _, v := range visits() {
		if err := d.carryOut(ctx, w, service, at, who, ids[v.agency], v); err != nil {
			return fmt.Errorf("inspection of %s: %w", v.agency, err)
		}
	}
	return nil
}

// carryOut makes the moves that are missing until it stands where it should.
func (d Deps) carryOut(ctx context.Context, w *world, service *inspection.Service, at *clock.Fake, who map[string]identity.Actor, agency uuid.UUID, v visit) error {
	inspector, officer := who["sophea.lim@ministry.example"], who["dara.keo@ministry.example"]
	on := func(day int) { at.Set(w.date(day).Add(3 * time.Hour)) }
	on(min(v.planned, 0) - 1)
	for range len(inspection.Statuses()) {
		i, there, err := d.inspection(ctx, agency, w.date(v.planned), officer)
		if err != nil || there && i.Status == v.until && (i.Status != inspection.Visited || i.Revision > 0) {
			return err
		}
		switch {
		case !there:
			_, err = service.Plan(ctx, officer, inspection.Plan{AgencyID: agency, Day: w.date(v.planned), Place: "The office and the training site", Team: []uuid.UUID{inspector.PersonID}})
		case i.Status == inspection.Planned && v.until == inspection.CalledOff:
			err = service.CallOff(ctx, officer, i.ID, v.reason)
		case i.Status == inspection.Planned:
			on(v.visited)
			err = service.Visit(ctx, inspector, i.ID, w.date(v.visited))
		case i.Status == inspection.Visited:
			on(v.visited)
			err = d.write(ctx, service, inspector, i, v)
		case i.Status == inspection.Recorded:
			on(v.sent)
			err = service.Send(ctx, officer, i.ID)
		case i.Status == inspection.Sent && v.says != "":
			on(v.reply)
			err = service.Reply(ctx, who["sokha.ly@harvest-bridge.example"], i.ID, inspection.Reply{Overall: v.says})
		default:
			on(v.ends)
			err = service.Close(ctx, officer, i.ID, inspection.Closing{Outcome: v.outcome, Reason: v.reason})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// write fills in the sheet.
func (d Deps) write(ctx context.Context, service *inspection.Service, by identity.Actor, i inspection.Inspection, v visit) error {
	r, err := service.Get(ctx, by, i.ID)
	if err != nil {
		return err
	}
	sheet := inspection.Sheet{Revision: r.Revision}
	for n, l := range r.Lines {
		given := inspection.Given{Code: l.Code, Answer: inspection.Met}
		if at := slices.IndexFunc(v.found, func(g inspection.Given) bool { return g.Code == l.Code }); at >= 0 {
			given = v.found[at]
		}
		if n < len(r.Lines)-v.missing {
			sheet.Answers = append(sheet.Answers, given)
		}
	}
	return service.Record(ctx, by, i.ID, sheet)
}

func (d Deps) inspection(ctx context.Context, agency uuid.UUID, planned time.Time, by identity.Actor) (i inspection.Inspection, there bool, err error) {
	err = d.DB.Read(ctx, by, func(tx postgres.Tx) error {
		i, there, err = inspection.PlannedFor(tx, agency, planned)
		return err
	})
	return i, there, err
}
