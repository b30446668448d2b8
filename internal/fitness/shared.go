package fitness

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// commonly is by how many agencies a value may be shared before it says nothing, where
// the law sets no number: towers, accountants and hotlines are shared by more.
const commonly = 25

// SharedKinds are what the register is searched by: what agencies state to anybody.
func SharedKinds() []Kind { return []Kind{Phone, Address, Email} }

// SharedFilter narrows the groups.
type SharedFilter struct {
	Kind       Kind   // "" is any
	Name       string // of an agency in the group
	Sanctioned bool   // groups with an agency that is suspended or revoked
	Lending    bool   // groups in which one has a licence and another has none
	Page       int    // from 1
}

// GroupsOnPage is how many groups a page has.
const GroupsOnPage = 10

// Shared is a page of groups.
type Shared struct {
	Groups      []Group
	Total       int // of groups
	Agencies    int // in them
	Page, Pages int
	Limit       int // by how many agencies a value may be shared
	// Generic are values that more share, the most shared first: they join nobody.
	Generic []Value
}

// Group is agencies that hang together by what they share, each with at least one
// other.
type Group struct {
	Agencies   []Member // by name
	Values     []Value
	Sanctioned int // how many of them are suspended or revoked
	Licensed   int // how many of them have a licence
	// Weight is what they share in tenths, as the phoenix check weighs it: the more
	// share a value, the less it says. An office that many rent weighs next to nothing.
	Weight int
}

// Member is an agency of a group.
type Member struct {
	ID                   uuid.UUID
	NameLatin, NameLocal string
	State                string
}

// Name is how a list calls it.
func (m Member) Name() string {
	if m.NameLatin != "" {
		return m.NameLatin
	}
	return m.NameLocal
}

// Sanctioned reports whether it may not work now because of what it did.
func (m Member) Sanctioned() bool { return m.State == "suspended" || m.State == "revoked" }

// MayLend reports whether somebody without a licence may be working under that of
// another: what they share is the sign of it, and no more than that.
func (g Group) MayLend() bool { return g.Licensed > 0 && g.Licensed < len(g.Agencies) }

// Value is what agencies share.
type Value struct {
	Kind     Kind
	Shown    string
	Degree   int // how many agencies share it
	Agencies []uuid.UUID
}

// Shared finds the agencies of the register that share a phone, an address or an
// e-mail with others, the groups with sanctioned ones first, and then those
// that share the most of what few share.
func (s *Service) Shared(ctx context.Context, by identity.Actor, f SharedFilter) (Shared, error) {
	if err := authority.Require(by, authority.RegisterList, authority.Object{}); err != nil {
		return Shared{}, err
	}
	out := Shared{Limit: commonly}
	err := s.DB.Read(ctx, by, func(tx postgres.Tx) error {
		book, err := s.Laws.Book(tx)
		if err != nil {
			return err
		}
		if t := thresholdsOn(book, s.Home.Today(s.Clock.Now())); t.Known {
			out.Limit = t.Generic
		}
		kinds := SharedKinds()
		if slices.Contains(kinds, f.Kind) {
			kinds = []Kind{f.Kind}
		}
		var values []Value
		if values, out.Generic, err = sharedValues(tx, kinds, out.Limit); err != nil {
			return err
		}
		members, err := membersOf(tx, values)
		if err != nil {
			return err
		}
		out.fill(group(values, members), f)
		return nil
	})
	if err != nil {
		return Shared{}, fmt.Errorf("find what agencies share: %w", err)
	}
	return out, nil
}

// fill keeps the groups that the filter wants, and of them a page.
func (out *Shared) fill(all []Group, f SharedFilter) {
	name := strings.ToLower(strings.TrimSpace(f.Name))
	all = slices.DeleteFunc(all, func(g Group) bool {
		return f.Sanctioned && g.Sanctioned == 0 || f.Lending && !g.MayLend() || name != "" && !slices.ContainsFunc(g.Agencies, func(m Member) bool {
			return strings.Contains(strings.ToLower(m.NameLatin), name) || strings.Contains(m.NameLocal, name)
		})
	})
	for _, g := range all {
		out.Agencies += len(g.Agencies)
	}
	out.Total = len(all)
	out.Pages = max((out.Total+GroupsOnPage-1)/GroupsOnPage, 1)
	out.Page = min(max(f.Page, 1), out.Pages)
	from := (out.Page - 1) * GroupsOnPage
	out.Groups = all[from:min(from+GroupsOnPage, out.Total)]
}

// group joins values that have an agency in common.
func group(values []Value, members map[uuid.UUID]Member) []Group {
	parent := map[uuid.UUID]uuid.UUID{}
	var find func(uuid.UUID) uuid.UUID
	find = func(a uuid.UUID) uuid.UUID {
		if p, ok := parent[a]; ok && p != a {
			parent[a] = find(p)
			return parent[a]
		}
		parent[a] = a
		return a
	}
	for _, v := range values {
		for _, a := range v.Agencies[1:] {
			parent[find(a)] = find(v.Agencies[0])
		}
	}
	byRoot := map[uuid.UUID]*Group{}
	of := func(a uuid.UUID) *Group {
		root := find(a)
		if byRoot[root] == nil {
			byRoot[root] = &Group{}
		}
		return byRoot[root]
	}
	for _, v := range values {
		g := of(v.Agencies[0])
		g.Values = append(g.Values, v)
		g.Weight += weights[v.Kind] / v.Degree
	}
	for a := range parent {
		g, m := of(a), members[a]
		g.Agencies = append(g.Agencies, m)
		switch {
		case m.Sanctioned():
			g.Sanctioned++
		case m.State == "licensed":
			g.Licensed++
		}
	}
	all := make([]Group, 0, len(byRoot))
	for _, g := range byRoot {
		slices.SortFunc(g.Agencies, func(a, b Member) int {
			return cmp.Or(strings.Compare(a.Name(), b.Name()), strings.Compare(a.ID.String(), b.ID.String()))
		})
		all = append(all, *g)
	}
	slices.SortFunc(all, func(a, b Group) int {
		return cmp.Or(cmp.Compare(b.Sanctioned, a.Sanctioned), cmp.Compare(b.Weight, a.Weight), cmp.Compare(len(b.Agencies), len(a.Agencies)),
			strings.Compare(a.Agencies[0].Name(), b.Agencies[0].Name()), strings.Compare(a.Agencies[0].ID.String(), b.Agencies[0].ID.String()))
	})
	return all
}
