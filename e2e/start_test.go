package e2e

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The promises of `portal run`: it answers on an empty folder, a second start
// goes on where the first ended, and so does one after the process was killed.
func TestAStartGoesOnWhereTheLastEnded(t *testing.T) {
	t.Parallel()
	data := filepath.Join(folder(t, "start"), "not", "yet", "there")
	p, err := startRun(data)
	if err != nil {
		t.Fatal(err)
	}
	address, err := url.Parse(p.url)
	if err != nil || address.Hostname() != "localhost" || address.Port() == "" || address.Path != "" {
		t.Errorf("the ready line says %q; a browser's security key needs http://localhost:PORT", p.url)
	}
	investigator := p.account(t, "investigator")
	if _, err := p.await("  " + investigator.Email); err != nil {
		t.Errorf("the demonstration accounts do not follow the ready line: %v", err)
	}
	receipt := lodge(t, visit(t, p.url, "km"), story{"words": {"narrative": {"គេមិនឱ្យប្រាក់ខែទេ។"}}})

	if _, err := startRun(data); err == nil || !strings.Contains(err.Error(), "another portal is running on this data folder") || !strings.Contains(err.Error(), "--data") {
		t.Errorf("a second start on a busy folder says %v", err)
	}
	if err := p.stop(); err != nil {
		t.Fatal(err)
	}

	p, err = startRun(data)
	if err != nil {
		t.Fatal(err)
	}
	stillThere(t, p, receipt, investigator)
	if err := p.kill(); err != nil {
		t.Fatal(err)
	}

	p = mustRun(t, data)
	stillThere(t, p, receipt, investigator)
}

func stillThere(t testing.TB, p *portal, receipt string, who account) {
	t.Helper()
	if mine := visit(t, p.url, "km").follow(receipt).ok(http.StatusOK); mine.url.Path != "/complaints/mine" {
		t.Errorf("the receipt opens %s: %s", mine.url.Path, mine.text())
	}
	if a := visit(t, p.url, "en").signIn(who); a.url.Path != "/police/escalations" {
		t.Errorf("the investigator arrives at %s: %s", a.url.Path, a.text())
	}
}

func TestATakenPortIsNamedAtOnce(t *testing.T) {
	t.Parallel()
	var config net.ListenConfig
	taken, err := config.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	_, port, _ := net.SplitHostPort(taken.Addr().String())
	data := filepath.Join(folder(t, "taken"), "data")
	out, problems, code := command(t, nil, "run", "--listen", taken.Addr().String(), "--data", data)
	if code != 1 || !strings.Contains(problems, "port "+port) || !strings.Contains(problems, "--listen") {
		t.Errorf("exit %d\n%s%s", code, out, problems)
	}
	if _, err := os.Stat(data); err == nil {
		t.Error("it made a data folder first")
	}
}

func TestWrongUsageIsSaidAndExitsTwo(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"rum"}, {"run", "--lisen", "127.0.0.1:1"}, {}} {
		if out, problems, code := command(t, nil, args...); code != 2 || !strings.Contains(problems, "portal --help") {
			t.Errorf("portal %v: exit %d\n%s%s", args, code, out, problems)
		}
	}
	if out, problems, code := command(t, nil, "run", "--help"); code != 0 || !strings.Contains(out, "--listen") {
		t.Errorf("portal run --help: exit %d\n%s%s", code, out, problems)
	}
	if out, problems, code := command(t, []string{"PORTAL_BASE_URL=http://portal.example"}, "run", "--data", folder(t, "usage")); code != 1 || !strings.Contains(problems, "PORTAL_BASE_URL") {
		t.Errorf("plain http on another host: exit %d\n%s%s", code, out, problems)
	}
}

// PostgreSQL does not run as root, and its own user may not pass a private
// folder: then the cluster lives elsewhere, and the program says where.
func TestAPrivateFolderIsNoObstacle(t *testing.T) {
	t.Parallel()
	private := filepath.Join(folder(t, "private"), "home")
	if err := os.Mkdir(private, 0o700); err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(private, "data")
	p := mustRun(t, data, "--no-demo")
	if a := visit(t, p.url, "en").get("/").ok(http.StatusOK); a.text() == "" {
		t.Error("the first page is empty")
	}
	if os.Geteuid() != 0 {
		return
	}
	home, err := os.ReadFile(filepath.Join(data, "postgres.path"))
	if err != nil {
		t.Fatalf("the data folder does not say where the cluster is: %v", err)
	}
	elsewhere := strings.TrimSpace(string(home))
	t.Cleanup(func() { // before the process is stopped: what it holds open stays until then
		if err := p.stop(); err != nil {
			t.Error(err)
		}
		if err := os.RemoveAll(elsewhere); err != nil {
			t.Error(err)
		}
	})
	if !strings.HasPrefix(elsewhere, "/var/lib/fairpassage/") || !strings.Contains(p.output.String(), elsewhere) {
		t.Errorf("the cluster is in %s, of which the program says nothing:\n%s", elsewhere, p.output)
	}
}
