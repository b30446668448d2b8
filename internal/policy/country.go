package policy

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/fairpassage/portal/internal/authority"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
)

//go:embed countries/*.json
var countries embed.FS

// Countries lists whose laws come with the portal: "demo" is an invented
// country, every other an ISO 3166-1 code in lower case. What no source
// documents is not in them and stays unset.
func Countries() []string {
	files, err := countries.ReadDir("countries")
	if err != nil {
		return nil
	}
	var names []string
	for _, f := range files {
		names = append(names, strings.TrimSuffix(f.Name(), ".json"))
	}
	return names
}

// Load writes down what the country's file says and the record has not, as an
// operator's command, and returns how many that were. An unknown country is a
// NotFound fault.
func (s *Service) Load(ctx context.Context, by identity.Actor, name string) (n int, err error) {
	if err := authority.Require(by, authority.PolicySet, authority.Object{}); err != nil {
		return 0, err
	}
	entries, err := shipped(name)
	if err != nil {
		return 0, err
	}
	err = s.db.InTx(ctx, by, func(tx postgres.Tx) error {
		n = 0
		for _, e := range entries {
			there, err := exists(tx, e)
			if err != nil {
				return err
			}
			if there {
				continue
			}
			if err := s.write(tx, by, e); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("load policies: %w", err)
	}
	return n, nil
}

func shipped(name string) ([]Entry, error) {
	text, err := countries.ReadFile("countries/" + name + ".json")
	if err != nil {
		return nil, fault.New(fault.NotFound, "problem.not_found")
	}
	var all []entryJSON
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, fmt.Errorf("policies of %s: %w", name, err)
	}
	var entries []Entry
	for _, j := range all {
		e, err := j.entry()
		if err != nil {
			return nil, err
		}
		entries = append(entries, e)
	}
	return entries, nil
}
