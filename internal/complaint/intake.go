package complaint

import (
	"github.com/google/uuid"
)

// Safety is the answer to "are you safe now?".
type Safety string

// The answers; "" is not said.
const (
	SafeNow  Safety = "safe"
	InDanger Safety = "danger"
	NotSure  Safety = "unsure"
)

// PhoneUse says whether others look at the phone that is used to write.
type PhoneUse string

// The answers; "" is not said.
const (
	OwnPhone    PhoneUse = "own"
	SharedPhone PhoneUse = "shared"
)

// About says whom the complaint is about, seen from the one who writes.
type About string

// The answers, as the complaints table allows them.
const (
	AboutSelf   About = "self"
	AboutFamily About = "family"
	AboutFriend About = "friend"
	AboutWorker About = "worker" // somebody I work with
	AboutOther  About = "other"
	AboutUnsaid About = "unsaid"
)

// Indicator is one of the ILO's eleven indicators of forced labour (ILO,
// "Indicators of forced labour", 2012).
type Indicator string

// The eleven, in the order in which they are asked.
const (
	AbuseOfVulnerability  Indicator = "abuse_of_vulnerability"
	Deception             Indicator = "deception"
	RestrictionOfMovement Indicator = "restriction_of_movement"
	Isolation             Indicator = "isolation"
	Violence              Indicator = "violence"
	Threats               Indicator = "threats"
	DocumentRetention     Indicator = "document_retention"
	WageWithholding       Indicator = "wage_withholding"
	DebtBondage           Indicator = "debt_bondage"
	AbusiveConditions     Indicator = "abusive_conditions"
	ExcessiveOvertime     Indicator = "excessive_overtime"
)

// Indicators lists the eleven in the order in which they are asked.
func Indicators() []Indicator {
	return []Indicator{
		Violence, RestrictionOfMovement, Threats, DocumentRetention, Isolation, WageWithholding,
		DebtBondage, Deception, AbusiveConditions, ExcessiveOvertime, AbuseOfVulnerability,
	}
}

// Phase says when something happened: an indicator weighs differently on the
// way than at work.
type Phase string

// The phases, as complaint_indicators allows them.
const (
	Before      Phase = "before"
	Travel      Phase = "travel"
	Work        Phase = "work"
	PhaseUnsaid Phase = "unsaid"
)

// MayAct names who the reporter allows to act.
type MayAct string

// Those who may be named. Nobody named means nobody yet.
const (
	LabourDesk MayAct = "labour_desk"
	Police     MayAct = "police"
)

// The persons of a complaint, as item names and disclosures call them.
const (
	personReporter = "reporter"
	personWorker   = "worker"
)

// Day is a day as far as somebody remembers it: zero parts are not known.
type Day struct {
	Year  int `json:"year,omitempty"`
	Month int `json:"month,omitempty"`
	Day   int `json:"day,omitempty"`
}

// Contact is how the reporter may be reached, all in their own words.
type Contact struct {
	Phone string `json:"phone,omitempty"`
	How   string `json:"how,omitempty"` // call, message, or ""
	When  string `json:"when,omitempty"`
}

// Intake is everything the form asks. Every answer may be missing.
type Intake struct {
	Language string // as in the catalogue
	Safe     Safety
	Phone    PhoneUse
	About    About

	Minor         bool // somebody concerned is under 18
	MissingPerson bool
	NeverDeparted bool // paid and never left
	Official      bool // an official is involved
	// OfficialUnit is the office of that official; uuid.Nil is another or not known.
	OfficialUnit uuid.UUID
	// Indicators maps what happened to when; no phases means not said.
	Indicators map[Indicator][]Phase

	Country    string // ISO 3166-1 alpha-2, or ""
	Place      string
	HappenedOn Day

	AgencyID    uuid.UUID // picked from the register
	AgencyName  string    // as typed
	Employer    string
	BrokerName  string
	BrokerPhone string

	// Whole US dollars; nil is not said. The wage is that of one month.
	FeeUSD, DebtUSD, WageUSD *int

	Narrative    string
	ReporterName string
	WorkerName   string // when it is about somebody else
	// WorkerAgrees says that the other person lets police know who they are.
	WorkerAgrees bool
	Contact      Contact
	MayAct       []MayAct
}

// Answers is what the sealed item "answers" holds, as JSON: every detailed
// answer except the person's own words, names and contact. It is schema 1.
type Answers struct {
	Language      string                `json:"language"`
	Safe          Safety                `json:"safe,omitempty"`
	Phone         PhoneUse              `json:"phone_use,omitempty"`
	About         About                 `json:"about"`
	Minor         bool                  `json:"minor,omitempty"`
	MissingPerson bool                  `json:"missing_person,omitempty"`
	NeverDeparted bool                  `json:"never_departed,omitempty"`
	Official      bool                  `json:"official,omitempty"`
	OfficialUnit  uuid.UUID             `json:"official_unit"`
	Indicators    map[Indicator][]Phase `json:"indicators,omitempty"`
	Country       string                `json:"country,omitempty"`
	Place         string                `json:"place,omitempty"`
	HappenedOn    Day                   `json:"happened_on"`
	AgencyID      uuid.UUID             `json:"agency_id"`
	AgencyName    string                `json:"agency_name,omitempty"`
	Employer      string                `json:"employer,omitempty"`
	BrokerName    string                `json:"broker_name,omitempty"`
	BrokerPhone   string                `json:"broker_phone,omitempty"`
	FeeUSD        *int                  `json:"fee_usd,omitempty"`
	DebtUSD       *int                  `json:"debt_usd,omitempty"`
	WageUSD       *int                  `json:"wage_usd,omitempty"`
	WorkerAgrees  bool                  `json:"worker_agrees,omitempty"`
	MayAct        []MayAct              `json:"may_act,omitempty"`
}

// Person is what an identity item holds, as JSON.
type Person struct {
	Name string `json:"name"`
}

func (in Intake) answers() Answers {
	return Answers{
		Language: in.Language, Safe: in.Safe, Phone: in.Phone, About: in.About,
		Minor: in.Minor, MissingPerson: in.MissingPerson, NeverDeparted: in.NeverDeparted, Official: in.Official, OfficialUnit: in.OfficialUnit,
		Indicators: in.Indicators, Country: in.Country, Place: in.Place, HappenedOn: in.HappenedOn,
		AgencyID: in.AgencyID, AgencyName: in.AgencyName, Employer: in.Employer,
		BrokerName: in.BrokerName, BrokerPhone: in.BrokerPhone,
		FeeUSD: in.FeeUSD, DebtUSD: in.DebtUSD, WageUSD: in.WageUSD,
		WorkerAgrees: in.WorkerAgrees, MayAct: in.MayAct,
	}
}
