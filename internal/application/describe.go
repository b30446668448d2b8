package application

import (
	"strconv"
	"time"

	"github.com/fairpassage/portal/internal/agency"
	"github.com/fairpassage/portal/internal/dossier"
	"github.com/fairpassage/portal/internal/licensing"
	"github.com/fairpassage/portal/internal/matching"
	"github.com/fairpassage/portal/internal/platform/postgres"
)

// describe writes down what the grant establishes about the agency: its parts, its
// names, and what the register publishes of it.
func (s *Service) describe(tx postgres.Tx, h held, d dossier.Dossier) error {
	if err := replaceParts(tx, h, parts(d), s.Today()); err != nil {
		return err
	}
	company := d.One(dossier.Company)
	latin, local, err := licensing.NamesOf(tx, h.AgencyID)
	if err != nil {
		return err
	}
	if company.Text("name_latin") == "" { // filed before the form asked for it
		return nil
	}
	if company.Text("name_latin") != latin || company.Text("name_local") != local {
		if err := insertFormerName(tx, h, latin, local, s.Today()); err != nil {
			return err
		}
	}
	public := agency.Public{
		NameLatin: company.Text("name_latin"), NameLocal: company.Text("name_local"), District: company.Text("province"), Address: company.Text("address"),
		Emails: []string{company.Text("email")},
		Phones: []agency.PublicPhone{{E164: company.Text("phone"), Token: matching.Token(company.Numbers["phone"].Token)}},
	}
	if public.Former, err = formerNames(tx, h.AgencyID); err != nil {
		return err
	}
	for _, i := range d.Items(dossier.Directors) {
		public.People = append(public.People, i.Name())
	}
	return s.Agencies.Describe(tx, h.AgencyID, public, s.now())
}

// partKinds are the sections that become parts of the agency, with their kind.
var partKinds = []struct {
	section dossier.Section
	kind    string
}{
	{dossier.Company, "office"},
	{dossier.Directors, "director"},
	{dossier.Owners, "owner"},
	{dossier.Staff, "staff"},
	{dossier.Branches, "branch"},
	{dossier.Agents, "agent"},
	{dossier.Training, "training_site"},
	{dossier.Representatives, "representative"},
	{dossier.Accounts, "account"},
}

// part is a row of agency_parts.
type part struct {
	Kind      string     `json:"kind"`
	Item      string     `json:"item"`
	NameLatin string     `json:"name_latin"`
	NameLocal string     `json:"name_local"`
	BornOn    *time.Time `json:"born_on"`
	Country   string     `json:"country"`
	Position  string     `json:"position"`
	ShareBP   *int       `json:"share_bp"`
	Province  string     `json:"province"`
	Address   string     `json:"address"`
	Phone     string     `json:"phone"`
	Email     string     `json:"email"`
	Token     string     `json:"token"`
	Last4     string     `json:"last4"`
}

func parts(d dossier.Dossier) (all []part) {
	for _, k := range partKinds {
		for _, i := range d.Items(k.section) {
			all = append(all, partOf(k.kind, i))
		}
	}
	return all
}

func partOf(kind string, i dossier.Item) part {
	p := part{
		Kind: kind, Item: i.ID, NameLatin: i.Text("name_latin"), NameLocal: i.Text("name_local"), Country: i.Text("country"),
		Province: i.Text("province"), Address: i.Text("address"), Phone: i.Text("phone"), Email: i.Text("email"),
		Token: i.Numbers["document_number"].Token, Last4: i.Numbers["document_number"].Last4,
	}
	if born := i.Day("born_on"); !born.IsZero() {
		p.BornOn = &born
	}
	switch kind {
	case "director":
		p.Country, p.Position = i.Text("nationality"), i.Text("position")
	case "owner":
		p.Position = i.Text("interest")
		if bp, err := strconv.Atoi(i.Text("share")); err == nil && i.Text("held") == "direct" {
			p.ShareBP = &bp
		}
	case "staff":
		p.Position = i.Text("task")
	case "account":
		p.NameLatin, p.Position = i.Text("bank"), i.Text("purpose")
		p.Token, p.Last4 = i.Numbers["account_number"].Token, i.Numbers["account_number"].Last4
	}
	return p
}
