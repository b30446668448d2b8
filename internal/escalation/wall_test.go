package escalation_test

import (
	"testing"

	"github.com/fairpassage/portal/internal/escalation"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/google/uuid"
)

// accused makes an office that one more complaint accuses, and an escalation of it.
func (s *station) accused() (office, key uuid.UUID) {
	s.t.Helper()
	office = id.New()
	s.exec(`INSERT INTO units (id, code, kind, name) VALUES ($1, 'border', 'border', '{"en":"Border"}')`, office)
	s.db.Adopt(s.t)
	told := s.complaint()
	s.exec(`INSERT INTO complaint_exclusions (complaint_id, unit_id, why) VALUES ($1, $2, 'accused')`, told, office)
	key, _ = s.raise(s.alert(), escalation.Red, s.complaint(), told)
	return office, key
}

func TestWhoIsOfAnAccusedOfficeKnowsOfNoEscalation(t *testing.T) {
	s := open(t)
	office, key := s.accused()
	other, _ := s.raise(s.alert(), escalation.Amber, s.complaint())
	s.db.Grant(t, s.clock, s.sergeant, office, identity.RoleBorderOfficer)
	below := id.New()
	s.exec(`INSERT INTO units (id, code, kind, name, parent_id) VALUES ($1, 'border-post', 'border', '{"en":"Post"}', $2)`, below, office)
	s.db.Adopt(t)
	s.db.Grant(t, s.clock, s.commander, below, identity.RoleBorderOfficer)
	free, err := s.service.Version(t.Context(), s.as(s.investigator))
	if err != nil {
		t.Fatal(err)
	}
	for name, person := range map[string]uuid.UUID{"of the office": s.sergeant, "of one under it": s.commander} {
		t.Run(name, func(t *testing.T) {
			by := s.as(person)
			page, _, err := s.service.List(t.Context(), by, escalation.Filter{})
			if err != nil || len(page) != 1 || page[0].ID != other {
				t.Errorf("the inbox: %+v, %v", page, err)
			}
			if _, err := s.service.Get(t.Context(), by, key); fault.KindOf(err) != fault.NotFound {
				t.Errorf("opened: %v", err)
			}
			if _, err := s.service.Acknowledge(t.Context(), by, key); fault.KindOf(err) != fault.NotFound {
				t.Errorf("acknowledged: %v", err)
			}
			if n, err := s.service.Version(t.Context(), by); err != nil || n >= free {
				t.Errorf("the count tells: %d of %d, %v", n, free, err)
			}
		})
	}
	if e, err := s.service.Get(t.Context(), s.as(s.investigator), key); err != nil || len(e.Complaints) != 2 {
		t.Errorf("who has nothing to do with it: %v", err)
	}
}

func TestAUnitThatIsExcludedLaterSeesItsEscalationNoMore(t *testing.T) {
	s := open(t)
	told := s.complaint()
	key, _ := s.raise(s.alert(), escalation.Red, told)
	s.exec(`INSERT INTO complaint_exclusions (complaint_id, unit_id, why) VALUES ($1, $2, 'police')`, told, s.unit)
	if _, err := s.service.Get(t.Context(), s.as(s.investigator), key); fault.KindOf(err) != fault.NotFound {
		t.Errorf("opened: %v", err)
	}
}

func TestNeitherWhoIsAccusedNorWhomNobodyAppointedIsMailed(t *testing.T) {
	s := open(t)
	office, _ := s.accused()
	s.db.Grant(t, s.clock, s.sergeant, office, identity.RoleBorderOfficer)
	intruder := s.person("intruder")
	s.exec(`INSERT INTO memberships (person_id, unit_id, role, pin) VALUES ($1, $2, 'investigator', sha256('forged'))`, intruder, s.unit)
	for _, promise := range s.promises(escalation.TopicRaised) {
		if err := s.service.Deliver(t.Context(), promise); err != nil {
			t.Fatal(err)
		}
	}
	if n := s.count(`SELECT count(*) FROM deliveries WHERE person_id IN ($1, $2)`, s.sergeant, intruder); n != 0 {
		t.Errorf("%d letters to whom it is kept from", n)
	}
	if n := s.count(`SELECT count(*) FROM deliveries WHERE person_id = $1`, s.investigator); n != 1 {
		t.Error("the others are not told")
	}
}

// The national unit is who the portal made it: a row of the database alone
// takes no pattern to another.
func TestAUnitThatWasChangedPastThePortalIsEscalatedNothing(t *testing.T) {
	s := open(t)
	s.exec(`INSERT INTO units (id, code, kind, name) VALUES ($1, 'aaa', 'police', '{"en":"First by its code"}')`, id.New())
	s.exec(`UPDATE units SET parent_id = NULL WHERE code = 'a-local-one'`)
	key, _ := s.raise(s.alert(), escalation.Red, s.complaint())
	if n := s.count(`SELECT count(*) FROM escalations WHERE id = $1 AND unit_id = $2`, key, s.unit); n != 1 {
		t.Error("it went elsewhere")
	}
}
