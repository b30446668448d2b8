package main

import (
	"encoding/json"

	"fmt"
	"text/tabwriter"

	"github.com/fairpassage/portal/internal/demo"
)

// demoCmd is about the demonstration country.
type demoCmd struct {
	Accounts demoAccountsCmd `cmd:"" help:"List the demonstration accounts."`
}

type demoAccountsCmd struct {
	JSON bool `help:"One JSON array of email, password, role and unit."`
}

// Run lists the accounts that a demonstration portal knows. They are the same
// on every machine and exist in demonstration mode only.
func (c *demoAccountsCmd) Run(p *program) error {
	accounts := demo.Accounts()
	if c.JSON {
		out := json.NewEncoder(p.stdout)
		out.SetEscapeHTML(false)
		if err := out.Encode(accounts); err != nil {
			return fmt.Errorf("write accounts: %w", err)
		}
		return nil
	}
	table := tabwriter.NewWriter(p.stdout, 0, 4, 2, ' ', 0)
	for _, a := range accounts {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", a.Email, a.Password, a.Role, a.Unit)
	}
	return table.Flush()
}
