package redis

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

var errUnreadableURL = errors.New("the Redis URL cannot be read (it is not shown here: it may hold a password)")

// Client is a pool of connections to a server, a Sentinel group or a Cluster.
// It is safe for concurrent use; whoever opened it closes it.
type Client = redis.UniversalClient

// Open reads the URL and returns a client, which connects when it is used:
//
//	redis://[user:password@]host[:6379][/database]
//	rediss://…                                            the same over TLS
//	redis-sentinel://[user:password@]host,host[/database]?master=name[&tls=true][&sentinel_user=…&sentinel_password=…]
//	redis-cluster://[user:password@]host,host[?tls=true]
func Open(rawURL string) (Client, error) {
	options, err := Options(rawURL)
	if err != nil {
		return nil, err
	}
	return redis.NewUniversalClient(options), nil
}

// Options reads the URL as Open does, without opening anything.
func Options(rawURL string) (*redis.UniversalOptions, error) {
	scheme, hosts, u, err := split(rawURL)
	if err != nil {
		return nil, err
	}
	o := &redis.UniversalOptions{
		Addrs:       hosts,
		Username:    u.User.Username(),
		DialTimeout: 5 * time.Second, ReadTimeout: 5 * time.Second, WriteTimeout: 5 * time.Second,
	}
	o.Password, _ = u.User.Password()
	secure := u.Query().Get("tls") == "true"
	switch scheme {
	case "redis", "rediss":
		if len(hosts) != 1 {
			return nil, fmt.Errorf("%s:// names one server, not %d", scheme, len(hosts))
		}
		secure = secure || scheme == "rediss"
	case "redis-sentinel":
		if o.MasterName = u.Query().Get("master"); o.MasterName == "" {
			return nil, errors.New("redis-sentinel:// needs ?master=name")
		}
		o.SentinelUsername, o.SentinelPassword = u.Query().Get("sentinel_user"), u.Query().Get("sentinel_password")
	case "redis-cluster":
		o.IsClusterMode = true
	default:
		return nil, errors.New("the Redis URL begins with none of redis://, rediss://, redis-sentinel://, redis-cluster://")
	}
	if secure {
		o.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12}
		if len(hosts) == 1 {
			o.TLSConfig.ServerName, _, _ = net.SplitHostPort(hosts[0])
		}
	}
	if o.DB, err = database(u.Path); err != nil {
		return nil, err
	}
	if o.IsClusterMode && o.DB != 0 {
		return nil, errors.New("a Redis Cluster has no database numbers")
	}
	return o, nil
}

// split takes the hosts out before the rest is parsed: net/url refuses several
// of them in one address.
func split(rawURL string) (scheme string, hosts []string, u *url.URL, err error) {
	scheme, rest, found := strings.Cut(rawURL, "://")
	if !found {
		return "", nil, nil, errUnreadableURL
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	authority, tail := rest[:end], rest[end:]
	credentials := authority[:strings.LastIndex(authority, "@")+1]
	port := "6379"
	if scheme == "redis-sentinel" {
		port = "26379"
	}
	for host := range strings.SplitSeq(authority[len(credentials):], ",") {
		if host == "" {
			return "", nil, nil, errUnreadableURL
		}
		if _, _, err := net.SplitHostPort(host); err != nil {
			host = net.JoinHostPort(strings.Trim(host, "[]"), port)
		}
		hosts = append(hosts, host)
	}
	if u, err = url.Parse("redis://" + credentials + "host" + tail); err != nil {
		return "", nil, nil, errUnreadableURL
	}
	return scheme, hosts, u, nil
}

func database(path string) (int, error) {
	path = strings.Trim(path, "/")
	if path == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(path)
	if err != nil || n < 0 {
		return 0, errors.New("the path of a Redis URL is the number of the database")
	}
	return n, nil
}
