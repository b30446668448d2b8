// Command servers runs another command beside throw-away servers: a PostgreSQL
// and a real Redis on free loopback ports, in a temporary folder.
//
//	go run ./internal/testkit/servers -- go test ./...
//
// The command finds them in TEST_DATABASE_URL (a superuser's) and
// TEST_REDIS_URL, and PORTAL_TEST is 1. Its exit code is passed on (`go run`
// itself turns every failure into 1). Both servers and the folder are gone
// when it ends, and after Ctrl-C or a termination signal too.
//
// It refuses to stand in for a missing Redis with the in-process one: what
// jobs rely on is to be tested on the real thing.
package main
