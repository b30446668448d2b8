package config_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/platform/config"
	"github.com/google/go-cmp/cmp"
)

func env(pairs map[string]string) func(string) string {
	return func(name string) string { return pairs[name] }
}

func TestAnEmptyEnvironmentHasSafeDefaults(t *testing.T) {
	got, err := config.Load(env(nil), config.Flags{Data: "portal-data", Demo: true},
		config.NeedDatabase, config.NeedOwner, config.NeedRedis, config.NeedKeys, config.NeedShred, config.NeedBlobs)
	if err != nil {
		t.Fatal(err)
	}
	data, err := filepath.Abs("portal-data")
	if err != nil {
		t.Fatal(err)
	}
	want := config.Config{
		Witnesses: []string{"file:" + filepath.Join(data, "witness-1"), "file:" + filepath.Join(data, "witness-2")},

		Listen:   "127.0.0.1:8080",
		Surfaces: config.Surfaces{Public: true, Staff: true},
		BaseURL:  "http://localhost:8080",
		KeysDir:  filepath.Join("portal-data", "keys"),
		ShredDir: filepath.Join("portal-data", "shred"),
		Country:  "KH",
		Zone:     mustZone(t, "Asia/Phnom_Penh"),
		Demo:     true,
		DataDir:  "portal-data",
		BlobURL:  "file://" + filepath.Join(data, "documents"),
	}
	if diff := cmp.Diff(want, got, sameZone); diff != "" {
		t.Error(diff)
	}
	if !got.EmbeddedDatabase() {
		t.Error("the demonstration needs the embedded database")
	}
}

var sameZone = cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })

func mustZone(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func TestEveryWrongSettingStopsTheStartByItsName(t *testing.T) {
	for name, c := range map[string]struct {
		env   map[string]string
		flags config.Flags
		want  string
	}{
		"plain http on a name":      {env: map[string]string{"PORTAL_BASE_URL": "http://portal.example"}, want: "PORTAL_BASE_URL is plain http"},
		"plain http on an address":  {env: map[string]string{"PORTAL_BASE_URL": "http://192.0.2.7:8080"}, want: "PORTAL_BASE_URL is plain http"},
		"a name like loopback":      {env: map[string]string{"PORTAL_BASE_URL": "http://localhost.portal.example"}, want: "PORTAL_BASE_URL is plain http"},
		"a base URL with a path":    {env: map[string]string{"PORTAL_BASE_URL": "https://portal.example/site"}, want: "PORTAL_BASE_URL is not"},
		"a base URL with a user":    {env: map[string]string{"PORTAL_BASE_URL": "https://a:b@portal.example"}, want: "PORTAL_BASE_URL is not"},
		"another scheme":            {env: map[string]string{"PORTAL_BASE_URL": "ftp://portal.example"}, want: "PORTAL_BASE_URL begins"},
		"open listener, no URL":     {flags: config.Flags{Listen: "0.0.0.0:8080"}, want: "PORTAL_BASE_URL is not set"},
		"no port":                   {flags: config.Flags{Listen: "127.0.0.1"}, want: "PORTAL_LISTEN"},
		"port out of range":         {env: map[string]string{"PORTAL_LISTEN": "127.0.0.1:99999"}, want: "PORTAL_LISTEN"},
		"unknown surface":           {flags: config.Flags{Surface: "public,private"}, want: "PORTAL_SURFACE"},
		"proxy that is no address":  {env: map[string]string{"PORTAL_TRUSTED_PROXIES": "10.0.0.1,proxy"}, want: "PORTAL_TRUSTED_PROXIES holds"},
		"proxy that is everyone":    {env: map[string]string{"PORTAL_TRUSTED_PROXIES": "0.0.0.0/0"}, want: "PORTAL_TRUSTED_PROXIES trusts"},
		"documents elsewhere":       {env: map[string]string{"BLOB_URL": "s3://bucket"}, want: "BLOB_URL is not a folder"},
		"documents somewhere":       {env: map[string]string{"BLOB_URL": "file://documents"}, want: "BLOB_URL is not a folder"},
		"a scanner somewhere":       {env: map[string]string{"CLAMD_URL": "clamd"}, want: "CLAMD_URL is neither"},
		"a scanner with a password": {env: map[string]string{"CLAMD_URL": "tcp://a:b@clamd:3310"}, want: "CLAMD_URL is neither"},
		"a witness in the clear":    {env: map[string]string{"PORTAL_WITNESSES": "http://witness.example"}, want: "PORTAL_WITNESSES holds"},
		"a witness nearby":          {env: map[string]string{"PORTAL_WITNESSES": "file:somewhere"}, want: "PORTAL_WITNESSES holds"},
		"database of another kind":  {env: map[string]string{"DATABASE_URL": "mysql://hush@db"}, want: "DATABASE_URL is not"},
		"database as key and value": {env: map[string]string{"DATABASE_URL": "host=db password=hush"}, want: "DATABASE_URL is not"},
		"one role for both": {env: map[string]string{
			"DATABASE_URL": "postgres://boss:hush@db/p", "DATABASE_OWNER_URL": "postgres://boss:hush@db/p",
		}, want: "DATABASE_URL names the same role"},
		"owner of a foreign database": {env: map[string]string{"DATABASE_URL": "postgres://portal_app:hush@db/p"}, want: "DATABASE_OWNER_URL is not set"},
		"Redis of another kind":       {env: map[string]string{"REDIS_URL": "memcached://:hush@cache"}, want: "REDIS_URL cannot"},
		"mail server unreadable":      {env: map[string]string{"SMTP_URL": "hush"}, want: "SMTP_URL cannot"},
		"sender unreadable":           {env: map[string]string{"SMTP_URL": "smtp://mail.example?from=hush"}, want: "SMTP_URL cannot"},
		"a country in words":          {env: map[string]string{"PORTAL_COUNTRY": "Cambodia"}, want: "PORTAL_COUNTRY is not"},
		"a zone on no map":            {env: map[string]string{"PORTAL_TIME_ZONE": "Mars/Olympus"}, want: "PORTAL_TIME_ZONE is not"},
		"a vault on a network":        {env: map[string]string{"PORTAL_VAULT": "tcp://vault:99"}, want: "PORTAL_VAULT is not"},
		"a vault somewhere":           {env: map[string]string{"PORTAL_VAULT": "unix:vault.sock"}, want: "PORTAL_VAULT is not"},
		"a vault of a name":           {env: map[string]string{"PORTAL_VAULT_USER": "portal-vault"}, want: "PORTAL_VAULT_USER is not"},
		"a vault too far":             {env: map[string]string{"PORTAL_VAULT": "unix:/" + strings.Repeat("v", 107)}, want: "PORTAL_VAULT is not"},
		"switch unreadable":           {env: map[string]string{"PORTAL_DEMO": "perhaps"}, want: "PORTAL_DEMO"},
		"secret twice":                {env: map[string]string{"REDIS_URL": "redis://hush", "REDIS_URL_FILE": "/run/secrets/redis"}, want: "REDIS_URL_FILE are both set"},
		"secret file missing":         {env: map[string]string{"REDIS_URL_FILE": "/nonexistent/redis"}, want: "REDIS_URL_FILE cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			c.flags.Data = "portal-data"
			_, err := config.Load(env(c.env), c.flags, config.NeedDatabase, config.NeedOwner, config.NeedRedis, config.NeedKeys, config.NeedShred, config.NeedBlobs)
			if err == nil {
				t.Fatal("accepted")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("message %q lacks %q", err, c.want)
			}
			if strings.Contains(err.Error(), "hush") {
				t.Errorf("message repeats a secret: %q", err)
			}
		})
	}
}

func TestWithoutADataFolderEveryMissingNeedIsNamedAtOnce(t *testing.T) {
	_, err := config.Load(env(nil), config.Flags{}, config.NeedDatabase, config.NeedRedis, config.NeedKeys, config.NeedShred, config.NeedBlobs)
	if err == nil {
		t.Fatal("accepted")
	}
	for _, name := range []string{"DATABASE_URL", "REDIS_URL", "PORTAL_KEYS", "PORTAL_SHRED", "BLOB_URL"} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%s is not named in %q", name, err)
		}
	}
}

func TestAProductionEnvironmentIsReadWhole(t *testing.T) {
	file := filepath.Join(t.TempDir(), "database")
	if err := os.WriteFile(file, []byte("postgres://portal_app:hush@db.example/portal\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := config.Load(env(map[string]string{
		"PORTAL_LISTEN":          "[::]:8080",
		"PORTAL_BASE_URL":        "https://portal.example/",
		"PORTAL_TRUSTED_PROXIES": "10.0.0.7, fd00::/8",
		"DATABASE_URL_FILE":      file,
		"REDIS_URL":              "redis-sentinel://:hush@one.example,two.example/0?master=portal",
		"PORTAL_KEYS":            "/etc/portal/keys",
		"PORTAL_VAULT":           "unix:/run/portal/vault.sock",
		"PORTAL_VAULT_USER":      "990",
		"PORTAL_SHRED":           "/var/lib/portal/shred",
		"PORTAL_SHRED_MIRROR":    "/mnt/other/shred",
		"BLOB_URL":               "file:///var/lib/portal/documents",
		"CLAMD_URL":              "tcp://clamd:3310",
		"SMTP_URL":               "smtps://portal:hush@mail.example?from=portal@portal.example",
	}), config.Flags{Surface: "staff"}, config.NeedDatabase, config.NeedRedis, config.NeedKeys, config.NeedShred, config.NeedBlobs)
	if err != nil {
		t.Fatal(err)
	}
	want := config.Config{
		Listen:         "[::]:8080",
		Surfaces:       config.Surfaces{Staff: true},
		BaseURL:        "https://portal.example",
		TrustedProxies: []string{"10.0.0.7", "fd00::/8"},
		DatabaseURL:    "postgres://portal_app:hush@db.example/portal",
		RedisURL:       "redis-sentinel://:hush@one.example,two.example/0?master=portal",
		KeysDir:        "/etc/portal/keys",
		Vault:          "/run/portal/vault.sock",
		VaultUser:      990,
		ShredDir:       "/var/lib/portal/shred",
		ShredMirror:    "/mnt/other/shred",
		BlobURL:        "file:///var/lib/portal/documents",
		ClamdURL:       "tcp://clamd:3310",
		Country:        "KH",
		Zone:           mustZone(t, "Asia/Phnom_Penh"),
		SMTPURL:        "smtps://portal:hush@mail.example?from=portal@portal.example",
	}
	if diff := cmp.Diff(want, got, sameZone); diff != "" {
		t.Error(diff)
	}
	for _, shown := range []string{fmt.Sprint(got), fmt.Sprintf("%+v", got), fmt.Sprintf("%#v", got), fmt.Sprint(got.Redacted())} {
		if strings.Contains(shown, "hush") {
			t.Errorf("a secret is printed: %s", shown)
		}
		if !strings.Contains(shown, "redis-sentinel://one.example,two.example") {
			t.Errorf("the hosts are not printed: %s", shown)
		}
	}
}

func TestAFlagGoesBeforeTheEnvironmentAndThatBeforeTheDefault(t *testing.T) {
	for name, c := range map[string]struct {
		env   map[string]string
		flags config.Flags
		data  string
		demo  bool
	}{
		"default":      {flags: config.Flags{DefaultData: "usual", Demo: true}, data: "usual", demo: true},
		"environment":  {env: map[string]string{"PORTAL_DATA": "named", "PORTAL_DEMO": "false"}, flags: config.Flags{DefaultData: "usual", Demo: true}, data: "named"},
		"flag":         {env: map[string]string{"PORTAL_DATA": "named", "PORTAL_DEMO": "true"}, flags: config.Flags{Data: "flag", DefaultData: "usual", Demo: true, NoDemo: true}, data: "flag"},
		"demo by name": {env: map[string]string{"PORTAL_DEMO": "true"}, demo: true},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := config.Load(env(c.env), c.flags)
			if err != nil {
				t.Fatal(err)
			}
			if got.DataDir != c.data || got.Demo != c.demo {
				t.Errorf("data folder %q, demonstration %t; want %q, %t", got.DataDir, got.Demo, c.data, c.demo)
			}
		})
	}
}

func TestLettersNeedTheSitesAddress(t *testing.T) {
	for name, c := range map[string]struct {
		env  map[string]string
		want bool
	}{
		"unset":           {},
		"named":           {env: map[string]string{"PORTAL_BASE_URL": "https://portal.example"}, want: true},
		"a demonstration": {env: map[string]string{"PORTAL_DEMO": "true"}, want: true},
	} {
		if _, err := config.Load(env(c.env), config.Flags{}, config.NeedBaseURL); (err == nil) != c.want {
			t.Errorf("%s: err = %v", name, err)
		}
	}
}
