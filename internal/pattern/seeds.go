package pattern

import "encoding/json"

// Setting is one dated row of thresholds.
type Setting struct {
	Rule      string
	Version   int
	ValidFrom string // ISO 8601 date
	Params    json.RawMessage
	Source    string
}

// Seeds gives the settings with which a new installation starts. They are
// starting defaults to be re-set from real complaints, valid from before any
// record so that a replay of history finds them.
func Seeds() []Setting {
	const fromTheStart = "2000-01-01"
	return []Setting{
		{
			Rule: "broker-hub", Version: 1, ValidFrom: fromTheStart,
			Params: json.RawMessage(`{"min_voices":3,"min_agencies":2,"window_days":180,"red_first_hand":3}`),
			Source: "Typology 4, starting default; three after Philippine RA 8042, section 6: three victims are large scale",
		},
		{
			Rule: "complaint-burst", Version: 1, ValidFrom: fromTheStart,
			Params: json.RawMessage(`{"min_voices":3,"window_days":30,"max_tail":0.01,"rate_days":365,"lag_days":90,` +
				`"shrink_complaints":0.5,"shrink_departures":50,"min_corridor_departures":200,` +
				`"floor_per_year":{"agency":2,"employer":1},"red_first_hand":3}`),
			Source: "Typology 17, starting default; rates and shrinkage after the detection design, C2",
		},
		{
			Rule: "converging-testimony", Version: 1, ValidFrom: fromTheStart,
			Params: json.RawMessage(`{"min_voices":2,"window_days":365,"amber_grounded":1,"red_first_hand":3}`),
			Source: "Typology 21, starting default; ILO and European Commission Delphi indicators 2009; grades after the detection design, C1",
		},
	}
}
