package dossier

import (
	"slices"
	"strconv"
	"strings"
)

// contradictions find what no answer shows alone.
var contradictions = map[Section]func(d Dossier, asked Asked) []Gap{
	Company:   func(d Dossier, a Asked) []Gap { return inOrder(d, a, Company, "founded_on") },
	Directors: directorsFit,
	Owners:    ownersFit,
	Staff:     func(d Dossier, a Asked) []Gap { return inOrder(d, a, Staff, "since") },
	Branches:  func(d Dossier, a Asked) []Gap { return inOrder(d, a, Branches, "opened_on") },
	Agents: func(d Dossier, a Asked) []Gap {
		return append(inOrder(d, a, Agents, "since"), once(d, Agents, "document_number", "dossier.error.same_document")...)
	},
	Representatives: func(d Dossier, a Asked) []Gap { return inOrder(d, a, Representatives, "since") },
	Accounts: func(d Dossier, _ Asked) []Gap {
		return once(d, Accounts, "account_number", "dossier.error.same_account")
	},
	Scope: scopeFits,
	Fee:   func(d Dossier, a Asked) []Gap { return inOrder(d, a, Fee, "paid_on") },
}

// adult is the age from which anybody directs a company.
const adult = 18 // years

// inOrder finds days to come, and days before the company was founded.
func inOrder(d Dossier, asked Asked, s Section, field string) (gaps []Gap) {
	founded := d.One(Company).Day("founded_on")
	for _, i := range d.Items(s) {
		day := i.Day(field)
		switch {
		case day.IsZero():
		case day.After(asked.Today):
			gaps = append(gaps, Gap{s, i.ID, field, Problem{Code: "dossier.error.future"}})
		case s != Company && !founded.IsZero() && day.Before(founded):
			gaps = append(gaps, Gap{s, i.ID, field, Problem{Code: "dossier.error.before_foundation"}})
		}
	}
	return gaps
}

// once finds a number that an earlier item of the section has as well.
func once(d Dossier, s Section, field, code string) (gaps []Gap) {
	seen := map[string]bool{}
	for _, i := range d.Items(s) {
		n := i.Numbers[field]
		if n.Token != "" && seen[n.Token] {
			gaps = append(gaps, Gap{s, i.ID, field, Problem{Code: code}})
		}
		seen[n.Token] = true
	}
	return gaps
}

func directorsFit(d Dossier, asked Asked) []Gap {
	gaps := inOrder(d, asked, Directors, "appointed_on")
	for _, i := range d.Items(Directors) {
		if born := i.Day("born_on"); !born.IsZero() && born.AddDate(adult, 0, 0).After(asked.Today) {
			gaps = append(gaps, Gap{Directors, i.ID, "born_on", Problem{Code: "dossier.error.minor"}})
		}
	}
	return append(gaps, once(d, Directors, "document_number", "dossier.error.same_document")...)
}

// ownersFit adds the shares up, and follows through whom they are held.
func ownersFit(d Dossier, asked Asked) []Gap {
	gaps := inOrder(d, asked, Owners, "since")
	total := 0
	for _, i := range d.Items(Owners) {
		bp, _ := strconv.Atoi(i.Text("share"))
		if i.Text("held") == "direct" {
			total += bp
		}
		if i.Text("owner_kind") == "person" {
			if born := i.Day("born_on"); born.IsZero() {
				gaps = append(gaps, Gap{Owners, i.ID, "born_on", Problem{Code: "dossier.gap.birth"}})
			} else if born.After(asked.Today) {
				gaps = append(gaps, Gap{Owners, i.ID, "born_on", Problem{Code: "dossier.error.future"}})
			}
		}
		gaps = append(gaps, heldThrough(d, i)...)
	}
	if total > 10_000 {
		gaps = append(gaps, Gap{Owners, "", "share", Problem{Code: "dossier.error.shares", Args: map[string]any{"Total": Percent(strconv.Itoa(total))}}})
	}
	return gaps
}

// heldThrough wants a chain of owners that ends: at one who holds directly.
func heldThrough(d Dossier, i Item) []Gap {
	if i.Text("held") != "indirect" {
		return nil
	}
	seen := map[string]bool{i.ID: true}
	for at := i; at.Text("held") == "indirect"; {
		next, ok := d.Item(Owners, at.Text("through"))
		switch {
		case !ok:
			return []Gap{{Owners, at.ID, "through", Problem{Code: "dossier.gap.through"}}}
		case seen[next.ID]:
			return []Gap{{Owners, i.ID, "through", Problem{Code: "dossier.error.circular"}}}
		}
		seen[next.ID], at = true, next
	}
	return nil
}

// scopeFits finds destinations out of scope, and occupations of which one holds
// the other.
func scopeFits(d Dossier, asked Asked) (gaps []Gap) {
	scope := d.One(Scope)
	out := func(code string) bool { return !slices.Contains(asked.Destinations, code) }
	if len(asked.Destinations) > 0 && slices.ContainsFunc(scope.List("destinations"), out) {
		gaps = append(gaps, Gap{Scope, scope.ID, "destinations", Problem{Code: "licensing.out_of_scope"}})
	}
	if wide, narrow, overlap := Overlap(scope.List("occupations")); overlap {
		gaps = append(gaps, Gap{Scope, scope.ID, "occupations", Problem{Code: "dossier.error.overlap", Args: map[string]any{"Wide": wide, "Narrow": narrow}}})
	}
	return gaps
}

// Overlap finds two occupations of which one is part of the other: ISCO-08 is a
// tree, "53" holds "5311".
func Overlap(occupations []string) (wide, narrow string, overlap bool) {
	for _, wide := range occupations {
		for _, narrow := range occupations {
			if wide != narrow && strings.HasPrefix(narrow, wide) {
				return wide, narrow, true
			}
		}
	}
	return "", "", false
}
