package testkit

import (
	"context"
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/platform/id"
	"github.com/fairpassage/portal/internal/platform/redis"
)

// redisDatabases is how many databases a Redis has beside the first, which
// keeps the locks on the others.
const redisDatabases = 15

// RedisDatabase takes one database of the real Redis for this test alone,
// empties it and returns its address. Tests of other packages run beside it.
func RedisDatabase(t testing.TB) string {
	t.Helper()
	base := RedisURL(t)
	address, err := url.Parse(base)
	if err != nil {
		t.Fatal("TEST_REDIS_URL cannot be read")
	}
	locks := openRedis(t, base)
	owner := id.New().String()
	for n := 1; ; n = n%redisDatabases + 1 {
		lock := fmt.Sprintf("test:database:%d", n)
		taken, err := locks.SetNX(t.Context(), lock, owner, 5*time.Minute).Result()
		if err != nil {
			t.Fatal(err)
		}
		if !taken {
			continue
		}
		address.Path = fmt.Sprintf("/%d", n)
		own := openRedis(t, address.String())
		if err := own.FlushDB(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			_ = own.FlushDB(context.Background()).Err()
			_ = locks.Del(context.Background(), lock).Err()
		})
		return address.String()
	}
}

func openRedis(t testing.TB, address string) redis.Client {
	t.Helper()
	client, err := redis.Open(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}
