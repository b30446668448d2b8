package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/decision"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/people"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/config"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"github.com/fairpassage/portal/internal/seal"
	"golang.org/x/mod/sumdb/note"
)

// auditCmd looks after the audit log.
type auditCmd struct {
	Verify  auditVerifyCmd  `cmd:"" help:"Recompute the audit log and compare it with what witnesses hold. Exit 1 and the first bad entry when it was altered."`
	Export  auditExportCmd  `cmd:"" help:"Write the whole log to a file, one JSON object a line, to verify it elsewhere."`
	Prove   auditProveCmd   `cmd:"" help:"Check the proof that a complainant was given. Needs no database."`
	Key     auditKeyCmd     `cmd:"" help:"Print the log's public key, for witnesses and for those who verify."`
	Witness auditWitnessCmd `cmd:"" help:"Be a witness for a log: take its checkpoints over HTTP and keep them in a folder."`
}

// auditChecks are what else must be backed by a signature: portal audit verify
// reports their findings with the log's own. Whose key is whose is pinned under
// the key folder; without it the checks are not made, and that is a finding.
func auditChecks(conf config.Config, clk clock.Clock) []audit.Check {
	return []audit.Check{func(_ context.Context, tx postgres.Tx) ([]audit.Finding, error) {
		secret, err := seal.ReadSecret(seal.SecretFile(conf.KeysDir, seal.SecretPins))
		if err != nil {
			return []audit.Finding{{Kind: "decisions not checked", Position: -1, Detail: "the key folder is needed: set PORTAL_KEYS"}}, nil //nolint:nilerr // it is said
		}
		return unsigned(tx, identity.NewPeople(seal.NewPins(secret), clk))
	}}
}

func unsigned(tx postgres.Tx, keeper *identity.People) ([]audit.Finding, error) {
	fakes, err := decision.Unsigned(tx, keeper)
	if err != nil {
		return nil, err
	}
	var found []audit.Finding
	for _, f := range fakes {
		finding := audit.Finding{Kind: "decision without its signature", Position: -1, Object: f.ID.String(), Detail: string(f.Kind) + ", " + f.Why}
		if f.Why == decision.WhyGone {
			finding.Kind, finding.Detail = "decision taken away", f.Why
		}
		found = append(found, finding)
	}
	opened, err := people.Reopened(tx, keeper)
	if err != nil {
		return nil, err
	}
	for _, person := range opened {
		found = append(found, audit.Finding{Kind: "account opened past the portal", Position: -1, Object: person.String(), Detail: "closed, and no decision of two people opened it"})
	}
	doubtful, err := keeper.DoubtfulUnits(tx)
	if err != nil {
		return nil, err
	}
	for _, u := range doubtful {
		found = append(found, audit.Finding{Kind: "unit made or changed past the portal", Position: -1, Object: u.ID.String(), Detail: u.Code})
	}
	unbacked, err := people.Unbacked(tx, keeper)
	for _, u := range unbacked {
		found = append(found, audit.Finding{Kind: "role without a decision", Position: -1, Object: u.PersonID.String(), Detail: string(u.Role) + ", " + u.Why})
	}
	return found, err
}

// newAudit wires the log over the record.
func newAudit(conf config.Config, db *postgres.DB, clk clock.Clock, seed []byte, log *slog.Logger) (*audit.Log, error) {
	key, err := audit.NewKey(seed)
	if err != nil {
		return nil, err
	}
	return audit.New(audit.Deps{DB: db, Clock: clk, Random: rand.Reader, Key: key, Witnesses: witnessesOf(conf, key), Log: log})
}

func witnessesOf(conf config.Config, key *audit.Key) []audit.Witness {
	var all []audit.Witness
	for _, w := range conf.Witnesses {
		if dir, ok := config.WitnessFolder(w); ok {
			all = append(all, audit.NewFolder(dir, key.Verifier()))
			continue
		}
		all = append(all, audit.NewRemote(w))
	}
	return all
}

// keyFlag says by which key a log is verified.
type keyFlag struct {
	Key string `help:"File with the log's public key (portal audit key). Default: the one of the key folder." placeholder:"FILE" type:"path"`
}

func (f keyFlag) verifier(conf config.Config) (note.Verifier, error) {
	if f.Key == "" {
		key, err := auditKey(conf)
		if err != nil {
			return nil, err
		}
		return key.Verifier(), nil
	}
	text, err := os.ReadFile(f.Key)
	if err != nil {
		return nil, err
	}
	v, err := note.NewVerifier(strings.TrimSpace(string(text)))
	if err != nil {
		return nil, fmt.Errorf("%s holds no public key of an audit log", f.Key)
	}
	return v, nil
}

// auditKey reads the key of the key folder, and makes none.
func auditKey(conf config.Config) (*audit.Key, error) {
	if conf.KeysDir == "" {
		return nil, errors.New("no key given: name the log's public key with --key, or the key folder with PORTAL_KEYS")
	}
	seed, err := seal.ReadSecret(seal.SecretFile(conf.KeysDir, seal.SecretAudit))
	if err != nil {
		return nil, err
	}
	return audit.NewKey(seed)
}

type auditKeyCmd struct{ dataFlag }

// Run prints the public key.
func (c *auditKeyCmd) Run(p *program) error {
	conf, err := config.Load(p.getenv, config.Flags{Data: c.Data})
	if err != nil {
		return err
	}
	key, err := auditKey(conf)
	if err != nil {
		return err
	}
	fmt.Fprintln(p.stdout, key.VerifierKey())
	return nil
}

type auditProveCmd struct {
	dataFlag
	keyFlag
	File string `arg:"" help:"The proof that the page of a receipt gave." type:"path"`
}

// Run verifies the proof offline and shows what it proves.
func (c *auditProveCmd) Run(p *program) error {
	conf, err := config.Load(p.getenv, config.Flags{Data: c.Data})
	if err != nil {
		return err
	}
	key, err := c.verifier(conf)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	var proof audit.Proof
	if err := proof.UnmarshalText(text); err != nil {
		return fmt.Errorf("%s %w", c.File, err)
	}
	at, err := proof.Verify(key)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "%s\nis leaf %d of the %d that the log had at %s\n", strings.TrimSpace(string(proof.Leaf)), proof.Index, at.Size, at.At.Format(time.RFC3339))
	return nil
}

// auditDB opens the record for reading all of it, which takes its time.
func auditDB(ctx context.Context, at *record) (*postgres.DB, error) {
	return postgres.Open(ctx, at.conf.DatabaseURL, postgres.Options{Name: "audit", MaxConns: 2, Timeout: time.Hour})
}

type auditExportCmd struct {
	dataFlag
	File string `arg:"" help:"Where to; it must not exist." type:"path"`
}

// Run writes the file whole or not at all.
func (c *auditExportCmd) Run(p *program) (err error) {
	at, err := c.find(p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, at.close(p.ctx)) }()
	db, err := auditDB(p.ctx, at)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	file, err := os.OpenFile(c.File, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err := errors.Join(audit.Export(p.ctx, db, file), file.Close()); err != nil {
		return errors.Join(err, os.Remove(c.File))
	}
	return nil
}
