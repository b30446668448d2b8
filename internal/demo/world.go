package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// history is how many days of placements there are.
const history = 730

// world is everything that is invented, before anything of it is written. Days
// are counted from the day of the start: -1 is yesterday.
type world struct {
	today    time.Time // midnight UTC
	houses   []house
	works    []works
	left     []departure
	told     []telling
	byAgency map[string][]departure
}

// works is an employer.
type works struct{ name, country string }

// departure is one placement. Worker is a number by which phone and document
// are made.
type departure struct {
	agency     string
	works      int
	occupation string
	day        int
	worker     int
}

// date returns the day as the record keeps it.
func (w *world) date(day int) time.Time { return w.today.AddDate(0, 0, day) }

// build invents the world. The same seed and day give the same world.
func build(seed uint64, today time.Time) *world {
	w := &world{today: today, houses: houses(), works: employers(), byAgency: map[string][]departure{}}
	// An invented world has to be repeatable, not unguessable.
	draw := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // see above
	for _, h := range w.houses {
		w.place(h, draw)
	}
	slices.SortStableFunc(w.left, func(a, b departure) int { return a.day - b.day })
	for i := range w.left {
		w.left[i].worker = i
		d := w.left[i]
		w.byAgency[d.agency] = append(w.byAgency[d.agency], d)
	}
	w.told = w.tellings(rand.New(rand.NewPCG(seed, 2))) //nolint:gosec // see above
	slices.SortStableFunc(w.told, func(a, b telling) int { return a.day - b.day })
	return w
}

// place spreads an agency's departures over the days on which it was licensed.
func (w *world) place(h house, draw *rand.Rand) {
	var days []int
	for day := -history; day < 0; day++ {
		if h.licensed(day) {
			days = append(days, day)
		}
	}
	if len(days) == 0 {
		return
	}
	for range h.weight {
		country := h.destinations[draw.IntN(len(h.destinations))]
		at := draw.IntN(worksPerCountry)
		for w.works[at].country != country {
			at += worksPerCountry
		}
		codes := occupations[country]
		w.left = append(w.left, departure{
			agency: h.key, works: at, day: days[draw.IntN(len(days))], occupation: codes[draw.IntN(len(codes))],
		})
	}
}

// occupations are ISCO-08 unit groups by destination.
var occupations = map[string][]string{
	"TH": {"9313", "8160", "9329", "9211"}, "MY": {"8153", "9329", "9111"}, "KR": {"9329", "7212", "9211"},
	"JP": {"8160", "9211", "7115"}, "SA": {"9111", "5311", "9412"},
}

const worksPerCountry = 6

// employers gives six in each of five destinations.
func employers() []works {
	var all []works
	for _, c := range []struct {
		country string
		names   [worksPerCountry]string
	}{
		{"TH", [...]string{"Sunrise Sample Foods", "Chao Thale Cold Storage", "Bang Noi Building", "Sai Fon Rubber", "Dao Rung Garments", "Khao Thong Poultry"}},
		{"MY", [...]string{"Kilang Contoh Getah", "Pelangi Electronics Assembly", "Rumah Damai Household", "Bukit Hijau Furniture", "Seri Mawar Garments", "Tasik Plastics"}},
		{"KR", [...]string{"Haneul Metal Works", "Saebyeok Farm", "Byeolbit Plating", "Dalbit Greenhouse", "Moraesi Castings", "Param Textiles"}},
		{"JP", [...]string{"Asahigaoka Bento", "Midorino Farm", "Hoshizora Laundry", "Kawabe Carpentry", "Minato Noodles", "Yukiguni Vegetables"}},
		{"SA", [...]string{"Dar Al Misal Household", "Nakheel Sample Catering", "Al Wadi Cleaning", "Bayt Al Amal Household", "Qamar Kitchens", "Rimal Services"}},
	} {
		for _, name := range c.names {
			all = append(all, works{name, c.country})
		}
	}
	return all
}

// The numbers of the demonstration: +855 49 is given to nobody.
func workerPhone(n int) string { return fmt.Sprintf("+85549%06d", 100000+n) }
func familyPhone(n int) string { return fmt.Sprintf("+85549%06d", 700000+n) }
func officePhone(n int) string { return fmt.Sprintf("+85549%06d", 500000+10*n) }
func passport(n int) string    { return fmt.Sprintf("X%07d", n) }

// brokerPhones belong to one man; no agency has registered them.
var brokerPhones = [...]string{"+85549900101", "+85549900102", "+85549900103"}
