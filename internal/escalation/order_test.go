package escalation_test

import (
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/escalation"
)

func TestRedStandsAboveAYoungerAmber(t *testing.T) {
	s := open(t)
	red, _ := s.raise(s.alert(), escalation.Red, s.complaint())
	s.clock.Advance(time.Minute)
	amber, _ := s.raise(s.alert(), escalation.Amber, s.complaint())
	page, _, err := s.service.List(t.Context(), s.as(s.investigator), escalation.Filter{})
	if err != nil || len(page) != 2 || page[0].ID != red || page[1].ID != amber {
		t.Fatalf("%d listed, the red one is not on top (%v)", len(page), err)
	}
}
