// Package pattern holds the rules that see in many complaints what no single
// complaint shows. A rule is a value: it names its subjects, parses its own
// thresholds and turns typed facts into findings. The typologies and their
// numbers are those of the domain brief's list of thirty detectable patterns.
//
// It owns the rules, the Delphi indicator table, the counting of independent
// voices and the seed thresholds. It does no I/O, reads no clock, knows no names
// and opens nothing sealed: it sees keyed tokens, days and coarse answers. It
// decides nothing about people: a finding is a possible pattern with its
// evidence, its numbers and its honest explanations, handed to a person.
//
// # Adding a rule
//
// One file: a params struct with JSON tags, its check and its needs, a match
// function, and a constructor calling newRule. Then one line in Rules, one
// setting in Seeds with its source, case notes in testdata (at least two that
// must not fire) and the locale keys in views/locales/*/pattern.json.
//
// # Seed thresholds
//
// Thresholds live in the database, dated and sourced; Seeds gives the first rows.
//
//	rule                  threshold                                 source
//	complaint-burst       3 voices in 30 days, p < 0.01             typology 17
//	                      rate over 365 days, lag 90 days,          detection design C2
//	                      +0.5 complaints, +50 departures
//	                      corridor known from 200 departures,       starting defaults, to be
//	                      floor 2 (agency), 1 (employer) a year     re-set from real complaints
//	converging-testimony  2 voices in 365 days, both dimensions     typology 21, Delphi 2009
//	                      watched until 1 voice is first-hand or    detection design C2
//	                      has a registered placement
//	                      red from 3 first-hand voices or a minor   detection design C1
//	broker-hub            3 voices, 2 agencies, 180 days            typology 4
//	burst and hub         red from 3 first-hand voices telling of   detection design C1
//	                      grave coercion, or a minor
package pattern
