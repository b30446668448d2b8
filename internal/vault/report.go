package vault

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"
)

// Report is a trail added up.
type Report struct {
	Days []Day
	// Missing are minutes between the first line and the last that have none.
	Missing int
	// Starts of the vault: each fills the buckets of its limits.
	Starts            int
	Strangers, Broken int
	// Unread are lines that are none of a trail.
	Unread int
}

// Day is one day in UTC, of one kind.
type Day struct {
	Day            time.Time
	Kind           string
	Asked, Refused int
	// Busiest is the minute in which most were asked or refused, and of how many.
	Busiest     time.Time
	BusiestMany int
}

// Read adds a trail up, in whatever order its lines are.
func Read(trail io.Reader) (Report, error) {
	var r Report
	days := map[string]*Day{}
	minutes := map[time.Time]bool{}
	var first, last time.Time
	lines := bufio.NewScanner(trail)
	for lines.Scan() {
		var l Line
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil || l.Minute.IsZero() {
			r.Unread++
			continue
		}
		minutes[l.Minute] = true
		if first.IsZero() || l.Minute.Before(first) {
			first = l.Minute
		}
		if l.Minute.After(last) {
			last = l.Minute
		}
		r.add(l, days)
	}
	if err := lines.Err(); err != nil {
		return Report{}, fmt.Errorf("read trail: %w", err)
	}
	if len(minutes) > 0 {
		r.Missing = max(int(last.Sub(first)/time.Minute)+1-len(minutes), 0)
	}
	for _, d := range days {
		r.Days = append(r.Days, *d)
	}
	slices.SortFunc(r.Days, func(a, b Day) int {
		if c := a.Day.Compare(b.Day); c != 0 {
			return c
		}
		return slices.Index(kindNames(), a.Kind) - slices.Index(kindNames(), b.Kind)
	})
	return r, nil
}

func (r *Report) add(l Line, days map[string]*Day) {
	if l.Event == "started" {
		r.Starts++
	}
	r.Strangers += l.Strangers
	r.Broken += l.Broken
	for _, kind := range kindNames() {
		asked, refused := l.Asked[kind], l.Refused[kind]
		if asked+refused == 0 {
			continue
		}
		on := l.Minute.UTC().Truncate(day)
		key := on.Format(time.DateOnly) + kind
		if days[key] == nil {
			days[key] = &Day{Day: on, Kind: kind}
		}
		d := days[key]
		d.Asked += asked
		d.Refused += refused
		if asked+refused > d.BusiestMany {
			d.Busiest, d.BusiestMany = l.Minute, asked+refused
		}
	}
}
