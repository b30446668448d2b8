package agency

import (
	"strconv"

	"github.com/fairpassage/portal/app/web"
	"github.com/fairpassage/portal/internal/country"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/internal/placement"
	"github.com/fairpassage/portal/views"
	"github.com/gofiber/fiber/v2"
)

type placementsPage struct {
	List     placement.Page
	Rows     []placementRow
	Previous int // 0 for none
	Next     int // 0 for none
	MayPlace bool
	StateKey string
}

type placementRow struct {
	placement.Record
	CountryName string
}

// Placements lists the agency's departures; ?page= counts from 1.
func (d *Desk) Placements(c *fiber.Ctx) error {
	actor := d.web.Actor(c)
	number, _ := strconv.Atoi(c.Query("page"))
	list, err := d.placements.List(c.UserContext(), actor, number)
	if err != nil {
		return err
	}
	own, err := d.applications.Own(c.UserContext(), actor)
	if err != nil {
		return err
	}
	page := placementsPage{List: list, MayPlace: own.State == licensing.Licensed, StateKey: "licensing.state." + string(own.State)}
	for _, r := range list.Records {
		page.Rows = append(page.Rows, placementRow{r, country.Name(d.web.Lang(c), r.Country)})
	}
	if list.Page > 1 {
		page.Previous = list.Page - 1
	}
	if list.Page < list.Pages {
		page.Next = list.Page + 1
	}
	return d.web.Render(c, fiber.StatusOK, "agency/placements", page)
}

type placementForm struct {
	Employer   string `form:"employer" validate:"required,max=200"`
	Country    string `form:"country" validate:"required,len=2"`
	Occupation string `form:"occupation" validate:"required,max=10"`
	Document   string `form:"document" validate:"required,max=60"`
	Phone      string `form:"phone" validate:"max=60"`
	Day        string `form:"departure_day" validate:"max=10"`
	Month      string `form:"departure_month" validate:"max=10"`
	Year       string `form:"departure_year" validate:"max=10"`
}

type placementPage struct {
	Form      views.Form
	Countries []views.Option
	// Frequent are codes whose names are shown under the occupation.
	Frequent []string
}

// frequent are the ISCO-08 unit groups most placed abroad; each has its words
// at "occupation.<code>".
var frequent = []string{"9111", "5311", "5322", "9211", "6222", "9313", "7115", "7212", "8160", "8153", "9329", "9412", "5131", "3221"}

const placementView = "agency/placement_new"

// NewPlacement shows the form.
func (d *Desk) NewPlacement(c *fiber.Ctx) error {
	return d.showPlacement(c, fiber.StatusOK, views.Form{})
}

// Register takes the form. The worker's numbers are on their way to being
// hashed: they are shown again after a mistake, and kept nowhere.
func (d *Desk) Register(c *fiber.Ctx) error {
	var form placementForm
	sent, err := d.web.Bind(c, &form)
	if err != nil {
		return err
	}
	departure, ok := web.ParseDay(form.Day, form.Month, form.Year)
	if !ok && sent.Errors["departure"] == "" {
		sent.Errors["departure"] = "form.date"
	}
	if !sent.Failed() {
		_, err := d.placements.Register(c.UserContext(), d.web.Actor(c), placement.Placement{
			Employer: form.Employer, Country: form.Country, Occupation: form.Occupation,
			Document: form.Document, Phone: form.Phone, Departure: departure,
		})
		if err == nil {
			return d.web.Redirect(c, "/agency/placements")
		}
		if fault.KindOf(err) == fault.Unavailable {
			// The numbers cannot be hashed now; what was typed comes back.
			sent.Errors["document"] = "form.unavailable"
			return d.showPlacement(c, fiber.StatusServiceUnavailable, sent)
		}
		if !web.Explain(&sent, err) {
			return err
		}
	}
	return d.showPlacement(c, fiber.StatusUnprocessableEntity, sent)
}

func (d *Desk) showPlacement(c *fiber.Ctx, status int, sent views.Form) error {
	return d.web.Render(c, status, placementView, placementPage{Form: sent, Countries: d.countries[d.web.Lang(c)], Frequent: frequent})
}
