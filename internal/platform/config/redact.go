package config

import (
	"fmt"
	"strconv"
	"strings"
)

// Setting is one line of what the program was told, safe to print.
type Setting struct {
	Name  string
	Value string
}

// Redacted lists every setting for `portal doctor`. Of an address that may hold
// a password only the scheme and the host are left.
func (c Config) Redacted() []Setting {
	var surfaces []string
	if c.Surfaces.Public {
		surfaces = append(surfaces, "public")
	}
	if c.Surfaces.Staff {
		surfaces = append(surfaces, "staff")
	}
	settings := []Setting{
		{"PORTAL_LISTEN", c.Listen},
		{"PORTAL_SURFACE", strings.Join(surfaces, ",")},
		{"PORTAL_BASE_URL", c.BaseURL},
		{"PORTAL_TRUSTED_PROXIES", strings.Join(c.TrustedProxies, ",")},
		{"DATABASE_URL", hostOf(c.DatabaseURL)},
		{"DATABASE_OWNER_URL", hostOf(c.DatabaseOwnerURL)},
		{"REDIS_URL", hostOf(c.RedisURL)},
		{"PORTAL_KEYS", c.KeysDir},
		{"PORTAL_VAULT", c.Vault},
		{"PORTAL_VAULT_USER", userOf(c.VaultUser)},
		{"PORTAL_SHRED", c.ShredDir},
		{"PORTAL_SHRED_MIRROR", c.ShredMirror},
		{"BLOB_URL", c.BlobURL},
		{"CLAMD_URL", c.ClamdURL},
		{"SMTP_URL", hostOf(c.SMTPURL)},
		{"PORTAL_COUNTRY", c.Country},
		{"PORTAL_TIME_ZONE", c.Zone.String()},
		{"PORTAL_DEMO", fmt.Sprint(c.Demo)},
		{"PORTAL_DATA", c.DataDir},
		{"PORTAL_WITNESSES", strings.Join(witnessesOf(c.Witnesses), ",")},
	}
	for i := range settings {
		if settings[i].Value == "" {
			settings[i].Value = "(not set)"
		}
	}
	return settings
}

// witnessesOf leaves folders as they are: they hold no password.
func witnessesOf(all []string) []string {
	var shown []string
	for _, w := range all {
		if !strings.HasPrefix(w, witnessFolder) {
			w = hostOf(w)
		}
		shown = append(shown, w)
	}
	return shown
}

// hostOf cuts rather than parses: several hosts in one address do not parse.
func hostOf(address string) string {
	scheme, rest, found := strings.Cut(address, "://")
	if !found {
		return ""
	}
	// A password may itself hold a slash or a question mark, so all up to the
	// last @ is dropped first. An @ further on only hides more.
	rest = rest[strings.LastIndex(rest, "@")+1:]
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	return scheme + "://" + rest
}

// String keeps a Config that is printed by mistake from telling its secrets.
func (c Config) String() string {
	lines := make([]string, 0, 24)
	for _, s := range c.Redacted() {
		lines = append(lines, s.Name+"="+s.Value)
	}
	return strings.Join(lines, " ")
}

// GoString is String, for %#v.
func (c Config) GoString() string { return c.String() }

func userOf(number uint32) string {
	if number == 0 {
		return ""
	}
	return strconv.FormatUint(uint64(number), 10)
}
