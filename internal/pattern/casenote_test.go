package pattern

import (
	"fmt"
	"hash/fnv"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// A case note is a txtar archive: prose, the facts, the findings wanted.
//
//	subject agency A1
//	as of 2026-03-31
//	phone P1 registered to A1 A2
//	exposure 365 days in TH: subject 2 of 300, all 40 of 9000
//	exposure 365 days everywhere: subject 2 of 300, all 40 of 9000
//	c1 on 2026-03-01: reporter r1; text t1; agency A1; employer E1; phone P1; in TH;
//	    first hand; registered; minor; said violence at work
//
// Counts of exposure are complaints of departures. A line that begins with a
// blank goes on. Complaints without reporter and text are voices of their own;
// equal texts are copies.
type caseNote struct {
	facts Facts
}

var (
	noteSubject  = regexp.MustCompile(`^subject (agency|employer|phone) (\S+)$`)
	noteAsOf     = regexp.MustCompile(`^as of (\S+)$`)
	notePhone    = regexp.MustCompile(`^phone (\S+) registered to (.+)$`)
	noteExposure = regexp.MustCompile(`^exposure (\d+) days (?:in ([A-Z]{2})|everywhere): subject (\d+) of (\d+), all (\d+) of (\d+)$`)
	noteFiled    = regexp.MustCompile(`^(\S+) on (\d{4}-\d{2}-\d{2}):\s*(.*)$`)
	noteSaid     = regexp.MustCompile(`^said (\S+) (before leaving|on the way|at work|sometime)$`)
)

var notePhases = map[string]Phase{"before leaving": Before, "on the way": Travel, "at work": Work, "sometime": PhaseUnsaid}

func parseFacts(t *testing.T, text string) Facts {
	t.Helper()
	var note caseNote
	for _, line := range joinLines(text) {
		if err := note.line(line); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
	}
	Voices(note.facts.Complaints, func(a, b uint64) bool { return a == b })
	return note.facts
}

func joinLines(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		trimmed := strings.TrimSpace(line)
		switch {
		case trimmed == "" || trimmed[0] == '#':
		case line[0] == ' ' || line[0] == '\t':
			out[len(out)-1] += " " + trimmed
		default:
			out = append(out, trimmed)
		}
	}
	return out
}

func (n *caseNote) line(line string) error {
	f := &n.facts
	if m := noteSubject.FindStringSubmatch(line); m != nil {
		f.Subject = Subject{SubjectKind(m[1]), m[2]}
		return nil
	}
	if m := noteAsOf.FindStringSubmatch(line); m != nil {
		var err error
		f.AsOf, err = noteDay(m[1])
		return err
	}
	if m := notePhone.FindStringSubmatch(line); m != nil {
		if f.RegisteredPhones == nil {
			f.RegisteredPhones = map[string][]string{}
		}
		f.RegisteredPhones[m[1]] = strings.Fields(m[2])
		return nil
	}
	if m := noteExposure.FindStringSubmatch(line); m != nil {
		return n.exposure(m)
	}
	if m := noteFiled.FindStringSubmatch(line); m != nil {
		return n.complaint(m[1], m[2], m[3])
	}
	return fmt.Errorf("not understood")
}

func (n *caseNote) exposure(m []string) error {
	var days, sc, sd, ac, ad int
	if _, err := fmt.Sscan(strings.Join([]string{m[1], m[3], m[4], m[5], m[6]}, " "), &days, &sc, &sd, &ac, &ad); err != nil {
		return err
	}
	f := &n.facts
	at := slices.IndexFunc(f.Exposure, func(e Exposure) bool { return e.Days == days })
	if at < 0 {
		f.Exposure = append(f.Exposure, Exposure{Days: days})
		at = len(f.Exposure) - 1
	}
	c := Corridor{Country: m[2], Subject: Totals{sc, sd}, All: Totals{ac, ad}}
	if m[2] == "" {
		f.Exposure[at].National = c
	} else {
		f.Exposure[at].Corridors = append(f.Exposure[at].Corridors, c)
	}
	return nil
}

func (n *caseNote) complaint(id, day, clauses string) error {
	c := Complaint{ID: id}
	var err error
	if c.Day, err = noteDay(day); err != nil {
		return err
	}
	for clause := range strings.SplitSeq(clauses, ";") {
		clause = strings.TrimSpace(clause)
		if clause == "" {
			continue
		}
		if err := noteClause(&c, clause); err != nil {
			return err
		}
	}
	n.facts.Complaints = append(n.facts.Complaints, c)
	return nil
}

func noteClause(c *Complaint, clause string) error {
	if m := noteSaid.FindStringSubmatch(clause); m != nil {
		said := Said{Indicator(m[1]), notePhases[m[2]]}
		if !knownIndicator(said.Indicator) {
			return fmt.Errorf("no indicator %s", m[1])
		}
		c.Said = append(c.Said, said)
		return nil
	}
	flags := map[string]*bool{
		"first hand": &c.FirstHand, "registered": &c.RegistryMatch, "minor": &c.Minor,
		"missing": &c.Missing, "danger": &c.Danger, "official": &c.Official,
	}
	if flag, ok := flags[clause]; ok {
		*flag = true
		return nil
	}
	word, value, _ := strings.Cut(clause, " ")
	texts := map[string]*string{
		"reporter": &c.Reporter, "agency": &c.Agency, "employer": &c.Employer, "phone": &c.BrokerPhone, "in": &c.Country,
	}
	if into, ok := texts[word]; ok && value != "" {
		*into = value
		return nil
	}
	if word == "text" {
		h := fnv.New64a()
		h.Write([]byte(value))
		c.Signature = h.Sum64()
		return nil
	}
	return fmt.Errorf("clause %q", clause)
}

func knownIndicator(i Indicator) bool {
	_, atWork := delphi[Said{i, Work}]
	return atWork
}

func noteDay(s string) (Day, error) {
	at, err := time.Parse(time.DateOnly, s)
	return DayOf(at), err
}

// tell writes a finding as case notes do, its numbers sorted by name.
func tell(f Finding) string {
	var args []string
	for k, v := range f.Reason.Args {
		args = append(args, k+"="+v)
	}
	slices.Sort(args)
	return fmt.Sprintf("%s %s from %s to %s on %s: %s %s", f.Grade, f.Rule, f.WindowFrom, f.WindowTo,
		strings.Join(f.Evidence, " "), f.Reason.Key, strings.Join(args, " "))
}
