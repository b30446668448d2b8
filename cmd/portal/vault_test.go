package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/fairpassage/portal/internal/complaint"
	"github.com/fairpassage/portal/internal/fault"
	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/matching"
	"github.com/fairpassage/portal/internal/platform/config"
	"github.com/fairpassage/portal/internal/seal"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/fairpassage/portal/internal/vault"
)

// startVault runs the command until the test or the returned function stops it.
func startVault(t *testing.T, env map[string]string, args ...string) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	answers := make(chan struct{})
	ended := make(chan int, 1)
	var out bytes.Buffer
	heard := &said{word: "the vault answers", heard: sync.OnceFunc(func() { close(answers) })}
	go func() {
		ended <- run(ctx, append([]string{"vault"}, args...), func(name string) string { return env[name] }, &out, heard)
	}()
	select {
	case <-answers:
	case code := <-ended:
		t.Fatalf("the vault ended with %d", code)
	}
	stop = sync.OnceFunc(func() {
		cancel()
		if code := <-ended; code != exitDone {
			t.Errorf("exit %d", code)
		}
	})
	t.Cleanup(stop)
	return stop
}

func TestAHostWithoutTheMatchingKeyWorksThroughTheVault(t *testing.T) {
	db := testkit.DB(t)
	safe, rundir := t.TempDir(), t.TempDir()
	socket, trail := filepath.Join(rundir, "v.sock"), filepath.Join(rundir, "trail")
	key := filepath.Join(safe, "matching.key")
	stop := startVault(t, nil, "--socket", socket, "--key", key, "--new-key", "--trail", trail)

	env := served(t, db)
	env["PORTAL_VAULT"] = "unix:" + socket
	if code, out, err := portal(t, env, "keys", "ensure"); code != exitDone {
		t.Fatalf("exit %d\n%s%s", code, out, err)
	}
	files, _ := filepath.Glob(filepath.Join(env["PORTAL_KEYS"], "*.key"))
	for _, file := range files {
		if strings.Contains(filepath.Base(file), "matching") {
			t.Errorf("%s was made", file)
		}
	}
	if code, out, _ := portal(t, env, "doctor"); code != exitDone || !strings.Contains(out, "the vault answers") || !strings.Contains(out, socket) {
		t.Fatalf("exit %d\n%s", code, out)
	}

	register := filepath.Join(t.TempDir(), "register.csv")
	row := "name_latin,name_local,licence_no,valid_since,district,address,phones,fax,emails,kinds\nKind Harbour,,,2019,,1 Invented Lane,+85512000001,,,\n"
	if err := os.WriteFile(register, []byte(row), 0o600); err != nil {
		t.Fatal(err)
	}
	stop()
	if code, _, err := portal(t, env, "import", "agencies", register, "--format", "csv"); code != exitFailed || !strings.Contains(err, "ask the vault") {
		t.Errorf("without a vault: exit %d, %s", code, err)
	}
	stop = startVault(t, map[string]string{"PORTAL_KEYS": safe}, "--socket", socket, "--trail", trail)
	if code, _, err := portal(t, env, "import", "agencies", register, "--format", "csv"); code != exitDone {
		t.Errorf("with it again: exit %d, %s", code, err)
	}
	stop()
	secret, err := seal.ReadSecret(key)
	if err != nil {
		t.Fatal(err)
	}
	local, err := matching.NewHasher(secret)
	if err != nil {
		t.Fatal(err)
	}
	want, err := matching.TokenOf(t.Context(), local, matching.Phone("+85512000001"))
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := db.Super(t).QueryRow(`SELECT count(*) FROM agency_contacts WHERE token = $1`, want).Scan(&n); err != nil || n != 1 {
		t.Errorf("%d contacts with the token of the key, %v", n, err)
	}
	if code, out, _ := portal(t, nil, "vault", "report", trail); code != exitDone || !strings.Contains(out, "phone  1") || !strings.Contains(out, "starts: 2") {
		t.Errorf("exit %d\n%s", code, out)
	}
}

func TestASiteWithoutTheKeyTakesComplaintsThroughTheVaultAlone(t *testing.T) {
	db := testkit.DB(t)
	rundir := t.TempDir()
	socket, key := filepath.Join(rundir, "v.sock"), filepath.Join(t.TempDir(), "matching.key")
	env := served(t, db)
	env["PORTAL_VAULT"] = "unix:" + socket
	staffed(t, db, env, seal.SecretMatching)
	p := &program{ctx: t.Context(), getenv: func(name string) string { return env[name] }, stderr: io.Discard}
	conf, err := config.Load(p.getenv, config.Flags{})
	if err != nil {
		t.Fatal(err)
	}
	w, err := openWorkplace(p, &record{conf: conf}, "web")
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	if _, err := w.subjects.desks.Create(t.Context(), identity.Setup("keys"), "ministry", "police", "oversight", "support"); err != nil {
		t.Fatal(err)
	}
	receipt := complaint.NewReceipt()
	file := func() error {
		in := complaint.Intake{Language: "en", Narrative: "My passport was taken.", Employer: "Example Seafood"}
		_, err := w.subjects.complaints.File(t.Context(), identity.Public(), in, receipt, "a-nonce-of-a-form")
		return err
	}
	if err := file(); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("without a vault: %v", err)
	}
	startVault(t, nil, "--socket", socket, "--key", key, "--new-key")
	if err := errors.Join(file(), w.ready(t.Context())); err != nil {
		t.Fatal(err)
	}
	var n int
	if err := db.Super(t).QueryRow(`SELECT count(*) FROM complaints WHERE employer_token <> ''`).Scan(&n); err != nil || n != 1 {
		t.Errorf("%d complaints with a token, %v", n, err)
	}
	if _, err := os.Stat(filepath.Join(env["PORTAL_KEYS"], "matching.key")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the site has a key of its own: %v", err)
	}
}

func TestTheDoctorTellsOfAVaultThatIsSilentAndOfAKeyThatIsNotItsOwnAlone(t *testing.T) {
	env := served(t, testkit.DB(t))
	if code, out, _ := portal(t, env, "keys", "ensure"); code != exitDone {
		t.Fatal(out)
	}
	env["PORTAL_VAULT"] = "unix:" + filepath.Join(t.TempDir(), "v.sock")
	code, out, _ := portal(t, env, "doctor")
	if code != exitFailed || !strings.Contains(out, "ask the vault") || !strings.Contains(out, "is still here: it belongs to the vault alone") {
		t.Errorf("exit %d\n%s", code, out)
	}
}

func TestAVaultNeverMakesAKeyInTheStillOfTheNight(t *testing.T) {
	folder := t.TempDir()
	socket := filepath.Join(folder, "v.sock")
	for name, c := range map[string]struct {
		env  map[string]string
		args []string
		says string
	}{
		"no key named":        {says: "no key given"},
		"no such file":        {args: []string{"--key", filepath.Join(folder, "gone.key")}, says: "no such file"},
		"an empty folder":     {env: map[string]string{"PORTAL_KEYS": folder}, says: "no such file"},
		"a limit of no kind":  {args: []string{"--limit", "shoe=1/256/256"}, says: "no kind"},
		"a limit of nobody":   {args: []string{"--limit", "phone=1/1/1"}, says: "PER_SECOND/BURST/PER_DAY"},
		"a user with no name": {args: []string{"--allow-user", "root"}, says: "allow-user"},
	} {
		code, _, err := portal(t, c.env, append([]string{"vault", "--socket", socket}, c.args...)...)
		if code == exitDone || !strings.Contains(err, c.says) {
			t.Errorf("%s: exit %d, %s", name, code, err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(folder, "*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// The site is not started anew when the vault is.
func TestOneHasherOutlivesItsVault(t *testing.T) {
	folder := t.TempDir()
	socket, key := filepath.Join(folder, "v.sock"), filepath.Join(folder, "matching.key")
	hasher, err := newHasher(config.Config{Vault: socket}, nil, patienceOfPeople)
	if err != nil {
		t.Fatal(err)
	}
	if _, remote := hasher.(*vault.Client); !remote {
		t.Fatalf("%T", hasher)
	}
	var tokens [2]matching.Token
	for i := range tokens {
		stop := startVault(t, nil, "--socket", socket, "--key", key, "--new-key")
		if tokens[i], err = matching.TokenOf(t.Context(), hasher, matching.Phone("+85512000001")); err != nil {
			t.Fatal(err)
		}
		stop()
	}
	if tokens[0] == "" || tokens[0] != tokens[1] {
		t.Errorf("%v", tokens)
	}
}
