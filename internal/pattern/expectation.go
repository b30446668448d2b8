package pattern

const (
	daysPerYear = 365
	// maxHistoryDays keeps a mistyped window from loading a whole history.
	maxHistoryDays = 10 * daysPerYear
)

// The base says what an expectation rests on; it ends the reason's locale key.
const (
	baseCorridor = "corridor" // others' rate towards the same destinations
	baseNational = "national" // others' rate towards all, for one destination or more
	baseFloor    = "floor"    // no departures of the subject, or of anybody else, on record
)

// expectation is how many complaints a subject may have had in the burst's
// window without anything being wrong.
type expectation struct {
	complaints float64
	base       string
	departures int // of the subject, in the longer window
}

// expect takes the higher of the usual rate and the rate of the burst's own
// window, and adds the floor.
func (p burstParams) expect(f Facts) expectation {
	floor := p.FloorPerYear[f.Subject.Kind] * float64(p.WindowDays) / daysPerYear
	usual := p.fromRates(f, p.RateDays)
	lately := p.fromRates(f, p.WindowDays)
	if usual.base == baseFloor {
		return expectation{complaints: floor, base: baseFloor, departures: usual.departures}
	}
	usual.complaints = max(usual.complaints*float64(p.WindowDays)/float64(p.RateDays), lately.complaints) + floor
	return usual
}

// fromRates sums the subject's departures times the others' rate over its
// destinations, for complaints in a whole window of so many days.
func (p burstParams) fromRates(f Facts, days int) expectation {
	exposure, ok := f.exposure(days)
	out := expectation{base: baseFloor, departures: exposure.National.Subject.Departures}
	if !ok || out.departures == 0 || exposure.National.others().Departures == 0 {
		return out
	}
	out.base = baseCorridor
	national := p.rate(exposure.National.others())
	placed := 0
	for _, c := range exposure.Corridors {
		placed += c.Subject.Departures
		rate := national
		if others := c.others(); others.Departures >= p.MinCorridorDepartures {
			rate = p.rate(others)
		} else if c.Subject.Departures > 0 {
			out.base = baseNational
		}
		out.complaints += float64(c.Subject.Departures) * rate
	}
	if rest := out.departures - placed; rest > 0 { // destinations not listed
		out.base = baseNational
		out.complaints += float64(rest) * national
	}
	return out
}

// rate is complaints per departure, drawn towards the shrinkage's own rate where
// departures are few.
func (p burstParams) rate(t Totals) float64 {
	return (float64(t.Complaints) + p.ShrinkComplaints) / (float64(t.Departures) + p.ShrinkDepartures)
}
