package demo

import (
	"math/rand/v2"
	"slices"
	"time"

	"github.com/fairpassage/portal/internal/complaint"
)

// telling is one complaint to be filed.
type telling struct {
	agency string // key of the agency it is about; "" for none
	day    int
	in     complaint.Intake
	office string // code of the unit of the official whom it accuses, or ""
}

func usd(n int) *int { return &n }

// tellings invents all complaints.
func (w *world) tellings(draw *rand.Rand) []telling {
	all := w.seaTellings()
	all = append(all, brokerTellings()...)
	all = append(all, w.ladderTellings()...)
	all = append(all, officialTelling(), localTelling())
	all = append(all, w.honestTellings(draw)...)
	all = append(all, w.otherTellings(draw)...)
	for i := range all {
		t := &all[i]
		if t.in.HappenedOn == (complaint.Day{}) {
			before := w.date(t.day - 20 - draw.IntN(60))
			t.in.HappenedOn = complaint.Day{Year: before.Year(), Month: int(before.Month())}
		}
		if t.in.MayAct == nil {
			t.in.MayAct = []complaint.MayAct{complaint.LabourDesk}
		}
		if t.in.Contact.Phone == "" && draw.IntN(3) > 0 {
			t.in.Contact = complaint.Contact{Phone: familyPhone(i), How: "call"}
		}
	}
	return all
}

// honestTellings are those of the large honest agency: as many as its size
// makes likely, of the kind that every agency gets, and some of them close
// together, as chance has it.
func (w *world) honestTellings(draw *rand.Rand) []telling {
	days := []int{
		-712, -680, -655, -622, -590, -561, -533, -498, -470, -441, -415, -384, -352, -330, -301, -288, -255, -231, -226, -219,
		-180, -151, -120, -112, -104, -75, -48, -33, -27, -15,
	}
	var all []telling
	for i, day := range days {
		all = append(all, w.mild(honest, day, i, draw))
	}
	return all
}

// otherTellings are single complaints about agencies in no story, never close
// together for one agency.
func (w *world) otherTellings(draw *rand.Rand) []telling {
	var all []telling
	i := 100
	for _, h := range others() {
		if len(w.byAgency[h.key]) == 0 {
			continue
		}
		for range 1 + draw.IntN(2) {
			all = append(all, w.mild(h.key, -20-i*137%690, i, draw))
			i++
		}
	}
	return all
}

// mild is a complaint of the ordinary kind: delay, fees, hours, a contract not
// kept. It tells of no coercion. Most come from workers whose placement is on
// record.
func (w *world) mild(agency string, day, i int, draw *rand.Rand) telling {
	in := complaint.Intake{Language: languages[i%len(languages)], Safe: complaint.SafeNow, About: complaint.AboutSelf}
	gone := slices.DeleteFunc(slices.Clone(w.byAgency[agency]), func(d departure) bool { return d.day > day-30 })
	switch matter := draw.IntN(10); {
	case matter < 6 || len(gone) == 0:
		// Six in ten are about leaving late or never.
		in.NeverDeparted, in.FeeUSD = true, usd(200+50*draw.IntN(9))
	case matter < 8:
		in.Indicators = map[complaint.Indicator][]complaint.Phase{complaint.Deception: {complaint.Before}}
		in.WageUSD = usd(220 + 20*draw.IntN(10))
	default:
		in.Indicators = map[complaint.Indicator][]complaint.Phase{complaint.ExcessiveOvertime: {complaint.Work}}
		in.WageUSD = usd(220 + 20*draw.IntN(10))
	}
	if !in.NeverDeparted {
		d := gone[draw.IntN(len(gone))]
		in.Country, in.Employer = w.works[d.works].country, w.works[d.works].name
		in.Contact = complaint.Contact{Phone: workerPhone(d.worker), How: "message"}
	}
	if draw.IntN(3) == 0 {
		in.About = complaint.AboutFamily
	}
	in.Narrative = plainWords(in, draw)
	return telling{agency: agency, day: day, in: in}
}

// at spreads complaints over the day, by their place in the order.
func (w *world) at(t telling, i int) time.Time {
	return w.date(t.day).Add(time.Duration(60+(i*53)%840) * time.Minute)
}
