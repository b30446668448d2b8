package redis_test

import (
	"strings"
	"testing"

	"github.com/fairpassage/portal/internal/platform/redis"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/google/go-cmp/cmp"
)

func TestEveryWayToRunRedisHasItsAddress(t *testing.T) {
	type read struct {
		Addrs                                  []string
		User, Password, Master, SentinelSecret string
		DB                                     int
		Cluster, TLS                           bool
	}
	for url, want := range map[string]read{
		"redis://127.0.0.1":                         {Addrs: []string{"127.0.0.1:6379"}},
		"redis://127.0.0.1:7000/3":                  {Addrs: []string{"127.0.0.1:7000"}, DB: 3},
		"redis://[::1]:7000":                        {Addrs: []string{"[::1]:7000"}},
		"rediss://desk:s%40cret@redis.example:6380": {Addrs: []string{"redis.example:6380"}, User: "desk", Password: "s@cret", TLS: true},
		"redis-sentinel://:pw@a.example,b.example:1/2?master=m&sentinel_password=sp": {
			Addrs: []string{"a.example:26379", "b.example:1"}, Password: "pw", Master: "m", SentinelSecret: "sp", DB: 2,
		},
		"redis-cluster://a.example:1,b.example:2?tls=true": {Addrs: []string{"a.example:1", "b.example:2"}, Cluster: true, TLS: true},
	} {
		o, err := redis.Options(url)
		if err != nil {
			t.Errorf("%s: %v", url, err)
			continue
		}
		got := read{o.Addrs, o.Username, o.Password, o.MasterName, o.SentinelPassword, o.DB, o.IsClusterMode, o.TLSConfig != nil}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", url, diff)
		}
	}
}

func TestABadAddressIsRefusedWithoutRepeatingIt(t *testing.T) {
	for _, url := range []string{
		"", "hush", "http://hush.example", "redis://:hush@/0", "redis://:hush@a.example,b.example",
		"redis://:hush@a.example/first", "redis-sentinel://:hush@a.example", "redis-cluster://:hush@a.example/1",
		"redis://:hush%zz@a.example",
	} {
		_, err := redis.Open(url)
		if err == nil {
			t.Errorf("%q was accepted", url)
			continue
		}
		if strings.Contains(err.Error(), "hush") {
			t.Errorf("the error repeats the address: %v", err)
		}
	}
}

func TestTheClientReachesARealRedis(t *testing.T) {
	client, err := redis.Open(testkit.RedisURL(t))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close() }()
	if err := client.Ping(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
}
