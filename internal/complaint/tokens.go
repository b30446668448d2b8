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

func (s *Service) trace(ctx context.Context, c Complaint) (traces, error) {
	own := s.number(c.in.Contact.Phone, c.in.Country)
	t := traces{
		employer:  s.company(c.in.Employer),
		reporter:  s.hasher.Reporter(own),
		signature: s.hasher.Signature(c.in.Narrative),
	}
	// Who gives one number for both names no broker, and a token of one's own
	// phone among the brokers would lead to its owner.
	if broker := s.number(c.in.BrokerPhone, c.in.Country); broker != own {
		t.broker = s.hasher.Phone(broker)
	}
	var err error
	if t.agencyID, err = s.agencyOf(ctx, c); err != nil {
		return traces{}, err
	}
	if t.agencyID == uuid.Nil && c.in.AgencyName != "" {
		// The token stands for the agency only where the register does not.
		t.agency = s.company(c.in.AgencyName)
	}
	if t.agencyID != uuid.Nil && own != "" {
		t.registryMatch, err = s.Placements.PlacedByPhone(ctx, t.agencyID, []matching.Token{s.hasher.Phone(own)})
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

func (s *Service) company(name string) matching.Token {
	return s.hasher.Name(matching.CompanyFold(name))
}

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
