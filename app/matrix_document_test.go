package app_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/people"
)

const preface = `# Who may do what

Written by ` + "`make authority UPDATE=1`" + ` from answers of the running site, and checked by every ` + "`make test`" + `: %d addresses, each asked by %d visitors, are %d answers; each is what ` + "`internal/authority`" + ` says. The same people found nothing of the staff's on a server of the public site, and nothing of the public's on one of the staff's.

- *Own unit*, *another unit*, *accused unit*: where an address names something, it was asked for what belongs to the person's unit, to another of that kind, and for what a complaint about an official of their unit brought about. Where it names nothing, there is no difference to tell.
- Whoever was deactivated while signed in is answered like somebody who is signed out, on every address; so is, on the staff's, whoever has a receipt open.
- A refusal is the page of an address that does not exist. Signed out, a staff page leads to the sign-in form and a program is told 401.
- What the page then shows, the database decides once more: rows of other units are not there (migrations 00008 and after).
`

// document writes the matrix down for people.
func (m *matrix) document(routes []web.Route) string {
	var b strings.Builder
	fmt.Fprintf(&b, preface, len(routes), len(m.people), m.asked)
	var public, plain, named []web.Route
	for _, r := range routes {
		switch {
		case authority.Enter(identity.Public(), r.Action).Allowed:
			public = append(public, r)
		case strings.Contains(r.Path, ":"), m.inBody(r):
			named = append(named, r)
		default:
			plain = append(plain, r)
		}
	}
	b.WriteString("\n## Open to everybody\n\n| Address | Action | Site |\n|---|---|---|\n")
	for _, r := range public {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", address(r), r.Action, r.Surface)
	}
	b.WriteString("\n## Addresses and forms that name nothing\n\n| Address | Action | Who may |\n|---|---|---|\n")
	for _, r := range plain {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", address(r), r.Action, m.who(r, own))
	}
	b.WriteString("\n## Addresses and forms that name an object\n\n| Address | Action | Own unit | Another unit | Accused unit |\n|---|---|---|---|---|\n")
	for _, r := range named {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", address(r), r.Action, m.who(r, own), m.who(r, other), m.who(r, accused))
	}
	b.WriteString("\n## What only processes do\n\n| Action | Process |\n|---|---|\n")
	for _, action := range authority.Actions() {
		if by := authority.ProcessesOf(action); len(by) > 0 {
			fmt.Fprintf(&b, "| %s | %s |\n", action, strings.Join(by, ", "))
		}
	}
	return b.String()
}

// inBody tells whether the form, not the address, names the object.
func (m *matrix) inBody(r web.Route) bool {
	return slices.ContainsFunc(people.Kinds(), func(kind identity.UnitKind) bool { return m.ofKind[r.Path+" "+string(kind)] != nil })
}

func address(r web.Route) string {
	out := "`" + r.Method + " " + r.Path + "`"
	if r.StepUp {
		out += " (confirmed anew)"
	}
	return strings.Replace(out, http.MethodGet+" ", "", 1)
}

// who lists the roles that were answered, by kind of unit.
func (m *matrix) who(r web.Route, s standing) string {
	var kinds []string
	every := true
	for _, kind := range people.Kinds() {
		all := people.RolesOf(kind)
		may := slices.DeleteFunc(slices.Clone(all), func(role identity.Role) bool {
			return !m.allowed[cell{r.Method + " " + r.Path, s, kind, role}]
		})
		every = every && len(may) == len(all)
		switch {
		case len(may) == 0:
		case len(may) == len(all) && len(all) > 1:
			kinds = append(kinds, string(kind)+": all")
		default:
			var roles []string
			for _, role := range may {
				roles = append(roles, strings.ReplaceAll(string(role), "_", " "))
			}
			kinds = append(kinds, string(kind)+": "+strings.Join(roles, ", "))
		}
	}
	switch {
	case every:
		return "everybody who is signed in"
	case len(kinds) == 0:
		return "–"
	}
	return strings.Join(kinds, "; ")
}
