package config

import (
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/fairpassage/portal/internal/platform/blob"
	"github.com/fairpassage/portal/internal/platform/mail"
	"github.com/fairpassage/portal/internal/platform/redis"
)

// listen checks the web server's address and reports whether only this machine
// can reach it.
func (s *source) listen(address string) (loopback bool) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		s.problem("PORTAL_LISTEN", "(--listen) is not an address with a port, such as 127.0.0.1:8080")
		return false
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		s.problem("PORTAL_LISTEN", "(--listen) has no port between 0 and 65535")
		return false
	}
	return isLoopback(host)
}

func isLoopback(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.Unmap().IsLoopback()
}

// localURL names a loopback listener by name: WebAuthn refuses bare addresses.
func localURL(listen string) string {
	_, port, _ := net.SplitHostPort(listen) // checked before
	return "http://" + net.JoinHostPort("localhost", port)
}

// baseURL refuses plain HTTP anywhere but on this machine: what people write
// here must not cross a network in the clear.
func (s *source) baseURL(base string) {
	const name = "PORTAL_BASE_URL"
	if base == "" {
		s.problem(name, "is not set: say where people reach the site, such as https://portal.example")
		return
	}
	u, err := url.Parse(base)
	if err != nil || u.Hostname() == "" || u.Path != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		s.problem(name, "is not a plain address such as https://portal.example")
		return
	}
	switch {
	case u.Scheme == "https":
	case u.Scheme == "http" && isLoopback(u.Hostname()):
	case u.Scheme == "http":
		s.problem(name, "is plain http on an address that others can reach: put a TLS proxy in front and say https")
	default:
		s.problem(name, "begins with neither https:// nor http://")
	}
}

// databases checks both addresses, and that they name two roles: the web must
// not be able to change the tables it is guarded by.
func (s *source) databases(c Config) {
	app := s.database("DATABASE_URL", c.DatabaseURL)
	owner := s.database("DATABASE_OWNER_URL", c.DatabaseOwnerURL)
	if app != "" && app == owner {
		s.problem("DATABASE_URL", "names the same role as DATABASE_OWNER_URL: use portal_app, which cannot change tables")
	}
}

func (s *source) database(name, raw string) (role string) {
	if raw == "" {
		return ""
	}
	u, err := url.Parse(raw)
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
		s.problem(name, "is not an address such as postgres://role:password@host/database (it is not shown: it may hold a password)")
		return ""
	}
	return u.User.Username()
}

func (s *source) redis(raw string) {
	if raw == "" {
		return
	}
	if _, err := redis.Options(raw); err != nil {
		s.problem("REDIS_URL", "cannot be used: %w", err)
	}
}

func (s *source) mail(raw string) {
	if raw == "" {
		return
	}
	if _, err := mail.New(raw); err != nil {
		s.problem("SMTP_URL", "cannot be used: %w", err)
	}
}

// folder is the address of a folder, also of one that is named from here.
func (s *source) folder(dir string) string {
	full, err := filepath.Abs(dir)
	if err != nil {
		s.problem("BLOB_URL", "cannot be found: %w", err)
		return ""
	}
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(full)}).String()
}

func (s *source) blobs(address string) {
	if address == "" {
		return
	}
	if _, err := blob.Folder(address); err != nil {
		s.problem("BLOB_URL", "%w", err)
	}
}

// scanner takes what internal/upload understands.
func (s *source) scanner(address string) {
	if path, found := strings.CutPrefix(address, "unix:"); address == "" || found && filepath.IsAbs(path) {
		return
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "tcp" || u.Hostname() == "" || u.Port() == "" || u.Path != "" || u.User != nil {
		s.problem("CLAMD_URL", "is neither a socket such as unix:/run/clamav/clamd.ctl nor an address such as tcp://127.0.0.1:3310")
	}
}

// socket returns the path of an address such as unix:/run/portal/vault.sock. A
// relative one would be another socket in another folder.
func (s *source) socket(name string) string {
	const longest = 107 // bytes that a socket's name may have (unix(7))
	address := s.plain(name)
	if address == "" {
		return ""
	}
	path, found := strings.CutPrefix(address, "unix:")
	if !found || !filepath.IsAbs(path) || len(path) > longest {
		s.problem(name, "is not a socket such as unix:/run/portal/vault.sock")
		return ""
	}
	return path
}

// user returns the number of a user, 0 when none is named.
func (s *source) user(name string) uint32 {
	text := s.plain(name)
	if text == "" {
		return 0
	}
	const base, bits = 10, 32
	n, err := strconv.ParseUint(text, base, bits)
	if err != nil {
		s.problem(name, "is not the number of a user such as 990")
	}
	return uint32(n)
}

// country is two capital letters; whether it exists is not this package's.
func (s *source) country() string {
	code := s.pick("", "PORTAL_COUNTRY", "KH")
	if len(code) != 2 || strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		s.problem("PORTAL_COUNTRY", "is not a code of ISO 3166-1 such as KH")
	}
	return code
}

func (s *source) zone() *time.Location {
	zone, err := time.LoadLocation(s.pick("", "PORTAL_TIME_ZONE", "Asia/Phnom_Penh"))
	if err != nil {
		s.problem("PORTAL_TIME_ZONE", "is not a time zone such as Asia/Phnom_Penh")
		return time.UTC
	}
	return zone
}

func (s *source) surfaces(list string) Surfaces {
	var out Surfaces
	for name := range strings.SplitSeq(list, ",") {
		switch strings.TrimSpace(name) {
		case "public":
			out.Public = true
		case "staff":
			out.Staff = true
		default:
			s.problem("PORTAL_SURFACE", "(--surface) is public, staff or both with a comma between")
			return out
		}
	}
	return out
}

// proxies refuses a network that holds every address: it would let each visitor
// choose the address that limits are counted by.
func (s *source) proxies(name string) []string {
	var out []string
	for part := range strings.SplitSeq(s.plain(name), ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		network, err := netip.ParsePrefix(part)
		if address, plain := netip.ParseAddr(part); plain == nil {
			network, err = netip.PrefixFrom(address, address.BitLen()), nil
		}
		if err != nil {
			s.problem(name, "holds something that is neither an address nor a network such as 10.0.0.0/8")
			return nil
		}
		if network.Bits() == 0 {
			s.problem(name, "trusts every address: name the proxy's own")
			return nil
		}
		out = append(out, part)
	}
	return out
}
