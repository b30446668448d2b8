package complaint

import (
	"context"
	"fmt"

	"github.com/fairpassage/portal/internal/matching"
	"github.com/google/uuid"
)

// traces are what detection may compare: keyed tokens, and the agency where
// the register knows it. They are drawn before sealing, in memory.
type traces struct {
	agencyID                           uuid.UUID
	agency, employer, broker, reporter matching.Token
	signature                          uint64
	registryMatch                      bool
}

// trace asks the matching key once. When it does not answer, the error is an
// Unavailable fault.
func (s *Service) trace(ctx context.Context, c Complaint) (traces, error) {
	agency, err := s.agencyOf(ctx, c)
	if err != nil {
		return traces{}, err
	}
	t := traces{agencyID: agency}
	var unknown string // the agency's name, where the register does not know it
	if t.agencyID == uuid.Nil {
		unknown = c.in.AgencyName
	}
	own, broker := s.number(c.in.Contact.Phone, c.in.Country), s.number(c.in.BrokerPhone, c.in.Country)
	// Who gives one number for both names no broker, and a token of one's own
	// phone among the brokers would lead to its owner.
	if broker == own {
		broker = ""
	}
	placed := own // as the agency would have registered it
	if t.agencyID == uuid.Nil {
		placed = ""
	}
	marks, err := s.Hasher.Hash(ctx, []matching.Input{
		company(c.in.Employer), company(unknown), matching.Reporter(own), matching.Phone(broker), matching.Phone(placed),
		matching.Text(c.in.Narrative),
	})
	if err != nil {
		return traces{}, fmt.Errorf("hash: %w", err)
	}
	t.employer, t.agency, t.reporter, t.broker = marks[0].Token, marks[1].Token, marks[2].Token, marks[3].Token
	t.signature = marks[5].Signature
	if placed != "" {
		t.registryMatch, err = s.Placements.PlacedByPhone(ctx, t.agencyID, []matching.Token{marks[4].Token})
		if err != nil {
			return traces{}, fmt.Errorf("look for the placement: %w", err)
		}
	}
	return t, nil
}

// agencyOf returns the agency that was picked, or the only one of the register
// that bears the name as typed, or uuid.Nil.
func (s *Service) agencyOf(ctx context.Context, c Complaint) (uuid.UUID, error) {
	if c.in.AgencyID != uuid.Nil || c.in.AgencyName == "" {
		return c.in.AgencyID, nil
	}
	id, one, err := s.Agencies.ExactlyNamed(ctx, c.in.AgencyName)
	if err != nil {
		return uuid.Nil, fmt.Errorf("look for the agency: %w", err)
	}
	if !one {
		return uuid.Nil, nil
	}
	return id, nil
}

func company(name string) matching.Input { return matching.Name(matching.CompanyFold(name)) }

// number returns the first number that can be read, in E.164, or "". A number
// without a country code may be of home or of where it happened.
func (s *Service) number(typed, country string) string {
	regions := s.Regions
	if country != "" {
		regions = append(append([]string(nil), regions...), country)
	}
	numbers, _ := matching.Phones(typed, regions...)
	if len(numbers) == 0 {
		return ""
	}
	return numbers[0]
}
