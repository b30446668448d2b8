// Package licence is what happens to licences after their grant, on the pages of
// everybody who has a part in it: licensing officers, who propose steps; overseers,
// who judge appeals; and an agency's people, who read its letters and answer them.
package licence

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/certificate"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
)

// Desk serves the pages of one audience. It is safe for concurrent use.
type Desk struct {
	web       *web.Web
	licensing *licensing.Service
	proposer  licensing.Proposer
	// certificates are checked by anybody at public, the address of the public site.
	certificates *certificate.Service
	public       string
	base         string // "/ministry", "/oversight" or "/agency"
}

// Deps of the desks.
type Deps struct {
	Web          *web.Web
	Licensing    *licensing.Service
	Proposer     licensing.Proposer
	Certificates *certificate.Service
	PublicURL    string
}

// New returns the pages below base.
func New(d Deps, base string) *Desk {
	return &Desk{
		web: d.Web, licensing: d.Licensing, proposer: d.Proposer, certificates: d.Certificates, public: strings.TrimSuffix(d.PublicURL, "/"), base: base,
	}
}

// agency is the agency that a page is about: one's own, or the one in the address.
func (d *Desk) agency(c *fiber.Ctx) (uuid.UUID, error) {
	if actor := d.web.Actor(c); actor.UnitKind == identity.UnitAgency {
		return actor.AgencyID, nil
	}
	return web.Key(c, "id")
}

// home is the address of an agency's page.
func (d *Desk) home(agency uuid.UUID) string {
	if d.own() {
		return d.base + "/licence"
	}
	return d.base + "/agencies/" + agency.String()
}

// own reports whether the pages are an agency's.
func (d *Desk) own() bool { return d.base == "/agency" }

type agenciesPage struct {
	Form           views.Form // the filter
	List           licensing.List
	Previous, Next string
	Filtered       bool
	States         []views.Option
	Days           []views.Option
}

// Agencies lists the register as officers work through it: ?state=, ?q=, ?days=,
// ?conditions=yes, ?page=.
func (d *Desk) Agencies(c *fiber.Ctx) error {
	f := licensing.Filter{Name: plain(c.Query("q")), Conditions: c.Query("conditions") == "yes"}
	if state := licensing.State(c.Query("state")); slices.Contains(licensing.States(), state) {
		f.State = state
	}
	if days, err := strconv.Atoi(c.Query("days")); err == nil && days > 0 && days <= 3650 {
		f.Days = days
	}
	f.Page, _ = strconv.Atoi(c.Query("page"))
	f.Page = min(f.Page, 10_000)
	list, err := d.licensing.Agencies(c.UserContext(), d.web.Actor(c), f)
	if err != nil {
		return err
	}
	given := url.Values{"state": {string(f.State)}, "q": {f.Name}}
	if f.Days > 0 {
		given.Set("days", strconv.Itoa(f.Days))
	}
	if f.Conditions {
		given.Set("conditions", "yes")
	}
	page := agenciesPage{Form: views.Form{Values: given}, List: list, States: stateOptions(), Days: dayOptions(), Filtered: f.State != "" || f.Name != "" || f.Days > 0 || f.Conditions}
	address := func(number int) string {
		return d.base + "/agencies?" + given.Encode() + "&page=" + strconv.Itoa(number)
	}
	if list.Page > 1 {
		page.Previous = address(list.Page - 1)
	}
	if list.More {
		page.Next = address(list.Page + 1)
	}
	return d.web.Render(c, fiber.StatusOK, "licence/agencies", page)
}

// plain drops what is no text, which the database would refuse with an error.
func plain(text string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(strings.TrimSpace(text), "\x00", ""), "")
}

func stateOptions() []views.Option {
	all := []views.Option{{Value: "", Key: "licensing.kind.any"}}
	for _, s := range licensing.States() {
		if s != licensing.NotYet { // the register lists such a one as listed
			all = append(all, views.Option{Value: string(s), Key: "licensing.state." + string(s)})
		}
	}
	return all
}

func dayOptions() []views.Option {
	all := []views.Option{{Value: "", Key: "licensing.kind.any"}}
	for _, n := range []string{"30", "60", "90", "180"} {
		all = append(all, views.Option{Value: n, Text: n})
	}
	return all
}

// Appeals lists those that wait for a verdict.
func (d *Desk) Appeals(c *fiber.Ctx) error {
	all, err := d.licensing.OpenAppeals(c.UserContext(), d.web.Actor(c))
	if err != nil {
		return err
	}
	return d.web.Render(c, fiber.StatusOK, "licence/appeals", all)
}
