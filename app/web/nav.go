package web

import (
	"log/slog"
	"slices"
	"strings"

	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
)

// deskKey names the door behind which work may wait for a key-holder.
const deskKey = "nav.desk"

// doors are the first pages of the staff site, in the order of the navigation.
// Who may enter sees the door.
var doors = []struct {
	key, href string
	action    authority.Action
}{
	{"nav.agency", "/agency", authority.AgencyDesk},
	{"nav.application", "/agency/application", authority.ApplicationWrite},
	{"nav.licence", "/agency/licence", authority.LicenceRead},
	{"nav.documents", "/agency/documents", authority.DocumentAdd},
	{"nav.placements", "/agency/placements", authority.PlacementList},
	{"nav.inspections", "/agency/inspections", authority.InspectionOwn},
	{"nav.guarantee", "/agency/guarantee", authority.GuaranteeOwn},
	{"nav.applications", "/ministry/applications", authority.ApplicationList},
	{"nav.inspections", "/ministry/inspections", authority.InspectionList},
	{"nav.agencies", "/ministry/agencies", authority.RegisterList},
	{"nav.guarantees", "/ministry/guarantees", authority.GuaranteeRead},
	{"nav.policies", "/ministry/policies", authority.PolicyRead},
	{"nav.escalations", "/police/escalations", authority.EscalationList},
	{"nav.people", "/admin/people", authority.PeopleManage},
	{"nav.units", "/admin/units", authority.PeopleManage},
	{"nav.escalations", "/oversight/escalations", authority.OversightList},
	{"nav.readings", "/readings", authority.ReadingList},
	{"nav.fitness", "/oversight/fitness", authority.FitnessReview},
	{"nav.appeals", "/oversight/appeals", authority.AppealPropose},
	{"nav.retention", "/oversight/retention", authority.RetentionRead},
	{"nav.decisions", "/decisions", authority.DecisionList},
	{deskKey, "/desk", authority.DeskRead},
	{"nav.colleagues", "/agency/people", authority.AgencyPeople},
	{"nav.account", "/account", authority.AccountRead},
}

// HomeOf returns the first page of a signed-in person: the first door that
// opens to them.
func HomeOf(actor identity.Actor) string {
	for _, d := range doors {
		if authority.Enter(actor, d.action).Allowed {
			return d.href
		}
	}
	return "/account"
}

// markNav marks the desk's door where something waits behind it. A page is not
// withheld because that cannot be told.
func (w *Web) markNav(c *fiber.Ctx, actor identity.Actor, nav []views.Link) {
	at := slices.IndexFunc(nav, func(l views.Link) bool { return l.Key == deskKey })
	// The page of a problem is drawn when the request's time is over.
	if at < 0 || w.conf.Waits == nil || c.UserContext().Err() != nil {
		return
	}
	waits, err := w.conf.Waits(c.UserContext(), actor)
	if err != nil {
		w.log.LogAttrs(c.UserContext(), slog.LevelError, "work of a desk cannot be told", slog.String("error", err.Error()))
	}
	nav[at].Waits = waits
}

func staffFrame(s identity.Session, lang, path string) (*views.Actor, []views.Link) {
	unit := s.UnitName[lang]
	if unit == "" {
		unit = s.UnitName["en"]
	}
	actor := &views.Actor{Name: s.Name, UnitName: unit, RoleKey: "role." + string(s.Actor.Role), Home: HomeOf(s.Actor)}
	var nav []views.Link
	current := -1
	for _, d := range doors {
		if !authority.Enter(s.Actor, d.action).Allowed {
			continue
		}
		nav = append(nav, views.Link{Key: d.key, Href: d.href})
		// The longest door that the path lies behind is the current one.
		behind := path == d.href || strings.HasPrefix(path, d.href+"/")
		if behind && (current < 0 || len(d.href) > len(nav[current].Href)) {
			current = len(nav) - 1
		}
	}
	if current >= 0 {
		nav[current].Current = true
	}
	return actor, nav
}
