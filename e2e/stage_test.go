package e2e

import (
	"context"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/platform/mail/mailtest"
	"github.com/fairpassage/portal/internal/testkit"
)

// stage is the portal as it is deployed: web and worker apart, on servers of
// their own, and everything they touch within reach.
type stage struct {
	url         string
	db          *testkit.Database
	mail        *mailtest.Server
	monitor     *transcript
	redisURL    string
	folder      string
	web, worker *portal
}

func startStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{db: testkit.DB(t), mail: mailtest.Start(t), redisURL: testkit.RedisDatabase(t), folder: folder(t, "canary")}
	s.monitor = listenIn(t, s.redisURL)
	for _, sub := range []string{"keys", "tmp"} {
		if err := os.Mkdir(s.folder+"/"+sub, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	listen, err := freeAddress()
	if err != nil {
		t.Fatal(err)
	}
	s.url = "http://localhost" + listen[strings.LastIndex(listen, ":"):]
	env := []string{
		"DATABASE_URL=" + s.db.AppURL, "DATABASE_OWNER_URL=" + s.db.OwnerURL, "REDIS_URL=" + s.redisURL,
		"PORTAL_KEYS=" + s.folder + "/keys", "PORTAL_SHRED=" + s.folder + "/shred", "BLOB_URL=file://" + s.folder + "/documents", "TMPDIR=" + s.folder + "/tmp", "SMTP_URL=" + s.mail.URL, "PORTAL_DEMO=true",
		"PORTAL_BASE_URL=" + s.url,
	}
	// The demonstration's people and register, from the program itself.
	seeding, err := launch(append(env, "SMTP_URL="), "run", "--listen", listen, "--data", s.folder+"/data")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := seeding.await("ready "); err != nil {
		t.Fatal(err)
	}
	if err := seeding.stop(); err != nil {
		t.Fatal(err)
	}
	start := func(args ...string) *portal {
		p, err := launch(env, args...)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := p.stop(); err != nil {
				t.Error(err)
			}
		})
		return p
	}
	s.worker = start("worker")
	s.web = start("web", "--listen", listen)
	eventually(t, "the site is ready", func() bool {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/readyz", nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := (&http.Client{Timeout: time.Second}).Do(r)
		if err != nil {
			return false
		}
		_ = response.Body.Close()
		return response.StatusCode == http.StatusOK
	})
	return s
}

// eventually waits until something is so, looking ten times a second.
func eventually(t testing.TB, what string, is func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), startPatience)
	defer cancel()
	beat := time.NewTicker(100 * time.Millisecond)
	defer beat.Stop()
	for !is() {
		select {
		case <-ctx.Done():
			t.Fatalf("waited in vain until %s", what)
		case <-beat.C:
		}
	}
}
