package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/fairpassage/portal/internal/certificate"
	"github.com/fairpassage/portal/internal/platform/clock"
)

// certificateCmd checks certificates without the portal.
type certificateCmd struct {
	Verify certificateVerifyCmd `cmd:"" help:"Check a certificate, or a proof of a check, offline. Exit 0: it is genuine and, of a certificate, its licence holds."`
	Keys   certificateKeysCmd   `cmd:"" help:"Print the public keys that certificates are checked by, as /verify/keys does."`
	Renew  certificateRenewCmd  `cmd:"" help:"Make a new signing key. What the old one signed stays good, unless it is distrusted."`
}

type certificateVerifyCmd struct {
	Code    string `arg:"" help:"As it is printed; blanks, dashes and small letters do not matter."`
	Keys    string `required:"" type:"existingfile" help:"Public keys, one a line, as /verify/keys serves them."`
	Revoked string `type:"existingfile" help:"Licences that do not hold, as /verify/revoked serves them."`
	On      string `placeholder:"YYYY-MM-DD" help:"The day for which it is asked; today by default."`
	JSON    bool   `help:"Print JSON."`
}

// verdict is the answer, for programs.
type verdict struct {
	Reason certificate.Reason `json:"reason"`
	Kind   string             `json:"kind,omitempty"` // certificate or check
	Serial uint32             `json:"serial,omitempty"`
	Made   string             `json:"made,omitempty"`
	Number string             `json:"number,omitempty"`
	State  string             `json:"state,omitempty"`
	From   string             `json:"from,omitempty"`
	Until  string             `json:"until,omitempty"`
	Scope  []string           `json:"scope,omitempty"`
	// ListOf is the day of the list that was asked; absent: none was.
	ListOf string `json:"list_of,omitempty"`
}

var errNotValid = errors.New("it does not hold")

// Run prints a reason code and what was signed.
func (c *certificateVerifyCmd) Run(p *program) error {
	text, err := os.ReadFile(c.Keys)
	if err != nil {
		return err
	}
	keys, err := certificate.ParseKeys(string(text))
	if err != nil {
		return fmt.Errorf("read the keys: %w", err)
	}
	var list *certificate.List
	if c.Revoked != "" {
		if text, err = os.ReadFile(c.Revoked); err != nil {
			return err
		}
		l, err := certificate.ParseList(string(text), keys)
		if err != nil {
			return fmt.Errorf("read the list of those that do not hold: %w", err)
		}
		list = &l
	}
	on := clock.System{}.Now().UTC().Truncate(24 * time.Hour)
	if c.On != "" {
		if on, err = time.Parse(time.DateOnly, c.On); err != nil {
			return fmt.Errorf("--on: %q is no day; write it as 2026-11-26", c.On)
		}
	}
	payload, reason := certificate.Read(c.Code, keys)
	out := verdict{Reason: reason}
	if reason == certificate.Valid {
		out = signed(payload)
		if out.Reason = reason; payload.Kind == certificate.Licence {
			out.Reason = certificate.Offline(payload, on, list)
		}
		if list != nil {
			out.ListOf = list.Day.Format(time.DateOnly)
		}
	}
	if err := c.print(p, out); err != nil {
		return err
	}
	if out.Reason != certificate.Valid {
		return errNotValid
	}
	return nil
}

func signed(payload certificate.Payload) verdict {
	v := verdict{Kind: "certificate", Serial: payload.Serial, Made: payload.Day.Format(time.DateOnly), Number: payload.Number, State: string(payload.State)}
	if payload.Kind == certificate.Check {
		v.Kind = "check"
	}
	if !payload.Until.IsZero() {
		v.From, v.Until = payload.From.Format(time.DateOnly), payload.Until.Format(time.DateOnly)
	}
	for _, l := range payload.Scope {
		v.Scope = append(v.Scope, l.String())
	}
	return v
}

func (c *certificateVerifyCmd) print(p *program, v verdict) error {
	if c.JSON {
		return json.NewEncoder(p.stdout).Encode(v)
	}
	fmt.Fprintln(p.stdout, v.Reason)
	if v.Kind == "" {
		return nil
	}
	fmt.Fprintf(p.stdout, "%s no. %d of %s: licence %s, %s", v.Kind, v.Serial, v.Made, v.Number, v.State)
	if v.Until != "" {
		fmt.Fprintf(p.stdout, ", %s to %s", v.From, v.Until)
	}
	fmt.Fprintln(p.stdout)
	if v.Kind == "certificate" && v.ListOf == "" {
		fmt.Fprintln(p.stdout, "no list of licences that do not hold was given: a revocation would not show")
	}
	return nil
}
