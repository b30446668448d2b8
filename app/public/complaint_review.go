package public

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/views"
	"github.com/google/uuid"
)

// line is one answer as it is read back.
type line struct {
	Label string   // message key
	Keys  []string // answers that are choices, as message keys
	Text  string   // an answer in the reporter's own words
	Step  string   // the screen where it can be changed; "" where another line says so
}

// Paragraphs splits the text where its writer did.
func (l line) Paragraphs() []string {
	if l.Text == "" {
		return nil
	}
	return strings.Split(l.Text, "\n")
}

// changeOnce leaves one way to each screen, at the last of its answers.
func changeOnce(lines []line) []line {
	for i := range len(lines) - 1 {
		if lines[i].Step == lines[i+1].Step {
			lines[i].Step = ""
		}
	}
	return lines
}

// reviewData is what the last screen shows.
type reviewData struct {
	Receipt string
	Lines   []line
	// ActKey says who will receive what.
	ActKey string
}

func readBack(ctx context.Context, p *Complaints, lang string, s state) (any, error) {
	receipt, err := complaint.ParseReceipt(s.Receipt)
	if err != nil {
		return nil, fmt.Errorf("read back: %w", err)
	}
	in, _, _ := p.way.intake(s.Answers) // render has looked for what is wrong
	picked, err := p.pickedName(ctx, in)
	if err != nil {
		return nil, err
	}
	lines, err := p.linesOf(ctx, in, picked, lang)
	if err != nil {
		return nil, fmt.Errorf("read back: %w", err)
	}
	return reviewData{Receipt: receipt.Grouped(), Lines: changeOnce(lines), ActKey: actKey(in)}, nil
}

// pickedName returns the name of the agency that was picked from the register,
// or "".
func (p *Complaints) pickedName(ctx context.Context, in complaint.Intake) (string, error) {
	if in.AgencyID == uuid.Nil {
		return "", nil
	}
	found, err := p.Register.Candidates(ctx, in.AgencyName, maxCandidates)
	if err != nil {
		return "", fmt.Errorf("look agency up: %w", err)
	}
	for _, c := range found {
		if c.ID == in.AgencyID {
			return c.Name, nil
		}
	}
	return "", nil
}

func actKey(in complaint.Intake) string {
	words := make([]string, 0, len(in.MayAct))
	for _, who := range in.MayAct {
		words = append(words, string(who))
	}
	switch strings.Join(words, " ") {
	case "labour_desk":
		return "complaint.may_act.labour_desk"
	case "police":
		return "complaint.may_act.police"
	case "labour_desk police":
		return "complaint.may_act.both"
	}
	return "complaint.may_act.nobody"
}

// linesOf lists every answer in the order of the screens. What was skipped has
// neither keys nor text.
func (p *Complaints) linesOf(ctx context.Context, in complaint.Intake, picked, lang string) ([]line, error) {
	catalogue := p.Web.Views().Catalogue()
	day, err := catalogue.PartialDate(lang, in.HappenedOn.Year, in.HappenedOn.Month, in.HappenedOn.Day)
	if err != nil {
		return nil, err
	}
	amounts, err := amountTexts(catalogue, lang, in.FeeUSD, in.DebtUSD, in.WageUSD)
	if err != nil {
		return nil, err
	}
	where := ""
	if in.Country != "" {
		where = country.Name(lang, in.Country)
	}
	lines := []line{
		choice("safe", "safe", string(in.Safe)),
		choice("phone_use", "phone", string(in.Phone)),
		choice("about", "about", strings.TrimPrefix(string(in.About), string(complaint.AboutUnsaid))),
		{Label: label("what"), Keys: whatKeys(in), Step: "what"},
		{Label: label("phase"), Keys: phaseKeys(in), Step: "phase"},
		text("happened", "date", day),
		text("country", "where", where),
		text("place", "where", in.Place),
		text("agency", "agency", in.AgencyName),
		text("broker_name", "broker", in.BrokerName),
		text("broker_phone", "broker", in.BrokerPhone),
		text("employer", "employer", in.Employer),
		text("fee", "money", amounts[0]),
		text("debt", "money", amounts[1]),
		text("wage", "money", amounts[2]),
		text("narrative", "words", in.Narrative),
		text("reporter_name", "names", in.ReporterName),
		text("worker_name", "names", in.WorkerName),
		text("contact_phone", "contact", in.Contact.Phone),
		choice("contact_how", "contact", in.Contact.How),
		text("contact_when", "contact", in.Contact.When),
		{Label: label("may_act"), Keys: []string{actKey(in)}, Step: "act"},
	}
	office, err := p.officeLine(ctx, in, lang)
	if err != nil {
		return nil, err
	}
	said := slices.IndexFunc(lines, func(l line) bool { return l.Label == label("what") })
	lines = slices.Insert(lines, said+1, office...)
	if in.WorkerAgrees {
		lines = append(lines, line{Label: label("worker_agrees"), Keys: []string{"common.yes"}, Step: "act"})
	}
	if picked != "" {
		typed := slices.IndexFunc(lines, func(l line) bool { return l.Label == label("agency") })
		lines = slices.Insert(lines, typed+1, text("agency_picked", "agency", picked))
	}
	return lines, nil
}

func label(field string) string { return "complaint.read." + field }

func choice(field, step, value string) line {
	l := line{Label: label(field), Step: step}
	if value != "" {
		l.Keys = []string{"complaint." + field + "." + value}
	}
	return l
}

func text(field, step, value string) line {
	return line{Label: label(field), Text: value, Step: step}
}

func whatKeys(in complaint.Intake) []string {
	var keys []string
	for _, indicator := range complaint.Indicators() {
		if _, happened := in.Indicators[indicator]; happened {
			keys = append(keys, "complaint.indicator."+string(indicator))
		}
	}
	for _, also := range []struct {
		said bool
		key  string
	}{
		{in.MissingPerson, "missing"}, {in.NeverDeparted, "never_departed"}, {in.Official, "official"}, {in.Minor, "minor"},
	} {
		if also.said {
			keys = append(keys, "complaint.also."+also.key)
		}
	}
	return keys
}

// phaseKeys names each phase in which anything happened, once.
func phaseKeys(in complaint.Intake) []string {
	seen := map[complaint.Phase]bool{}
	for _, phases := range in.Indicators {
		for _, phase := range phases {
			seen[phase] = true
		}
	}
	var keys []string
	for _, phase := range []complaint.Phase{complaint.Before, complaint.Travel, complaint.Work} {
		if seen[phase] {
			keys = append(keys, "complaint.phase."+string(phase))
		}
	}
	return keys
}

// amountTexts words amounts of US dollars; one that was not said is "".
func amountTexts(catalogue *views.Catalogue, lang string, usd ...*int) ([]string, error) {
	texts := make([]string, len(usd))
	for i, amount := range usd {
		if amount == nil {
			continue
		}
		n, err := catalogue.Number(lang, *amount)
		if err != nil {
			return nil, err
		}
		if texts[i], err = catalogue.Text(lang, "complaint.dollars", "Amount", n); err != nil {
			return nil, err
		}
	}
	return texts, nil
}
