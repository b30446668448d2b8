package dossier

import "time"

// Gap is what keeps a dossier from being filed: something that is missing, or
// two answers that cannot both be true.
type Gap struct {
	Section Section
	Item    string // "" is the section as a whole
	Field   string // "" is the item as a whole
	Problem
}

// Asked is what decides which answers are needed, beside the chapters themselves.
type Asked struct {
	Today time.Time // midnight UTC
	// Fee says that a fee is known, so that its payment is asked for.
	Fee bool
	// Destinations are those in scope; nil is not configured, and not checked.
	Destinations []string
}

// Gaps lists all that is missing or contradictory, in the order of the form.
func (d Dossier) Gaps(asked Asked) (gaps []Gap) {
	for _, c := range chapters {
		if c.Section == Fee && !asked.Fee {
			continue
		}
		gaps = append(gaps, c.missing(d)...)
		if find := contradictions[c.Section]; find != nil {
			gaps = append(gaps, find(d, asked)...)
		}
	}
	return gaps
}

// Of returns the gaps of one section.
func Of(gaps []Gap, s Section) (own []Gap) {
	for _, g := range gaps {
		if g.Section == s {
			own = append(own, g)
		}
	}
	return own
}

// missing finds what was not answered. What an earlier round or an older form left
// open is found as well.
func (c Chapter) missing(d Dossier) (gaps []Gap) {
	items := d.Items(c.Section)
	switch {
	case len(items) == 0 && d.None(c.Section) && c.Least == 0 && c.Many:
		return nil
	case len(items) == 0:
		return []Gap{{Section: c.Section, Problem: Problem{Code: "dossier.gap.empty"}}}
	case c.Many && len(items) > c.Most:
		return []Gap{{Section: c.Section, Problem: Problem{Code: "dossier.error.most", Args: map[string]any{"Max": c.Most}}}}
	}
	for _, i := range items {
		for _, f := range c.Fields {
			_, numbered := i.Numbers[f.Name]
			if !f.Optional && i.Fields[f.Name] == "" && !numbered {
				gaps = append(gaps, Gap{c.Section, i.ID, f.Name, Problem{Code: "form.required"}})
			}
		}
	}
	return gaps
}
