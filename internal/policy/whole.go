package policy

import (
	"cmp"
	"slices"
)

func row(i int, code string) Problem {
	return Problem{Code: code, Args: map[string]any{"Line": i + 1}}
}

func (v object) rows(field string) []object {
	all, _ := v[field].([]object)
	return all
}

func (v object) number(field string) int64 {
	n, _ := v[field].(int64)
	return n
}

func (v object) text(field string) string {
	s, _ := v[field].(string)
	return s
}

// pointsFall wants a critical point to weigh no less than a major one, and that
// no less than a minor one.
func pointsFall(v object) (string, Problem, bool) {
	if v.number("critical") < v.number("major") {
		return "major", Problem{Code: "policy.error.points"}, true
	}
	return "minor", Problem{Code: "policy.error.points"}, v.number("major") < v.number("minor")
}

// oneAmount wants a flat amount or tiers that rise, of which the last alone may
// be without end.
func oneAmount(v object) (string, Problem, bool) {
	tiers := v.rows("tiers")
	_, flat := v["flat"]
	if flat == (len(tiers) > 0) {
		return "flat", Problem{Code: "policy.error.one_amount"}, true
	}
	for i, tier := range tiers {
		_, ends := tier["up_to"]
		last := i == len(tiers)-1
		if !ends && !last || i > 0 && ends && tier.number("up_to") <= tiers[i-1].number("up_to") {
			return "tiers", row(i, "policy.error.tier"), true
		}
	}
	return "", Problem{}, false
}

// narrowed wants each exception to be one: for a destination or an occupation,
// and once.
func narrowed(field string) func(object) (string, Problem, bool) {
	return func(v object) (string, Problem, bool) {
		seen := map[string]bool{}
		for i, r := range v.rows(field) {
			to := r.text("destination") + " " + r.text("occupation")
			if to == " " {
				return field, row(i, "policy.error.narrow"), true
			}
			if seen[to] {
				return field, row(i, "policy.error.twice"), true
			}
			seen[to] = true
		}
		return "", Problem{}, false
	}
}

// bansEnd wants what narrowed wants of each line, but the same ban may be there
// more than once, and no ban ends before it begins.
func bansEnd(v object) (string, Problem, bool) {
	for i, r := range v.rows("bans") {
		if r.text("destination")+r.text("occupation") == "" {
			return "bans", row(i, "policy.error.narrow"), true
		}
		if until := r.text("until"); until != "" && until < r.text("from") {
			return "bans", row(i, "policy.error.ends_first"), true
		}
	}
	return "", Problem{}, false
}

func someWorkday(v object) (string, Problem, bool) {
	free, _ := v["weekend"].([]string)
	return "weekend", Problem{Code: "policy.error.weekend"}, len(free) == len(weekdays())
}

// daysOnce puts the holidays in order and wants each day once.
func daysOnce(v object) (string, Problem, bool) {
	all := v.rows("holidays")
	slices.SortStableFunc(all, func(a, b object) int { return cmp.Compare(a.text("day"), b.text("day")) })
	for i := 1; i < len(all); i++ {
		if day := all[i].text("day"); day == all[i-1].text("day") {
			return "holidays", Problem{Code: "policy.error.day_twice", Args: map[string]any{"Day": day}}, true
		}
	}
	return "", Problem{}, false
}

// thresholdsRise wants a strong match to need no less than a weak one.
func thresholdsRise(v object) (string, Problem, bool) {
	return "strong", Problem{Code: "policy.error.thresholds"}, v.number("strong") < v.number("weak")
}
