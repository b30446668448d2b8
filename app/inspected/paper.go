// Package inspected draws an inspection for those who may read it: the ministry
// and the agency see the same report, each with what is theirs.
package inspected

import (
	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/inspection"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
)

// Paper is a report in the reader's language.
type Paper struct {
	inspection.Report

	Blocks []Block
	Bar    Bar
	Rows   []Row // of the table beside the bar
	Team   []Inspector
}

// Row is the score of a topic. Number names its colour in the bar.
type Row struct {
	inspection.TopicScore

	Number int
}

// Block is the lines of one topic.
type Block struct {
	Topic inspection.Topic
	Lines []Line
}

// Line is a standard in the reader's language.
type Line struct {
	inspection.Line

	Text string
}

// Inspector is who goes, as the reader may know them.
type Inspector struct {
	Name    string // "" for an agency
	RoleKey string
	Unit    string
}

// Reader is for whom a report is drawn.
type Reader int

// The readers. An agency sees no name of an inspector and no mark of danger.
const (
	Agency Reader = iota
	Ministry
)

// New draws the report with the score that it has.
func New(c *fiber.Ctx, w *web.Web, r inspection.Report, reader Reader) Paper {
	p := Paper{Report: r}.scored(r.Score)
	for _, topic := range inspection.Topics() {
		b := Block{Topic: topic}
		for _, l := range r.Lines {
			if l.Topic == topic {
				l.Danger = l.Danger && reader == Ministry
				b.Lines = append(b.Lines, Line{Line: l, Text: w.InLanguage(c, l.Wording)})
			}
		}
		if len(b.Lines) > 0 {
			p.Blocks = append(p.Blocks, b)
		}
	}
	for _, i := range r.Team {
		if reader != Ministry {
			i.Name = ""
		}
		p.Team = append(p.Team, Inspector{Name: i.Name, RoleKey: "role." + string(i.Role), Unit: w.InLanguage(c, i.UnitName)})
	}
	return p
}

// Ends draws it with the score by which it would be closed now.
func (p Paper) Ends() Paper { return p.scored(p.Ending) }

func (p Paper) scored(s inspection.Score) Paper {
	p.Score, p.Bar, p.Rows = s, barOf(s), nil
	for n, t := range s.Topics {
		p.Rows = append(p.Rows, Row{t, n + 1})
	}
	return p
}

// Found are the lines that were not met.
func (p Paper) Found() (all []Line) {
	for _, b := range p.Blocks {
		for _, l := range b.Lines {
			if l.Finding() {
				all = append(all, l)
			}
		}
	}
	return all
}

// DangerTexts are the standards at which somebody is in danger now.
func (p Paper) DangerTexts() (all []string) {
	for _, l := range p.Found() {
		if l.Danger {
			all = append(all, l.Text)
		}
	}
	return all
}

// Tone is the colour of the status; the words say the same.
func (p Paper) Tone() string { return Tone(p.Inspection) }

// Tone is the colour of an inspection's status.
func Tone(i inspection.Inspection) string {
	switch i.Status {
	case inspection.Closed:
		return map[inspection.Outcome]string{inspection.Passed: "green", inspection.Failed: "red", inspection.Conditions: "amber"}[i.Outcome]
	case inspection.Sent, inspection.Replied, inspection.Lapsed:
		return "amber"
	case inspection.Planned, inspection.Visited, inspection.Recorded:
		return "blue"
	case inspection.CalledOff:
	}
	return "grey"
}

// Bar is the points as a drawing of Wide units: a segment for each topic that has
// points, and a line where it fails.
type Bar struct {
	Wide     int
	Segments []Segment
	FailsAt  int // where the line stands
}

// Segment is the points of one topic. Number also names its colour in the table.
type Segment struct {
	Number, X, Width int
	Topic            inspection.Topic
	Points           int
}

func barOf(s inspection.Score) Bar {
	const wide = 1000
	b := Bar{Wide: wide}
	if !s.Known() {
		return b
	}
	// A tenth beyond whichever is more, so that the line never stands at the edge.
	whole := max(s.Total, s.Points.FailsAt) * 11
	at := func(points int) int { return points * wide * 10 / whole }
	sum := 0
	for n, t := range s.Topics {
		if t.Points > 0 {
			from := at(sum)
			sum += t.Points
			b.Segments = append(b.Segments, Segment{Number: n + 1, X: from, Width: at(sum) - from, Topic: t.Topic, Points: t.Points})
		}
	}
	b.FailsAt = at(s.Points.FailsAt)
	return b
}

// Mistakes are the lines of the error summary of a form whose fields are
// standards: in the order of the page, each with the standard's own words.
func (p Paper) Mistakes(words *views.Catalogue, lang string, form views.Form, prefixes ...string) (all []views.Mistake, err error) {
	for _, b := range p.Blocks {
		for _, l := range b.Lines {
			for _, prefix := range prefixes {
				code, wrong := form.Errors[prefix+l.Code]
				if !wrong {
					continue
				}
				message, err := words.Text(lang, code)
				if err != nil {
					return nil, err
				}
				text, err := words.Text(lang, "form.mistake", "Label", l.Text, "Message", message)
				if err != nil {
					return nil, err
				}
				all = append(all, views.Mistake{Href: "#" + prefix + l.Code, Text: text})
			}
		}
	}
	return all, nil
}
