package e2e

import (
	"bytes"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime/quotedprintable"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
)

// haystacks are all the places where something could have been left.
func (s *stage) haystacks(t *testing.T, visitors []*visitor) []haystack {
	t.Helper()
	var addresses strings.Builder
	for _, v := range visitors {
		addresses.WriteString(strings.Join(v.seen, "\n"))
	}
	var letters strings.Builder
	for _, l := range s.mail.Letters() {
		letters.WriteString(l.Raw)
		decoded := &bytes.Buffer{}
		_, _ = decoded.ReadFrom(quotedprintable.NewReader(strings.NewReader(l.Raw)))
		letters.Write(decoded.Bytes())
	}
	all := []haystack{
		{"the log of web", s.web.output.String(), "serving"},
		{"the log of worker", s.worker.output.String(), "working"},
		{"what Redis was told", s.monitor.String(), "asynq:"},
		{"what Redis holds", redisContents(t, s.redisURL), "asynq:"},
		{"the tables", tables(t, s.db.Super(t)), quiet},
		{"the letters", letters.String(), s.url},
		{"the addresses", addresses.String(), "/complaints/mine"},
		{"the files", files(t, s.folder), "keys"},
	}
	if dump, err := exec.LookPath("pg_dump"); err == nil {
		all = append(all, haystack{"the dump", dumpWith(t, dump, s.db.SuperURL), quiet})
	}
	return all
}

// hexBytes is how a bytea column looks in text.
var hexBytes = regexp.MustCompile(`\\\\?x([0-9a-f]{8,})`)

// unhexed adds to a text what its byte columns say when they are read as text.
func unhexed(text string) string {
	var out strings.Builder
	out.WriteString(text)
	for _, found := range hexBytes.FindAllStringSubmatch(text, -1) {
		if raw, err := hex.DecodeString(found[1]); err == nil {
			out.WriteByte('\n')
			out.Write(raw)
		}
	}
	return out.String()
}

// tables writes down every row of every table.
func tables(t *testing.T, db *sql.DB) string {
	t.Helper()
	var out strings.Builder
	for _, table := range column(t, db, `SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`) {
		for _, row := range column(t, db, `SELECT t::text FROM `+table+` t`) {
			out.WriteString(table + " " + row + "\n")
		}
	}
	return unhexed(out.String())
}

func column(t *testing.T, db *sql.DB, query string) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var all []string
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		all = append(all, text)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// dumpWith is what a backup would hold.
func dumpWith(t *testing.T, program, address string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, "--format=plain", "--dbname="+address)
	var problems strings.Builder
	cmd.Stderr = &problems
	dump, err := cmd.Output()
	if err != nil {
		t.Fatalf("pg_dump: %v\n%s", err, problems.String())
	}
	return unhexed(string(dump))
}

// redisContents writes down every key with what it holds.
func redisContents(t *testing.T, address string) string {
	t.Helper()
	options, err := redis.ParseURL(address)
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(options)
	defer func() { _ = client.Close() }()
	ctx := t.Context()
	var out strings.Builder
	keys := client.Scan(ctx, 0, "*", 1000).Iterator()
	for keys.Next(ctx) {
		key := keys.Val()
		kind := client.Type(ctx, key).Val()
		var held any
		switch kind {
		case "string":
			held = client.Get(ctx, key).Val()
		case "list":
			held = client.LRange(ctx, key, 0, -1).Val()
		case "set":
			held = client.SMembers(ctx, key).Val()
		case "zset":
			held = client.ZRangeWithScores(ctx, key, 0, -1).Val()
		case "hash":
			held = client.HGetAll(ctx, key).Val()
		default:
			held = client.Dump(ctx, key).Val()
		}
		fmt.Fprintf(&out, "%s %s %v\n", kind, key, held)
	}
	if err := keys.Err(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// listenIn writes down every command that Redis is given until the test ends.
func listenIn(t *testing.T, address string) *transcript {
	t.Helper()
	options, err := redis.ParseURL(address)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", options.Addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if options.Password != "" {
		_, err = fmt.Fprintf(conn, "AUTH %s\r\n", options.Password)
	}
	if err == nil {
		_, err = fmt.Fprint(conn, "MONITOR\r\n")
	}
	if err != nil {
		t.Fatal(err)
	}
	heard := newTranscript()
	go heard.read(conn)
	return heard
}

// files writes down every file below a folder, names included.
func files(t *testing.T, dir string) string {
	t.Helper()
	var out strings.Builder
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		fmt.Fprintln(&out, path)
		if !entry.Type().IsRegular() {
			return nil
		}
		content, err := os.ReadFile(path)
		out.Write(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}
