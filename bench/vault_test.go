package bench_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/fairpassage/portal/internal/matching"
	"github.com/fairpassage/portal/internal/platform/clock"
	"github.com/fairpassage/portal/internal/vault"
)

// startVault answers at a socket until the benchmark ends, under limits that it
// does not reach.
func startVault(b *testing.B, key *matching.Hasher) *vault.Client {
	b.Helper()
	limits := vault.Limits{}
	for _, kind := range matching.Kinds() {
		limits[kind] = vault.Limit{PerSecond: 10_000_000, Burst: 1_000_000_000, PerDay: 1_000_000_000}
	}
	server, err := vault.NewServer(vault.ServerConfig{
		Key: key, Clock: clock.System{}, Limits: limits, Trail: vault.NewTrail(io.Discard, clock.System{}, quiet()),
		Admit: vault.Admission{Users: []uint32{uint32(os.Getuid())}},
	})
	check(b, err)
	socket := filepath.Join(b.TempDir(), "v.sock")
	l, err := vault.Listen(b.Context(), socket, vault.OwnGroup)
	check(b, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ctx, l) }()
	b.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			b.Error(err)
		}
	})
	return vault.NewClient(socket, 0)
}

// BenchmarkVault asks for one phone, for what a complaint needs, and for the
// phones of an import's batch, of the key in memory and of the vault; a turn is
// so many questions. The complaint is filed whole both ways.
func BenchmarkVault(b *testing.B) {
	const turn = 100
	key, err := matching.NewHasher(bytes.Repeat([]byte{7}, 32))
	check(b, err)
	remote := startVault(b, key)
	batch := make([]matching.Input, 1000)
	for i := range batch {
		batch[i] = matching.Phone("+85512000111")
	}
	in := told()
	for name, inputs := range map[string][]matching.Input{
		"phone": {matching.Phone("+85512000111")},
		"complaint": {
			matching.Name(matching.CompanyFold(in.Employer)), matching.Name(matching.CompanyFold(in.AgencyName)),
			matching.Reporter("+85512000222"), matching.Phone("+85512000111"), matching.Text(in.Narrative),
		},
		"batch": batch,
	} {
		b.Run(name, func(b *testing.B) {
			asking := func(of matching.Keyed) func() {
				return func() {
					for range turn {
						if _, err := of.Hash(b.Context(), inputs); err != nil {
							b.Error(err)
						}
					}
				}
			}
			t := race(b, 20, plain("local", asking(key)), plain("vault", asking(remote)))
			t.ratio(b, "vault", "local")
			b.ReportMetric(ms(t.at("vault", 50))*1000/turn, "vault-µs/question")
			b.ReportMetric(ms(t.at("local", 50))*1000/turn, "local-µs/question")
		})
	}
	b.Run("filing", func(b *testing.B) {
		const each = 16
		r := newRecord(b, scale{agencies: 2000, employers: 2000, days: 500, complaints: 10_000, placements: 10_000})
		near, far := r.desk(b), r.desk(b)
		far.Hasher = remote
		filing := func(d *desk) func() {
			return func() {
				for range each {
					d.file(b)
				}
			}
		}
		t := race(b, 20, plain("local", filing(near)), plain("vault", filing(far)))
		t.ratio(b, "vault", "local")
		b.ReportMetric(ms(t.at("local", 50))/each, "local-ms/complaint")
	})
}
