package complaint_test

import (
	"testing"

	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/postgres"
)

// Whoever has the database alone makes no unit receive what another would.
func TestAUnitThatWasChangedPastThePortalReceivesNothing(t *testing.T) {
	for name, change := range map[string]string{
		"an embassy becomes the ministry":        `UPDATE units SET kind = 'ministry', parent_id = NULL, countries = NULL WHERE code = 'embassy-th'`,
		"an embassy takes another country":       `UPDATE units SET countries = '{TH,MY}' WHERE code = 'embassy-th'`,
		"an embassy becomes the national police": `UPDATE units SET kind = 'police', parent_id = NULL WHERE code = 'embassy-th'`,
		"a province moves":                       `UPDATE units SET province = 'West Gate' WHERE code = 'province-east'`,
		"its pin is another's":                   `UPDATE units SET pin = (SELECT pin FROM units WHERE code = 'province-west') WHERE code = 'embassy-th'`,
	} {
		t.Run(name, func(t *testing.T) {
			o := openState(t, "reading-room")
			exec(t, o.db.Super(t), change)
			in := told()
			in.MayAct, in.Country, in.Place = []complaint.MayAct{complaint.LabourDesk, complaint.Police}, "MY", "near the west gate"
			filed, _ := o.file(t, in)
			held := o.envelopes(t, filed)
			for _, code := range []string{"embassy-th", "province-east"} {
				if got, has := held[code]; has {
					t.Errorf("%s holds %q", code, got)
				}
			}
			if held["ministry-national"] != all || held["police-national"] != reporter {
				t.Error(held)
			}
		})
	}
}

func TestWithTheComplaintsDeskOrThePoliceChangedNothingIsFiled(t *testing.T) {
	for _, code := range []string{"ministry-national", "police-national"} {
		o := openState(t)
		exec(t, o.db.Super(t), `UPDATE units SET kind = 'border' WHERE code = $1`, code)
		exec(t, o.db.Super(t), `UPDATE units SET pin = '\x00' WHERE kind = 'police'`)
		in, receipt := told(), complaint.NewReceipt()
		in.MayAct = []complaint.MayAct{complaint.Police}
		if _, err := o.service.File(t.Context(), identity.Public(), in, receipt, "nonce-"+receipt.Code()); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("%s: %v", code, err)
		}
	}
}

// An accused unit that was taken out of its line must not free those above it.
func TestAnAccusedUnitWhoseLineWasChangedExcludesLikeOneThatNobodyKnows(t *testing.T) {
	for name, tt := range map[string]struct{ change, accused string }{
		"itself":              {`UPDATE units SET parent_id = NULL WHERE code = 'office-east'`, "office-east"},
		"what stands above":   {`UPDATE units SET parent_id = NULL WHERE code = 'province-east'`, "office-east"},
		"it points at itself": {`UPDATE units SET parent_id = id WHERE code = 'province-east'`, "office-east"},
		"another became its parent": {
			`UPDATE units SET parent_id = (SELECT id FROM units WHERE code = 'border-north') WHERE code = 'province-east'`, "office-east",
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := openState(t)
			exec(t, o.db.Super(t), tt.change)
			in := told()
			in.Country, in.Official, in.OfficialUnit, in.MayAct = "", true, o.units[tt.accused], []complaint.MayAct{complaint.LabourDesk}
			filed, _ := o.file(t, in)
			for _, code := range []string{"ministry-national", "province-west", "embassy-th", "office-east", "reading-room"} {
				if n := o.count(t, `SELECT count(*) FROM complaint_exclusions WHERE complaint_id = $1 AND unit_id = $2`, filed.ID, o.units[code]); n != 1 {
					t.Errorf("%s is not excluded", code)
				}
			}
			if held := o.envelopes(t, filed); held["oversight-national"] != all || len(held) != 3 {
				t.Error(held)
			}
		})
	}
}

func TestALocalDeskWithoutAKeyStopsNothing(t *testing.T) {
	o := openState(t)
	reader := o.person(t, "reading-room", identity.RoleFirstReader)
	waiting := o.forEmbassy(t)
	app := o.db.Super(t)
	exec(t, app, `INSERT INTO units (id, code, kind, name, parent_id, countries) VALUES ($1, 'embassy-th2', 'embassy', '{"en":"Second"}', $2, '{TH}')`, id.New(), o.units["ministry-national"])
	o.db.Adopt(t)
	if err := o.service.NobodyNamed(t.Context(), reader, o.waiting(t, reader)[0].ID); err != nil {
		t.Error("no verdict:", err)
	}
	if got := o.openedBy(t, waiting, "embassy-th"); got != told().Narrative {
		t.Errorf("the first embassy reads %q", got)
	}
	// Nor does one whose key somebody put there.
	exec(t, app, `INSERT INTO desk_keys (id, unit_id, sequence, public, pin, made_at)
		SELECT '2' || substr(k.id, 2), u.id, 1, k.public, k.pin, now() FROM units u, desk_keys k JOIN units f ON f.id = k.unit_id WHERE u.code = 'embassy-th2' AND f.code = 'embassy-th'`)
	o.desks.Refresh()
	silent := complaint.Intake{Language: "km", Country: "TH", Indicators: told().Indicators, MayAct: []complaint.MayAct{complaint.LabourDesk}}
	filed, _ := o.file(t, silent)
	if _, has := o.envelopes(t, filed)["embassy-th2"]; has || o.envelopes(t, filed)["embassy-th"] != "answers" {
		t.Error(o.envelopes(t, filed))
	}
}

func TestNoUnitIsCalledAsTheReportersEnvelopeIs(t *testing.T) {
	o := openState(t)
	_, err := o.db.Super(t).Exec(`INSERT INTO units (id, code, kind, name, province) VALUES ($1, 'reporter', 'province', '{"en":"U"}', 'Nowhere')`, id.New())
	if !postgres.Violates(err, "units_code_reserved") {
		t.Error(err)
	}
}

func TestWhoIsOfAnAccusedOfficeReadsItInNoOther(t *testing.T) {
	o := openState(t)
	for code, role := range map[string]identity.Role{
		"oversight-national": identity.RoleOverseer, "police-national": identity.RoleInvestigator, "ministry-national": identity.RoleComplaintsOfficer,
	} {
		t.Run(code, func(t *testing.T) {
			free, both := o.person(t, code, role), o.person(t, code, role)
			o.db.Grant(t, o.clock, both.PersonID, o.units["border-north"], identity.RoleBorderOfficer)
			in := told()
			in.Country, in.Official, in.OfficialUnit = "", true, o.units["border-north"]
			in.MayAct = []complaint.MayAct{complaint.Police, complaint.LabourDesk}
			if code == "ministry-national" { // what the oversight body stands in for otherwise
				in.OfficialUnit = o.units["oversight-national"]
				o.db.Grant(t, o.clock, both.PersonID, o.units["oversight-national"], identity.RoleFirstReader)
			}
			filed, _ := o.file(t, in)
			seen := func(by identity.Holder, table, column string) int {
				return o.seenAs(t, by, `SELECT count(*) FROM `+table+` WHERE `+column+` = '`+filed.ID.String()+`'`)
			}
			if seen(free, "complaint_envelopes", "complaint_id") == 0 {
				t.Error("who has nothing to do with it sees nothing")
			}
			if _, err := o.service.OpenFor(t.Context(), both, filed.ID); fault.KindOf(err) != fault.Forbidden {
				t.Errorf("who has: %v", err)
			}
			for table, column := range map[string]string{
				"complaints": "id", "complaint_envelopes": "complaint_id", "complaint_items": "complaint_id", "complaint_disclosures": "complaint_id",
				"readings": "complaint_id",
			} {
				if n := seen(both, table, column); n != 0 {
					t.Errorf("the database shows %d rows of %s", n, table)
				}
			}
		})
	}
}
