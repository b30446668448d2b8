package audit_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/fairpassage/portal/internal/audit"
)

// gate is a witness that can be out of reach.
type gate struct {
	audit.Witness

	shut bool
	took []int64
}

func (g *gate) Name() string { return "gate" }

func (g *gate) Take(ctx context.Context, s audit.Submission) error {
	if g.shut {
		return errors.New("no route to host")
	}
	g.took = append(g.took, s.Old)
	return g.Witness.Take(ctx, s)
}

func TestAWitnessThatWasDownGetsEverythingInOrder(t *testing.T) {
	w := newWorld(t)
	g := &gate{Witness: w.folder(1)}
	w.log = w.logWith(g, w.folder(0))
	w.minute(1)
	g.shut = true
	for range 3 {
		w.minute(1)
	}
	if a, b := len(w.witnessed(0)), len(w.witnessed(1)); a != 4 || b != 1 {
		t.Fatalf("%d and %d checkpoints while one witness is down", a, b)
	}
	g.shut = false
	w.minute(1)
	if n := len(w.witnessed(1)); n != 5 {
		t.Fatalf("%d checkpoints after the witness came back, want 5", n)
	}
	for i, old := range g.took {
		if old != int64(i*64) {
			t.Errorf("the %d. it took follows %d leaves", i+1, old)
		}
	}
	if err := w.log.Health(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestAWitnessAcrossTheNetwork(t *testing.T) {
	w := newWorld(t)
	server := httptest.NewServer(audit.NewFolder(w.folders[1], w.key.Verifier()))
	defer server.Close()
	w.log = w.logWith(audit.NewRemote(server.URL), w.folder(0))
	for range 3 {
		w.minute(2)
	}
	if n := len(w.witnessed(1)); n != 3 {
		t.Fatalf("%d checkpoints", n)
	}
	// What the record believes of a witness is only a memory.
	for _, believed := range []string{"64", "128"} {
		w.super(`UPDATE audit_witnesses SET size = ` + believed)
		w.minute(1)
	}
	if n := len(w.witnessed(1)); n != 5 {
		t.Fatalf("%d checkpoints after the record had forgotten some", n)
	}
	w.forget("64")
	w.minute(1)
	if err := w.log.Health(t.Context()); err == nil {
		t.Error("the witness took a log that was set back")
	}
}

// The witness holds a log that another key signed: another portal's folder.
func TestAFolderKeepsOneLog(t *testing.T) {
	w, x := newWorld(t), newWorld(t)
	w.minute(1)
	x.folders = w.folders
	x.log = x.logWith(x.folder(0))
	x.minute(1)
	if err := x.log.Health(t.Context()); err == nil {
		t.Error("two logs share a folder")
	}
}

func TestAFolderReplacesNothing(t *testing.T) {
	w := newWorld(t)
	w.minute(1)
	files, err := filepath.Glob(filepath.Join(w.folders[0], "*", "*.checkpoint"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	before, _ := os.ReadFile(files[0])
	w.super(`UPDATE audit_witnesses SET size = 0`)
	w.do(w.log.Deliver)
	after, err := os.ReadFile(files[0])
	if err != nil || string(before) != string(after) {
		t.Fatalf("the file is another (%v)", err)
	}
	if info, _ := os.Stat(files[0]); info.Mode().Perm()&0o222 != 0 {
		t.Errorf("mode %o", info.Mode().Perm())
	}
}
