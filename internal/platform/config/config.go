package config

import (
	"errors"
	"path/filepath"
	"strings"
	"time"
)

// Config is every setting of the program, checked.
type Config struct {
	// Listen is the address and port of the web server.
	Listen string
	// Surfaces are the parts of the site that this process serves.
	Surfaces Surfaces
	// BaseURL is where people reach the site, without a trailing slash.
	BaseURL string
	// TrustedProxies are the addresses and networks whose X-Forwarded headers
	// are believed; none by default.
	TrustedProxies []string
	// DatabaseURL connects under the application role. Empty means the embedded
	// PostgreSQL of DataDir.
	DatabaseURL string
	// DatabaseOwnerURL connects under the role that owns the tables.
	DatabaseOwnerURL string
	// RedisURL is one server (redis, rediss), Sentinel or Cluster. Empty means
	// the Redis inside the process of a `portal run`.
	RedisURL string
	// KeysDir is the folder with the key files.
	KeysDir string
	// Vault is the socket of the vault that holds the matching key, a path; empty
	// when the key is in KeysDir.
	Vault string
	// VaultUser is the number of the user as whom the vault runs, where that is
	// neither root nor the process's own; 0 names nobody else.
	VaultUser uint32
	// ShredDir is the folder of the shred keys, and ShredMirror a second one
	// that is written with it; empty for none.
	ShredDir, ShredMirror string
	// BlobURL is where documents are kept, sealed: file:///folder.
	BlobURL string
	// ClamdURL is the virus scanner, a ClamAV daemon: unix:/socket or
	// tcp://host:port. Empty means that nothing is scanned, which is shown.
	ClamdURL string
	// SMTPURL is the mail server, with the sender as its from; empty means that
	// no mail is sent.
	SMTPURL string
	// Country that runs the portal, ISO 3166-1 alpha-2, and where its days begin.
	Country string
	Zone    *time.Location
	// Demo is demonstration mode: known accounts and invented people.
	Demo bool
	// Witnesses of the audit log: file:/folder, or the https submission prefix of
	// a C2SP witness.
	Witnesses []string
	// DataDir is the data folder of the embedded servers; empty for none.
	DataDir string
}

// Surfaces are the two halves of the site; they can run apart.
type Surfaces struct {
	Public bool
	Staff  bool
}

// Flags are the settings given on the command line. What is empty is taken
// from the environment, else from the default.
type Flags struct {
	Listen  string
	Surface string
	Data    string
	// DefaultData is the data folder where neither flag nor environment names one.
	DefaultData string
	// Demo is demonstration mode unless the environment says otherwise, and
	// NoDemo none whatever it says.
	Demo, NoDemo bool
}

// Need names something that a command cannot work without.
type Need string

// What a command may need. With a data folder the embedded servers satisfy
// the first three, and keys, shred keys and documents lie in it.
const (
	NeedDatabase Need = "DATABASE_URL"
	NeedOwner    Need = "DATABASE_OWNER_URL"
	NeedRedis    Need = "REDIS_URL"
	NeedKeys     Need = "PORTAL_KEYS"
	NeedShred    Need = "PORTAL_SHRED"
	NeedBlobs    Need = "BLOB_URL"
	// NeedBaseURL is for a process whose letters name the site. A demonstration
	// is read on the machine itself.
	NeedBaseURL Need = "PORTAL_BASE_URL"
)

// Load reads the environment through getenv and checks it. The error tells
// every problem at once, each with the name of its variable.
func Load(getenv func(string) string, flags Flags, needs ...Need) (Config, error) {
	src := source{getenv: getenv}
	c := Config{
		Listen:           src.pick(flags.Listen, "PORTAL_LISTEN", "127.0.0.1:8080"),
		BaseURL:          strings.TrimSuffix(src.plain("PORTAL_BASE_URL"), "/"),
		DatabaseURL:      src.secret("DATABASE_URL"),
		DatabaseOwnerURL: src.secret("DATABASE_OWNER_URL"),
		RedisURL:         src.secret("REDIS_URL"),
		KeysDir:          src.plain("PORTAL_KEYS"),
		Vault:            src.socket("PORTAL_VAULT"),
		VaultUser:        src.user("PORTAL_VAULT_USER"),
		ShredDir:         src.plain("PORTAL_SHRED"),
		ShredMirror:      src.plain("PORTAL_SHRED_MIRROR"),
		BlobURL:          src.plain("BLOB_URL"),
		ClamdURL:         src.plain("CLAMD_URL"),
		SMTPURL:          src.secret("SMTP_URL"),
		DataDir:          src.pick(flags.Data, "PORTAL_DATA", flags.DefaultData),
		Demo:             src.truth("PORTAL_DEMO", flags.Demo) && !flags.NoDemo,
	}
	if c.KeysDir == "" && c.DataDir != "" {
		c.KeysDir = filepath.Join(c.DataDir, "keys")
	}
	if c.ShredDir == "" && c.DataDir != "" {
		c.ShredDir = filepath.Join(c.DataDir, "shred")
	}
	if c.BlobURL == "" && c.DataDir != "" {
		c.BlobURL = src.folder(filepath.Join(c.DataDir, "documents"))
	}
	c.Witnesses = src.witnesses("PORTAL_WITNESSES", c)
	c.Surfaces = src.surfaces(src.pick(flags.Surface, "PORTAL_SURFACE", "public,staff"))
	c.Country, c.Zone = src.country(), src.zone()
	c.TrustedProxies = src.proxies("PORTAL_TRUSTED_PROXIES")
	loopback := src.listen(c.Listen)
	if c.BaseURL == "" && loopback {
		c.BaseURL = localURL(c.Listen)
	}
	src.baseURL(c.BaseURL)
	src.databases(c)
	src.redis(c.RedisURL)
	src.mail(c.SMTPURL)
	src.blobs(c.BlobURL)
	src.scanner(c.ClamdURL)
	src.needs(c, needs)
	return c, errors.Join(src.problems...)
}

// EmbeddedDatabase reports whether the PostgreSQL of the data folder is used.
func (c Config) EmbeddedDatabase() bool { return c.DatabaseURL == "" }
