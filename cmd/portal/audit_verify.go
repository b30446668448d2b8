package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/fairpassage/portal/internal/audit"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/platform/config"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/sync/errgroup"
)

type auditVerifyCmd struct {
	dataFlag
	keyFlag
	Checkpoint []string `help:"A witnessed checkpoint, or a folder of them; may be repeated. Default: the folders in PORTAL_WITNESSES." placeholder:"PATH" type:"path" sep:"none"`
	File       string   `help:"Verify this export instead of a database." placeholder:"FILE" type:"path"`
	NoWitness  bool     `help:"Compare with no witnessed checkpoint. What the database alone says is then believed, and it is no failure that nobody outside was asked."`
	JSON       bool     `help:"One JSON object: entries, leaves, root, what is witnessed, findings."`
}

// Run verifies and prints what it found.
func (c *auditVerifyCmd) Run(p *program) error {
	// A data folder is a demonstration's, unless the environment says otherwise:
	// its own witnesses are compared where they are.
	conf, err := config.Load(p.getenv, config.Flags{Data: c.Data, Demo: c.Data != ""})
	if err != nil {
		return err
	}
	key, err := c.verifier(conf)
	if err != nil {
		return err
	}
	witnessed, err := c.witnessed(conf)
	if err != nil {
		return err
	}
	report, err := c.verify(p, key, witnessed)
	if err != nil {
		return err
	}
	if c.JSON {
		if err := json.NewEncoder(p.stdout).Encode(report); err != nil {
			return fmt.Errorf("write report: %w", err)
		}
	} else {
		tell(p, report)
	}
	if !report.Good() {
		return fmt.Errorf("the audit log was altered: %d findings", int64(len(report.Findings))+report.More)
	}
	// A weekly job must not stay green where the witnesses were taken away.
	if report.Witnessed == 0 && !c.NoWitness {
		return errors.New("no witnessed checkpoint was compared: name what witnesses hold with --checkpoint, or say --no-witness")
	}
	return nil
}

// witnessed reads what witnesses hold. A folder that is configured and not there
// is an error: that is what somebody leaves behind who rewrote the log. What a
// witness elsewhere holds is named with --checkpoint.
func (c *auditVerifyCmd) witnessed(conf config.Config) ([][]byte, error) {
	if c.NoWitness {
		return nil, nil
	}
	paths := c.Checkpoint
	if len(paths) == 0 {
		for _, w := range conf.Witnesses {
			if dir, ok := config.WitnessFolder(w); ok {
				paths = append(paths, dir)
			}
		}
	}
	var all [][]byte
	for _, path := range paths {
		texts, err := audit.ReadCheckpoints(path)
		if err != nil {
			return nil, err
		}
		if len(texts) == 0 && len(c.Checkpoint) > 0 {
			return nil, fmt.Errorf("%s holds no checkpoint", path)
		}
		all = append(all, texts...)
	}
	return all, nil
}

func (c *auditVerifyCmd) verify(p *program, key note.Verifier, witnessed [][]byte) (report audit.Report, err error) {
	if c.File != "" {
		file, err := os.Open(c.File)
		if err != nil {
			return report, err
		}
		defer func() { _ = file.Close() }()
		return audit.VerifyExport(file, key, witnessed)
	}
	at, err := c.find(p)
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, at.close(p.ctx)) }()
	db, err := auditDB(p.ctx, at)
	if err != nil {
		return report, err
	}
	defer func() { _ = db.Close() }()
	return audit.Verify(p.ctx, db, key, witnessed, auditChecks(at.conf, clock.System{})...)
}

func tell(p *program, r audit.Report) {
	for _, f := range r.Findings {
		where := ""
		if f.Position >= 0 {
			where = fmt.Sprintf(" at leaf %d", f.Position)
		}
		if f.Object != "" {
			where += " (" + f.Object + ")"
		}
		fmt.Fprintf(p.stdout, "%s%s: %s\n", f.Kind, where, f.Detail)
	}
	if r.More > 0 {
		fmt.Fprintf(p.stdout, "and %d more\n", r.More)
	}
	fmt.Fprintf(p.stdout, "entries %d, leaves with padding %d, checkpoints %d, root %s\n", r.Entries, r.Leaves, r.Checkpoints, r.Root)
	switch {
	case r.Witnessed == 0:
		fmt.Fprintln(p.stdout, "no witnessed checkpoint was compared: whoever holds the database and the key may have made all of this anew. Name what witnesses hold with --checkpoint.")
	case r.WitnessedLeaves == 0:
		fmt.Fprintf(p.stdout, "none of %d witnessed checkpoints agrees with the record\n", r.Witnessed)
	default:
		fmt.Fprintf(p.stdout, "witnessed until %s, %d leaves, %d checkpoints\nnot yet witnessed: %d entries since; until a witness has them nobody outside can tell whether they are altered\n",
			r.WitnessedAt.Format(time.RFC3339), r.WitnessedLeaves, r.Witnessed, r.Unwitnessed)
	}
}

type auditWitnessCmd struct {
	Dir    string `help:"Folder to keep checkpoints in." required:"" placeholder:"DIR" type:"path"`
	Key    string `help:"File with the log's public key." required:"" placeholder:"FILE" type:"path"`
	Listen string `help:"Address; a proxy in front ends TLS." default:"127.0.0.1:8090" placeholder:"HOST:PORT"`
}

// Run answers until it is asked to stop.
func (c *auditWitnessCmd) Run(p *program) error {
	key, err := keyFlag{c.Key}.verifier(config.Config{})
	if err != nil {
		return err
	}
	l, err := listen(p.ctx, c.Listen)
	if err != nil {
		return err
	}
	const patience = 20 * time.Second
	server := &http.Server{Handler: audit.NewFolder(c.Dir, key), ReadTimeout: patience, WriteTimeout: patience, MaxHeaderBytes: 1 << 14}
	fmt.Fprintf(p.stdout, "witness of %s at %s\n", key.Name(), l.Addr())
	return serveWitness(p, server, l)
}

func serveWitness(p *program, server *http.Server, l net.Listener) error {
	group, ctx := errgroup.WithContext(p.ctx)
	group.Go(func() error { return server.Serve(l) })
	group.Go(func() error {
		<-ctx.Done()
		return server.Close()
	})
	if err := group.Wait(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
