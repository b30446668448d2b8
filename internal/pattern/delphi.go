package pattern

// Indicator is one of the ILO's eleven indicators of forced labour (ILO,
// Indicators of Forced Labour, 2012), as the complaint form asks them.
type Indicator string

// The eleven.
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

// Phase is when it happened.
type Phase string

// Before leaving, on the way, at work; or the complaint does not say.
const (
	Before      Phase = "before"
	Travel      Phase = "travel"
	Work        Phase = "work"
	PhaseUnsaid Phase = "unsaid"
)

// Said is one indicator and its phase.
type Said struct {
	Indicator Indicator
	Phase     Phase
}

// dimension is one of the Delphi study's six.
type dimension uint8

const (
	deceptiveRecruitment dimension = iota + 1
	coerciveRecruitment
	vulnerableRecruitment
	exploitation
	coercion      // at destination
	vulnerability // at destination
)

type strength uint8

const (
	weak strength = iota + 1
	medium
	strong
)

// sign is what one answer means in one dimension. item is the operational
// indicator: two answers that mean the same item are one sign.
type sign struct {
	dimension dimension
	item      string
	strength  strength
}

// delphi reads the eleven by phase as operational indicators for adult labour
// exploitation: ILO and European Commission, Operational indicators of
// trafficking in human beings, results from a Delphi survey, 2009 (WCMS_105023),
// as summarised in the domain brief 1.2. Documents held, debt bondage and
// confinement are strong at the destination and medium at recruitment.
//
// The form is coarser than the study, so the cautious reading is taken: deception
// is medium, since the form does not tell a false job (strong) from a false wage;
// isolation and restricted movement are the study's one indicator of confinement.
// An answer without a phase is read as at work where it can be about nothing
// else, and otherwise as coercion of at most medium strength.
var delphi = map[Said][]sign{
	{Deception, Before}:      {{deceptiveRecruitment, "deceived", medium}},
	{Deception, Travel}:      {{deceptiveRecruitment, "deceived", medium}},
	{Deception, Work}:        {{deceptiveRecruitment, "deceived", medium}, {exploitation, "contract_not_respected", medium}},
	{Deception, PhaseUnsaid}: {{deceptiveRecruitment, "deceived", medium}},

	{AbuseOfVulnerability, Before}: {{vulnerableRecruitment, "vulnerability", medium}},
	{AbuseOfVulnerability, Travel}: {{vulnerableRecruitment, "vulnerability", medium}},
	{AbuseOfVulnerability, Work}:   {{vulnerability, "dependency", medium}},

	{Violence, Before}:      {{coerciveRecruitment, "violence", strong}},
	{Violence, Travel}:      {{coerciveRecruitment, "violence", strong}},
	{Violence, Work}:        {{coercion, "violence", strong}},
	{Violence, PhaseUnsaid}: {{coercion, "violence", medium}},

	{DocumentRetention, Before}:      {{coerciveRecruitment, "documents", medium}},
	{DocumentRetention, Travel}:      {{coerciveRecruitment, "documents", medium}},
	{DocumentRetention, Work}:        {{coercion, "documents", strong}},
	{DocumentRetention, PhaseUnsaid}: {{coercion, "documents", medium}},

	{DebtBondage, Before}:      {{coerciveRecruitment, "debt", medium}},
	{DebtBondage, Travel}:      {{coerciveRecruitment, "debt", medium}},
	{DebtBondage, Work}:        {{coercion, "debt", strong}},
	{DebtBondage, PhaseUnsaid}: {{coercion, "debt", medium}},

	{Isolation, Before}:                  {{coerciveRecruitment, "confinement", medium}},
	{Isolation, Travel}:                  {{coerciveRecruitment, "confinement", medium}},
	{Isolation, Work}:                    {{coercion, "confinement", strong}},
	{Isolation, PhaseUnsaid}:             {{coercion, "confinement", medium}},
	{RestrictionOfMovement, Before}:      {{coerciveRecruitment, "confinement", medium}},
	{RestrictionOfMovement, Travel}:      {{coerciveRecruitment, "confinement", medium}},
	{RestrictionOfMovement, Work}:        {{coercion, "confinement", strong}},
	{RestrictionOfMovement, PhaseUnsaid}: {{coercion, "confinement", medium}},

	{Threats, Before}:      {{coerciveRecruitment, "threats", medium}},
	{Threats, Travel}:      {{coerciveRecruitment, "threats", medium}},
	{Threats, Work}:        {{coercion, "threats", medium}},
	{Threats, PhaseUnsaid}: {{coercion, "threats", medium}},

	// The study lists both "low or no salary" and "withholding of wages".
	{WageWithholding, Before}:      {{coerciveRecruitment, "money_withheld", medium}},
	{WageWithholding, Travel}:      {{coerciveRecruitment, "money_withheld", medium}},
	{WageWithholding, Work}:        {{exploitation, "no_salary", medium}, {coercion, "wages_withheld", medium}},
	{WageWithholding, PhaseUnsaid}: {{exploitation, "no_salary", medium}, {coercion, "wages_withheld", medium}},

	{AbusiveConditions, Work}:        {{exploitation, "conditions", medium}},
	{AbusiveConditions, PhaseUnsaid}: {{exploitation, "conditions", medium}},

	{ExcessiveOvertime, Work}:        {{exploitation, "hours", strong}},
	{ExcessiveOvertime, PhaseUnsaid}: {{exploitation, "hours", strong}},
}

// profile collects signs: per dimension and item the strongest seen.
type profile map[dimension]map[string]strength

func (p profile) add(said []Said) {
	for _, s := range said {
		for _, sign := range delphi[s] {
			if p[sign.dimension] == nil {
				p[sign.dimension] = map[string]strength{}
			}
			p[sign.dimension][sign.item] = max(p[sign.dimension][sign.item], sign.strength)
		}
	}
}

// positive is the study's rule for one dimension: two strong, or one strong and
// one other, or three medium, or two medium and one weak.
func (p profile) positive(d dimension) bool {
	var n [strong + 1]int
	for _, s := range p[d] {
		n[s]++
	}
	all := n[weak] + n[medium] + n[strong]
	return n[strong] >= 1 && all >= 2 || n[medium] >= 3 || n[medium] >= 2 && n[weak] >= 1
}

// items counts the different signs in a dimension.
func (p profile) items(d dimension) int { return len(p[d]) }

// grave says whether the answers hold a strong sign of coercion, at recruitment
// or at the destination.
func grave(said []Said) bool {
	for _, s := range said {
		for _, sign := range delphi[s] {
			if sign.strength == strong && (sign.dimension == coercion || sign.dimension == coerciveRecruitment) {
				return true
			}
		}
	}
	return false
}
