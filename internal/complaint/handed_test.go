package complaint_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/google/uuid"
)

func TestWhoeverGoesOnWithANamedOfficialIsTold(t *testing.T) {
	for name, tt := range map[string]struct {
		reads, named string
		goesOn       string
		want         string
	}{
		"an official of the embassy: the oversight body": {
			"reading-room", "embassy-th", "oversight-national", "free:handed",
		},
		"of an office that nobody knows: the oversight body": {
			"reading-room", "", "oversight-national", "free:handed",
		},
		"an overseer: those who read it and hold it": {
			"reading-room", "oversight-national", "reading-room", "colleague:handed",
		},
		"an overseer, found by the oversight body: the ministry, which stands in": {
			"oversight-national", "oversight-national", "ministry-national", "officer:handed",
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := withPost(t, openState(t))
			reader := p.person(t, tt.reads, identity.RoleFirstReader)
			filed := p.forEmbassy(t)
			line := p.waiting(t, reader)[0]
			p.hire(t, "colleague", "reading-room", identity.RoleFirstReader)
			p.hire(t, "officer", "ministry-national", identity.RoleFirstReader)
			p.hire(t, "free", "oversight-national", identity.RoleOverseer)
			both := p.hire(t, "both", "oversight-national", identity.RoleOverseer)
			p.db.Grant(t, p.clock, both, p.units["embassy-th"], identity.RoleInspector)
			exec(t, p.super, `UPDATE promises SET kept_at = now() WHERE topic = 'reading.made'`)
			if err := p.service.OfficialIsNamed(t.Context(), reader.Actor, line.ID, p.units[tt.named]); err != nil {
				t.Fatal(err)
			}
			if n := p.count(t, `SELECT count(*) FROM readings WHERE complaint_id = $1 AND handed_to = $2`, filed.ID, p.units[tt.goesOn]); n != 1 {
				t.Error("it stands in nobody's list, or in another's")
			}
			var told []string
			for word := range strings.FieldsSeq(p.work(t)) {
				if name, _, _ := strings.Cut(word, ":"); slices.Contains([]string{"colleague", "officer", "free", "both"}, name) {
					told = append(told, word)
				}
			}
			if got := strings.Join(told, " "); got != tt.want {
				t.Errorf("told %q, want %q", got, tt.want)
			}
		})
	}
}

func TestAReaderSeesWhatTheyHandedToTheirOwnDesk(t *testing.T) {
	o := openState(t)
	reader := o.person(t, "reading-room", identity.RoleFirstReader)
	o.forEmbassy(t)
	line := o.waiting(t, reader)[0]
	if err := o.service.OfficialIsNamed(t.Context(), reader.Actor, line.ID, o.units["oversight-national"]); err != nil {
		t.Fatal(err)
	}
	_, handed, err := o.service.Readings(t.Context(), reader.Actor)
	if err != nil || len(handed) != 1 || handed[0].Named == uuid.Nil {
		t.Fatal(handed, err)
	}
	if _, contents, err := o.service.Read(t.Context(), reader, line.ID); err != nil || contents.Narrative == nil {
		t.Error(err)
	}
}
