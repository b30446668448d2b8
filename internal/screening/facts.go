package screening

import (
	"maps"
	"slices"
	"strings"

	"github.com/fairpassage/portal/internal/matching"
	"github.com/fairpassage/portal/internal/pattern"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/google/uuid"
)

// known is what an audience may know about one subject, and the same complaints again as
// the record spells them.
type known struct {
	at    audience
	facts pattern.Facts
	rows  map[uuid.UUID]complaintRow
}

// load gathers what the rules need about each subject of the complaint, in one
// statement per kind of fact.
func load(tx postgres.Tx, who named, needs pattern.Needs, at audience) ([]known, error) {
	if len(who.Subjects) == 0 {
		return nil, nil
	}
	complaints, err := complaintsAbout(tx, who, needs.HistoryDays, at)
	if err != nil {
		return nil, err
	}
	counts, err := countsFor(tx, who, needs, at)
	if err != nil {
		return nil, err
	}
	registered, err := registeredPhones(tx, phonesIn(who, complaints))
	if err != nil {
		return nil, err
	}
	var out []known
	for _, subject := range who.Subjects {
		k := known{
			at: at,
			facts: pattern.Facts{
				Subject: subject, AsOf: who.Day,
				Exposure: exposure(counts, subject.Kind, needs.ExposureDays), RegisteredPhones: registered,
			},
			rows: map[uuid.UUID]complaintRow{},
		}
		for _, row := range complaints {
			if row.Subject == subject.Kind {
				k.rows[row.ID] = row
				k.facts.Complaints = append(k.facts.Complaints, row.fact())
			}
		}
		pattern.Voices(k.facts.Complaints, matching.NearDuplicate)
		out = append(out, k)
	}
	return out, nil
}

// fact tells the rules what they may know. Where the agency is not in the
// register it stays empty: typed names are spelt in two scripts and many ways,
// and one agency spelt twice must not count as two.
func (r complaintRow) fact() pattern.Complaint {
	c := pattern.Complaint{
		ID: r.ID.String(), Day: dayOf(r.FiledAt),
		Employer: r.EmployerToken, BrokerPhone: r.BrokerToken, Reporter: r.ReporterToken,
		Signature: uint64(r.TextSignature), // #nosec G115 -- the bits, not the number
		Country:   r.Country,
		FirstHand: r.FirstHand, RegistryMatch: r.RegistryMatch,
		Minor: r.Minor, Missing: r.MissingPerson, Danger: r.DangerNow, Official: r.Official,
		FeeUSD: r.FeeUSD, DebtUSD: r.DebtUSD, WageUSD: r.WageUSD,
	}
	if r.AgencyID != nil {
		c.Agency = r.AgencyID.String()
	}
	if r.Departed != nil {
		c.Departed = pattern.No
		if *r.Departed {
			c.Departed = pattern.Yes
		}
	}
	for pair := range strings.SplitSeq(r.Said, ",") {
		if indicator, phase, ok := strings.Cut(pair, ":"); ok {
			c.Said = append(c.Said, pattern.Said{Indicator: pattern.Indicator(indicator), Phase: pattern.Phase(phase)})
		}
	}
	return c
}

func phonesIn(who named, complaints []complaintRow) []string {
	tokens := map[string]bool{}
	for _, row := range complaints {
		if row.BrokerToken != "" {
			tokens[row.BrokerToken] = true
		}
	}
	if phone := who.key(pattern.Phone); phone != "" {
		tokens[phone] = true
	}
	return slices.Sorted(maps.Keys(tokens))
}

// exposure arranges counts by window and destination. A subject without
// departures on record has no destinations; the rules say what they do then.
func exposure(counts []countRow, kind pattern.SubjectKind, windows []int) []pattern.Exposure {
	if kind == pattern.Phone {
		return nil // nobody departs with a phone
	}
	var out []pattern.Exposure
	for _, days := range windows {
		e := pattern.Exposure{Days: days}
		towards := map[string]*pattern.Corridor{}
		for _, row := range counts {
			if row.Days != days || row.Who != everybody && row.Who != string(kind) {
				continue
			}
			row.addTo(&e.National)
			if row.Country == "" {
				continue
			}
			if towards[row.Country] == nil {
				towards[row.Country] = &pattern.Corridor{Country: row.Country}
			}
			row.addTo(towards[row.Country])
		}
		for _, country := range slices.Sorted(maps.Keys(towards)) {
			if c := towards[country]; c.Subject.Departures > 0 {
				e.Corridors = append(e.Corridors, *c)
			}
		}
		out = append(out, e)
	}
	return out
}

func (r countRow) addTo(c *pattern.Corridor) {
	totals := &c.Subject
	if r.Who == everybody {
		totals = &c.All
	}
	if r.What == departures {
		totals.Departures += r.N
	} else {
		totals.Complaints += r.N
	}
}
