package complaint_test

import (
	"strings"
	"testing"

	"github.com/fairpassage/portal/internal/complaint"
	"github.com/google/go-cmp/cmp"
)

const (
	all      = "answers contact:reporter identity:reporter identity:worker narrative"
	reporter = "answers contact:reporter identity:reporter narrative"
)

func TestWhoReceivesWhat(t *testing.T) {
	desk, police := complaint.LabourDesk, complaint.Police
	hurt := func(in *complaint.Intake) {
		in.Safe = complaint.InDanger
		in.Indicators[complaint.RestrictionOfMovement] = nil
	}
	o := open(t) // the cases have nothing to do with each other
	for name, tt := range map[string]struct {
		change func(*complaint.Intake)
		want   map[string]string // recipient → items
		bases  string
	}{
		"nobody may act yet":        {func(*complaint.Intake) {}, map[string]string{"ministry-national": "answers"}, ""},
		"danger without a hurt":     {func(in *complaint.Intake) { in.Safe = complaint.InDanger }, map[string]string{"ministry-national": "answers"}, ""},
		"a hurt without danger now": {func(in *complaint.Intake) { in.Indicators[complaint.Violence] = nil }, map[string]string{"ministry-national": "answers"}, ""},
		"the labour desk": {
			func(in *complaint.Intake) { in.MayAct = []complaint.MayAct{desk} },
			map[string]string{"ministry-national": all, "police-national": "answers"},
			"",
		},
		"police": {
			func(in *complaint.Intake) { in.MayAct = []complaint.MayAct{police} },
			map[string]string{"ministry-national": "answers narrative", "police-national": reporter},
			"reporter consent",
		},
		"police, and the worker agrees": {
			func(in *complaint.Intake) { in.MayAct, in.WorkerAgrees = []complaint.MayAct{police}, true },
			map[string]string{"ministry-national": "answers narrative", "police-national": all},
			"reporter consent, worker consent",
		},
		"agreement without police is none": {
			func(in *complaint.Intake) { in.WorkerAgrees = true },
			map[string]string{"ministry-national": "answers"},
			"",
		},
		"both": {
			func(in *complaint.Intake) { in.MayAct = []complaint.MayAct{desk, police} },
			map[string]string{"ministry-national": all, "police-national": reporter},
			"reporter consent",
		},
		"a child": {
			func(in *complaint.Intake) { in.Minor = true },
			map[string]string{"ministry-national": "answers", "police-national": all, "oversight-national": "answers narrative"},
			"reporter life_or_child, worker life_or_child",
		},
		"confined and in danger, police asked": {
			func(in *complaint.Intake) { hurt(in); in.MayAct = []complaint.MayAct{police} },
			map[string]string{"ministry-national": "answers", "police-national": all, "oversight-national": "answers narrative"},
			"reporter consent, worker life_or_child",
		},
		"an official is involved": {
			func(in *complaint.Intake) { in.Official, in.MayAct = true, []complaint.MayAct{desk} },
			map[string]string{"oversight-national": all, "police-national": "answers"},
			"",
		},
		"an official, and nobody may act": {
			func(in *complaint.Intake) { in.Official = true },
			map[string]string{"oversight-national": "answers"},
			"",
		},
	} {
		t.Run(name, func(t *testing.T) {
			in := told()
			tt.change(&in)
			filed, _ := o.file(t, in)
			tt.want["reporter"] = all
			if diff := cmp.Diff(tt.want, o.envelopes(t, filed)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tt.bases, o.bases(t, filed)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func (o *office) envelopes(t *testing.T, filed complaint.Filed) map[string]string {
	t.Helper()
	rows, err := o.db.Super(t).QueryContext(t.Context(), `SELECT recipient, array_to_string(items, ' ') FROM complaint_envelopes WHERE complaint_id = $1`, filed.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	got := map[string]string{}
	for rows.Next() {
		var to, items string
		if err := rows.Scan(&to, &items); err != nil {
			t.Fatal(err)
		}
		got[to] = items
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return got
}

func (o *office) bases(t *testing.T, filed complaint.Filed) string {
	t.Helper()
	var got string
	err := o.db.Super(t).QueryRowContext(t.Context(), `SELECT coalesce(string_agg(person||' '||basis, ', ' ORDER BY person), '') FROM complaint_disclosures
		WHERE complaint_id = $1 AND recipient = 'police-national'`, filed.ID).Scan(&got)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestTheDatabaseRefusesPoliceAnEnvelopeWithoutABasis(t *testing.T) {
	o := open(t)
	filed, _ := o.file(t, told())
	app := o.db.Super(t)
	insert := `INSERT INTO complaint_envelopes (complaint_id, recipient, key_id, items, envelope) VALUES ($1, 'police-national', '1', $2, '\x00')`
	for _, items := range []string{"{identity:worker}", "{contact:reporter}", "{answers,identity:reporter}", "{originals}"} {
		if _, err := app.ExecContext(t.Context(), insert, filed.ID, items); err == nil || !strings.Contains(err.Error(), "no recorded basis") {
			t.Errorf("%s: %v", items, err)
		}
	}
	exec(t, app, insert, filed.ID, "{answers,narrative}")
}
