package complaint_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

// country is a state with desks at home and abroad. readers names the units in
// which a first reader works.
func openState(t *testing.T, readers ...string) *office {
	t.Helper()
	o := open(t, []string{}...)
	app := o.db.Super(t)
	for _, u := range [][5]string{
		{"ministry-national", "ministry", "", "", ""},
		{"province-east", "province", "ministry-national", "East Gate", ""},
		{"province-west", "province", "ministry-national", "West Gate", ""},
		{"office-east", "province", "province-east", "", ""},
		{"embassy-th", "embassy", "ministry-national", "", "TH"},
		{"police-national", "police", "", "", ""},
		{"police-east", "police", "police-national", "", ""},
		{"oversight-national", "oversight", "", "", ""},
		{"border-north", "border", "", "", ""},
		{"reading-room", "ministry", "", "", ""},
	} {
		key := id.New()
		o.units[u[0]] = key
		exec(t, app, `INSERT INTO units (id, code, kind, name, parent_id, province, countries)
			VALUES ($1, $2, $3, '{"en":"Unit"}', (SELECT id FROM units WHERE code = $4), NULLIF($5, ''), string_to_array(NULLIF($6, ''), ' '))`,
			key, u[0], u[1], u[2], u[3], u[4])
	}
	// The reading room is under the ministry, so that the ministry's desk stays first.
	exec(t, app, `UPDATE units SET parent_id = $1 WHERE code = 'reading-room'`, o.units["ministry-national"])
	o.desks = o.db.Desks(t, o.clock, slices.Sorted(maps.Keys(o.units))...)
	for _, code := range readers {
		o.person(t, code, identity.RoleFirstReader)
	}
	return o
}

// openStates opens one state for each set of readers, for cases that have nothing
// to do with each other.
func openStates(t *testing.T) func(readers []string) *office {
	t.Helper()
	opened := map[string]*office{}
	return func(readers []string) *office {
		key := strings.Join(readers, " ")
		if opened[key] == nil {
			opened[key] = openState(t, readers...)
		}
		return opened[key]
	}
}

// person makes somebody who works in the unit and was admitted to its desk.
func (o *office) person(t *testing.T, code string, role identity.Role) identity.Holder {
	t.Helper()
	email := id.New().String() + "@staff.example"
	person := o.db.Hire(t, o.clock, email, "Somebody", o.units[code], role)
	who := o.db.AtTerminal(t, o.clock, email)
	if !authority.ReadsCases(who.UnitKind, role) {
		return who
	}
	if err := o.desks.Admit(t.Context(), o.db.Keyholder(t, o.clock, code), person); err != nil {
		t.Fatal(err)
	}
	return who
}

// excluded lists who may never receive the complaint.
func (o *office) excluded(t *testing.T, filed complaint.Filed) string {
	t.Helper()
	var got string
	err := o.db.Super(t).QueryRow(`SELECT coalesce(string_agg(u.code || ':' || x.why, ' ' ORDER BY u.code), '')
		FROM complaint_exclusions x JOIN units u ON u.id = x.unit_id WHERE complaint_id = $1`, filed.ID).Scan(&got)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// reads tells who reads first: "unit", "unit→stand-in", with "!" when red and
// "^" when it climbed at once; "-" when nothing needs to be read.
func (o *office) reads(t *testing.T, filed complaint.Filed) string {
	t.Helper()
	var got string
	err := o.db.Super(t).QueryRow(`SELECT coalesce(max(CASE WHEN state = 'not_needed' THEN '-' ELSE u.code || coalesce('→' || s.code, '') END
			|| CASE WHEN red THEN '!' ELSE '' END || CASE WHEN climbed_at IS NULL THEN '' ELSE '^' END), '')
		FROM readings r JOIN units u ON u.id = r.unit_id LEFT JOIN units s ON s.id = r.stand_in_id WHERE complaint_id = $1`, filed.ID).Scan(&got)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

const aboveEast = "ministry-national:above"

func TestExclusionsComeBeforeEntitlements(t *testing.T) {
	desk, police := complaint.LabourDesk, complaint.Police
	both := []complaint.MayAct{desk, police}
	stateWith := openStates(t)
	for name, tt := range map[string]struct {
		accused  string // "" is an office that nobody knows
		act      []complaint.MayAct
		readers  []string
		want     map[string]string
		excluded string
		reads    string
	}{
		"a province's official": {
			"province-east", both, nil,
			map[string]string{"oversight-national": all, "police-national": reporter},
			aboveEast + " office-east:below province-east:accused", "oversight-national^",
		},
		"the ministry's own": {
			"ministry-national", both,
			[]string{"reading-room", "oversight-national"},
			map[string]string{"oversight-national": all, "police-national": reporter},
			"embassy-th:below ministry-national:accused office-east:below province-east:below province-west:below reading-room:below", "oversight-national",
		},
		"a policeman: police get nothing, oversight stands in": {
			"police-national", both, nil,
			map[string]string{"oversight-national": all},
			"police-east:below police-national:accused", "oversight-national^",
		},
		"a policeman of the province": {
			"police-east",
			[]complaint.MayAct{police},
			nil,
			map[string]string{"oversight-national": reporter},
			"police-east:accused police-national:above", "oversight-national^",
		},
		"an overseer: the ministry takes its place": {
			"oversight-national", both,
			[]string{"reading-room", "oversight-national"},
			map[string]string{"ministry-national": all, "police-national": reporter},
			"oversight-national:accused", "ministry-national",
		},
		"an office that nobody knows": {
			"", both,
			[]string{"reading-room"},
			map[string]string{"oversight-national": all, "police-national": reporter},
			"border-north:unknown embassy-th:unknown ministry-national:unknown office-east:unknown province-east:unknown province-west:unknown reading-room:unknown",
			"oversight-national^",
		},
		"nobody may act yet, so nobody reads": {
			"province-east", nil, nil,
			map[string]string{"oversight-national": "answers"},
			aboveEast + " office-east:below province-east:accused", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := stateWith(tt.readers)
			in := told()
			in.Country, in.Official, in.OfficialUnit, in.MayAct = "", true, o.units[tt.accused], tt.act
			filed, _ := o.file(t, in)
			tt.want["reporter"] = all
			if diff := cmp.Diff(tt.want, o.envelopes(t, filed)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff([]string{tt.excluded, tt.reads}, []string{o.excluded(t, filed), o.reads(t, filed)}); diff != "" {
				t.Error(diff)
			}
			if n := o.count(t, `SELECT count(*) FROM complaints WHERE id = $1 AND police_excluded = $2 AND oversight_excluded = $3`,
				filed.ID, strings.HasPrefix(tt.accused, "police"), strings.HasPrefix(tt.accused, "oversight")); n != 1 {
				t.Error("detection is blind for the wrong ones")
			}
		})
	}
}

func TestWhatWaitsForAFirstReader(t *testing.T) {
	labour := func(in *complaint.Intake) { in.MayAct = []complaint.MayAct{complaint.LabourDesk} }
	silent := func(in *complaint.Intake) {
		labour(in)
		*in = complaint.Intake{Language: "km", Country: "TH", Indicators: in.Indicators, MayAct: in.MayAct}
	}
	stateWith := openStates(t)
	for name, tt := range map[string]struct {
		change  func(*complaint.Intake)
		readers []string
		want    map[string]string
		reads   string
	}{
		"a text for the embassy": {
			labour,
			[]string{"reading-room"},
			map[string]string{"ministry-national": all, "police-national": "answers", "reading-room": all, "oversight-national": all},
			"reading-room→oversight-national",
		},
		"a text for the embassy, and nobody to read": {
			labour, nil, map[string]string{"ministry-national": all, "police-national": "answers", "oversight-national": all}, "oversight-national^",
		},
		"the ministry's own reader": {
			labour,
			[]string{"ministry-national"},
			map[string]string{"ministry-national": all, "police-national": "answers", "oversight-national": all},
			"ministry-national→oversight-national",
		},
		"red: the ministry's desk waits for the words, and another reads": {
			func(in *complaint.Intake) { labour(in); in.Safe = complaint.InDanger },
			[]string{"ministry-national", "reading-room"},
			map[string]string{
				"ministry-national": "answers contact:reporter identity:reporter identity:worker", "police-national": "answers",
				"reading-room": all, "oversight-national": all,
			},
			"reading-room→oversight-national!",
		},
		"nothing typed goes to the embassy at once": {
			silent,
			[]string{"reading-room"},
			map[string]string{"ministry-national": "answers", "police-national": "answers", "embassy-th": "answers", "reporter": "answers"},
			"-",
		},
		"the province, by the place": {
			func(in *complaint.Intake) {
				labour(in)
				in.Country, in.Place = "", "a house behind the EAST gate market"
			},
			[]string{"reading-room"},
			map[string]string{"ministry-national": all, "police-national": "answers", "reading-room": all, "oversight-national": all},
			"reading-room→oversight-national",
		},
		"no desk is near": {
			func(in *complaint.Intake) { labour(in); in.Country = "KR" },
			[]string{"reading-room"},
			map[string]string{"ministry-national": all, "police-national": "answers"},
			"",
		},
		"an official of elsewhere: the embassy waits, too": {
			func(in *complaint.Intake) { labour(in); in.Official = true },
			[]string{"oversight-national", "reading-room"},
			map[string]string{"oversight-national": all, "police-national": "answers"},
			"oversight-national",
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := stateWith(tt.readers)
			in := told()
			tt.change(&in)
			if in.Official {
				in.OfficialUnit = o.units["border-north"]
			}
			filed, _ := o.file(t, in)
			if tt.want["reporter"] == "" {
				tt.want["reporter"] = all
			}
			if diff := cmp.Diff(tt.want, o.envelopes(t, filed)); diff != "" {
				t.Error(diff)
			}
			if got := o.reads(t, filed); got != tt.reads {
				t.Errorf("read by %q, want %q", got, tt.reads)
			}
		})
	}
}

func TestWithoutAPolicyEverythingIsReadFirstAndAtOnce(t *testing.T) {
	o := openState(t, "reading-room")
	exec(t, o.db.Super(t), `DELETE FROM policies WHERE key = 'complaint.first_reading'`)
	in := told()
	in.MayAct = []complaint.MayAct{complaint.LabourDesk}
	filed, _ := o.file(t, in)
	if n := o.count(t, `SELECT count(*) FROM readings WHERE complaint_id = $1 AND state = 'waiting' AND due_at = made_at`, filed.ID); n != 1 {
		t.Error("a missing policy let words pass")
	}
}

func TestAPolicyMayLeaveTheReadingOut(t *testing.T) {
	o := openState(t, "reading-room")
	exec(t, o.db.Super(t), `INSERT INTO policies (key, valid_from, value, source) VALUES ('complaint.first_reading', '2026-01-01', '{"minutes": {}}', 'a test')`)
	in := told()
	in.MayAct = []complaint.MayAct{complaint.LabourDesk}
	filed, _ := o.file(t, in)
	if got := o.envelopes(t, filed)["embassy-th"]; got != all {
		t.Errorf("the embassy received %q", got)
	}
}

func TestAnOfficeThatIsNoneIsRefused(t *testing.T) {
	o := openState(t)
	in := told()
	in.Official, in.OfficialUnit = true, uuid.New()
	receipt := complaint.NewReceipt()
	_, err := o.service.File(t.Context(), identity.Public(), in, receipt, "nonce-"+receipt.Code())
	if fault.FieldsOf(err)["official_unit"] != "form.choice" {
		t.Fatal(err)
	}
}

func TestTheDatabaseRefusesWhoeverIsExcludedNowAndLater(t *testing.T) {
	o := openState(t)
	app := o.db.Super(t)
	in := told()
	in.Official, in.OfficialUnit, in.MayAct = true, o.units["province-east"], []complaint.MayAct{complaint.LabourDesk}
	filed, _ := o.file(t, in)
	insert := `INSERT INTO complaint_envelopes (complaint_id, recipient, key_id, items, envelope) VALUES ($1, $2, '1', '{answers}', '\x00')`
	exec(t, app, `INSERT INTO units (id, code, kind, name, parent_id) VALUES ($1, 'office-new', 'border', '{"en":"New"}', $2)`, id.New(), o.units["province-east"])
	for _, code := range []string{"province-east", "ministry-national", "office-east", "office-new"} {
		if _, err := app.Exec(insert, filed.ID, code); err == nil || !strings.Contains(err.Error(), "this unit is excluded") {
			t.Errorf("%s: %v", code, err)
		}
	}
	for _, code := range []string{"province-west", "embassy-th"} {
		if _, err := app.Exec(insert, filed.ID, code); err == nil || !strings.Contains(err.Error(), "not read yet") {
			t.Errorf("%s: %v", code, err)
		}
	}
	exec(t, app, insert, filed.ID, "border-north")
	if _, err := app.Exec(`DELETE FROM complaint_exclusions`); err == nil {
		t.Error("an exclusion was taken away")
	}
}

func TestOnlyOfficesOfTheStateAreListedWithTheMinistryFirst(t *testing.T) {
	o := openState(t)
	exec(t, o.db.Super(t), `INSERT INTO units (id, code, kind, name) VALUES ($1, 'house', 'support', '{"en":"House"}'), ($2, 'admin', 'administration', '{"en":"Admin"}')`, id.New(), id.New())
	offices, err := o.service.Offices(t.Context())
	if err != nil || len(offices) != 10 || offices[0].ID != o.units["ministry-national"] || offices[0].Name["en"] != "Unit" {
		t.Fatal(offices, err)
	}
}
