package pattern

import "slices"

// Voices sets the Voice of every complaint: complaints of one reporter, and
// complaints of which near says that one narrative is a copy of another, are one
// voice, whatever lies between them. A voice is named after the complaint that
// sorts first in it, so the order given does not matter. near must be symmetric;
// zero signatures and empty reporters join nobody.
func Voices(complaints []Complaint, near func(a, b uint64) bool) {
	parent := make([]int, len(complaints))
	for i := range parent {
		parent[i] = i
	}
	find := func(i int) int {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	for i, a := range complaints {
		for j, b := range complaints[:i] {
			same := a.ID == b.ID ||
				a.Reporter != "" && a.Reporter == b.Reporter ||
				a.Signature != 0 && b.Signature != 0 && near(a.Signature, b.Signature)
			if same {
				parent[find(i)] = find(j)
			}
		}
	}
	first := map[int]string{}
	for i, c := range complaints {
		root := find(i)
		if name, seen := first[root]; !seen || c.ID < name {
			first[root] = c.ID
		}
	}
	for i := range complaints {
		complaints[i].Voice = first[find(i)]
	}
}

// telling is a complaint that counts: the first of its voice in a window, or one
// in which the voice says something that it had not said.
type telling struct {
	Complaint
	news []string
}

// tellings gives the telling complaints of the latest window of so many days and
// the last day of that window, or nothing when none lies in the days up to AsOf.
// news lists what a complaint says as far as the rule cares; a complaint by a
// known voice without news is no evidence, moves no window and changes nothing.
func (f Facts) tellings(days int, news func(Complaint) []string) (told []telling, last Day) {
	known := f.known()
	all := tellingAmong(known, days, news)
	if len(all) == 0 || all[len(all)-1].Day <= f.AsOf-Day(days) {
		return nil, 0
	}
	last = all[len(all)-1].Day
	// Again inside the window alone: a voice first heard before it and heard
	// again in it counts in it.
	inside := slices.DeleteFunc(known, func(c Complaint) bool { return c.Day <= last-Day(days) || c.Day > last })
	return tellingAmong(inside, days, news), last
}

// tellingAmong thins complaints, oldest first, to those that count. A voice that
// repeats itself without pause stays one telling, the first.
func tellingAmong(complaints []Complaint, days int, news func(Complaint) []string) []telling {
	byVoice := map[string][]telling{}
	var out []telling
	for _, c := range complaints {
		heard, said := false, map[string]bool{}
		for _, before := range byVoice[c.Voice] {
			if before.Day > c.Day-Day(days) {
				heard = true
				for _, s := range before.news {
					said[s] = true
				}
			}
		}
		t := telling{c, news(c)}
		byVoice[c.Voice] = append(byVoice[c.Voice], t)
		if !heard || slices.ContainsFunc(t.news, func(s string) bool { return !said[s] }) {
			out = append(out, t)
		}
	}
	return out
}

// ids lists the complaints as evidence.
func ids(told []telling) []string {
	out := make([]string, len(told))
	for i, t := range told {
		out[i] = t.ID
	}
	return out
}

// voices counts the different tellers among those that keep accepts, or among
// all when keep is nil.
func voices(told []telling, keep func(telling) bool) int {
	seen := map[string]bool{}
	for _, t := range told {
		if keep == nil || keep(t) {
			seen[t.Voice] = true
		}
	}
	return len(seen)
}
