package demo

import (
	"fmt"
	"strings"

	"github.com/fairpassage/portal/internal/agency"
)

// The keys of the agencies of the stories.
const (
	honest    = "harvest-bridge"
	trawlers  = "far-horizon"
	revoked   = "golden-ladder"
	phoenix   = "silver-ladder"
	applicant = "lotus-steps"
	renewing  = "quiet-harbour"
)

// house is an agency of the invented register.
type house struct {
	key          string
	latin, local string
	state        agency.State
	director     string
	destinations []string
	weight       int // its share of the placements
	// ends is the last day of the last period, counted from today; sanction the
	// day of a suspension, a revocation or a surrender.
	ends, sanction int
	since          int // first day of the first period, counted from today
	number         int // its place in the register, from 1
}

func (h house) licence() string { return fmt.Sprintf("TM-%04d", 1000+7*h.number) }

// licensed reports whether a licence covered the day, counted from today.
func (h house) licensed(day int) bool {
	if h.state == agency.Listed || day < h.since || day > h.ends {
		return false
	}
	return h.sanction == 0 || day < h.sanction
}

func (w *world) byKey() map[string]house {
	all := map[string]house{}
	for _, h := range w.houses {
		all[h.key] = h
	}
	return all
}

// houses is every agency in a fixed order.
func houses() []house {
	all := append(stories(), others()...)
	for i := range all {
		h := &all[i]
		h.number = i + 1
		if h.since == 0 {
			h.since = -1000 - 13*i
		}
		if h.ends == 0 {
			h.ends = 90 + (37*i)%600
		}
	}
	return all
}

func stories() []house {
	return []house{
		{key: honest, latin: "Harvest Bridge Recruitment Co., Ltd.", local: "ក្រុមហ៊ុន ស្ពានចម្រូត", state: agency.Licensed, director: "Ly Sokha", destinations: []string{"TH", "MY", "KR", "JP", "SA"}, weight: 850},
		{key: trawlers, latin: "Far Horizon Ocean Crew Co., Ltd.", local: "ក្រុមហ៊ុន ជើងមេឃសមុទ្រ", state: agency.Licensed, director: "Wen Tao", destinations: []string{"JP"}, weight: 34, since: -560},
		{key: revoked, latin: "Golden Ladder Manpower", local: "ជណ្តើរមាស", state: agency.Revoked, director: "Duong Saran", destinations: []string{"MY"}, weight: 60, sanction: -410},
		{key: phoenix, latin: "Silver Ladder Recruitment", local: "ជណ្តើរប្រាក់", state: agency.Licensed, director: "Duong Saran", destinations: []string{"MY"}, weight: 45, since: -330},
		{key: applicant, latin: "Lotus Steps Recruitment", local: "ជំហានឈូក", state: agency.Listed, director: "Tep Kosal", destinations: []string{"TH", "KR"}},
		{key: renewing, latin: "Quiet Harbour Overseas Employment", local: "កំពង់ស្ងៀម", state: agency.Expired, director: "Sar Mony", destinations: []string{"MY", "SA"}, weight: 70, ends: -24},
	}
}

// others is the rest of the register; none of them is in a story, but the
// broker recruits for the first three.
func others() []house {
	rows := []struct {
		key, latin, local string
		state             agency.State
		when              int // end of an expired licence, or day of the sanction
		to                string
	}{
		{"tall-bamboo", "Tall Bamboo Manpower", "ឫស្សីខ្ពស់", agency.Licensed, 0, "TH MY"},
		{"two-elephants", "Two Elephants Employment", "ដំរីពីរ", agency.Licensed, 0, "TH"},
		{"clear-water", "Clear Water Recruitment", "ទឹកថ្លា", agency.Licensed, 0, "MY"},
		{"white-heron", "White Heron Employment", "កុកស", agency.Licensed, 0, "TH KR"},
		{"banana-leaf", "Banana Leaf Manpower", "ស្លឹកចេក", agency.Licensed, 0, "TH"},
		{"stone-gate", "Stone Gate Overseas", "ទ្វារថ្ម", agency.Licensed, 0, "SA"},
		{"four-rivers", "Four Rivers Recruitment", "ទន្លេបួន", agency.Licensed, 0, "MY SA"},
		{"tamarind-hill", "Tamarind Hill Employment", "ភ្នំអំពិល", agency.Licensed, 0, "TH JP"},
		{"bright-lamp", "Bright Lamp Manpower", "ចង្កៀងភ្លឺ", agency.Licensed, 0, "KR"},
		{"silk-thread", "Silk Thread Employment", "អំបោះសូត្រ", agency.Licensed, 0, "TH MY"},
		{"green-plain", "Green Plain Recruitment", "វាលបៃតង", agency.Licensed, 0, "JP"},
		{"blue-cart", "Blue Cart Overseas", "រទេះខៀវ", agency.Licensed, 0, "TH"},
		{"copper-bell", "Copper Bell Manpower", "កណ្តឹងស្ពាន់", agency.Licensed, 0, "MY"},
		{"sugar-palm", "Sugar Palm Employment", "ដើមត្នោត", agency.Licensed, 0, "TH KR"},
		{"river-dolphin", "River Dolphin Recruitment", "ផ្សោតទន្លេ", agency.Licensed, 0, "SA"},
		{"new-rope", "New Rope Overseas", "ខ្សែថ្មី", agency.Licensed, 0, "MY"},
		{"evening-star", "", "ផ្កាយព្រលប់", agency.Licensed, 0, "TH"},
		{"paper-kite", "Paper Kite Employment", "ខ្លែងក្រដាស", agency.Licensed, 0, "JP KR"},
		{"warm-stove", "Warm Stove Household Staff", "ចង្ក្រានក្តៅ", agency.Licensed, 0, "SA MY"},
		{"long-oar", "Long Oar Manpower", "ចែវវែង", agency.Expired, -40, "TH"},
		{"red-tile", "Red Tile Recruitment", "ក្បឿងក្រហម", agency.Expired, -95, "MY"},
		{"early-rain", "Early Rain Employment", "", agency.Expired, -170, "TH"},
		{"salt-road", "Salt Road Overseas", "ផ្លូវអំបិល", agency.Expired, -260, "SA"},
		{"high-swing", "High Swing Manpower", "ទោងខ្ពស់", agency.Suspended, -31, "MY"},
		{"glass-bead", "Glass Bead Recruitment", "អង្កាំកែវ", agency.Suspended, -66, "TH"},
		{"broad-net", "Broad Net Employment", "សំណាញ់ធំ", agency.Suspended, -12, "KR"},
		{"black-stone", "Black Stone Overseas", "ថ្មខ្មៅ", agency.Revoked, -150, "MY"},
		{"quick-wind", "Quick Wind Manpower", "ខ្យល់លឿន", agency.Revoked, -320, "TH"},
		{"old-well", "Old Well Employment", "អណ្តូងចាស់", agency.Surrendered, -75, "TH"},
		{"winter-melon", "Winter Melon Recruitment", "ត្រឡាច", agency.Surrendered, -210, "JP"},
		{"morning-rice", "Morning Rice Employment", "ស្រូវព្រឹក", agency.Listed, 0, "TH"},
		{"seven-steps", "Seven Steps Manpower", "", agency.Listed, 0, "MY"},
		{"rain-drum", "", "ស្គរទឹកភ្លៀង", agency.Listed, 0, "TH"},
		{"open-hand", "Open Hand Overseas", "ដៃបើក", agency.Listed, 0, "SA"},
	}
	var all []house
	for i, r := range rows {
		h := house{
			key: r.key, latin: r.latin, local: r.local, state: r.state, destinations: strings.Fields(r.to),
			director: directors[i%len(directors)], weight: 40 + (29*i)%70,
		}
		switch r.state {
		case agency.Expired:
			h.ends = r.when
		case agency.Suspended, agency.Revoked, agency.Surrendered:
			h.sanction = r.when
		case agency.Listed, agency.Licensed:
		}
		all = append(all, h)
	}
	return all
}

var directors = []string{
	"Khun Rany", "Prak Sim", "Nop Channary", "Yin Samnang", "Oum Sreymom", "Phal Vannak", "Hang Chantha", "Sao Piseth", "Roeun Sokun",
	"Meas Kunthea", "Thon Bunna", "Iv Sothea", "Chhay Mealea", "Kang Rotha", "Lay Sophorn", "Nget Chamroeun", "Pov Sambath",
}
