package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fairpassage/portal/internal/agency"
	"github.com/fairpassage/portal/internal/matching"
	"github.com/fairpassage/portal/internal/testkit"
	"github.com/google/go-cmp/cmp"
)

const inventedRegister = "name_latin,name_local,licence_no,valid_since,district,address,phones,fax,emails,kinds\n" +
	"Kind Harbour,,,2019,,1 Invented Lane,,,,\n" +
	"Broken,\"quote,,2019,,2 Invented Lane,,,,\n" +
	"Morning Ferry,,,2020,,3 Invented Lane,,,,\n"

func newImport(t *testing.T, asJSON bool) (i agencyImport, stdout, stderr *bytes.Buffer) {
	t.Helper()
	hasher, err := matching.NewHasher(bytes.Repeat([]byte{3}, 32))
	if err != nil {
		t.Fatal(err)
	}
	stdout, stderr = &bytes.Buffer{}, &bytes.Buffer{}
	return agencyImport{service: agency.New(testkit.DB(t).DB, hasher, testkit.Clock()), json: asJSON, stdout: stdout, stderr: stderr}, stdout, stderr
}

func registerFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ministry-2026.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAnImportReportsRowByRow(t *testing.T) {
	i, stdout, stderr := newImport(t, false)
	if err := i.run(t.Context(), registerFile(t, inventedRegister), "csv", ""); err != nil {
		t.Fatal(err)
	}
	want := "row 3 rejected: a quotation mark is not closed, or something follows a closed one\n" +
		"read 3, created 2, updated 0, unchanged 0, rejected 1\n"
	if diff := cmp.Diff(want, stdout.String()); diff != "" {
		t.Error(diff)
	}
	if strings.ContainsAny(stderr.String(), "\r\x1b") {
		t.Errorf("terminal codes where there is no terminal: %q", stderr.String())
	}
}

func TestTheSummaryOfAnImportIsOneJSONObject(t *testing.T) {
	i, stdout, _ := newImport(t, true)
	path := registerFile(t, inventedRegister)
	for _, want := range []string{
		`{"read":3,"created":2,"updated":0,"unchanged":0,"rejected":[{"row":3,"reason":"a quotation mark is not closed, or something follows a closed one"}]}`,
		`{"read":3,"created":0,"updated":0,"unchanged":2,"rejected":[{"row":3,"reason":"a quotation mark is not closed, or something follows a closed one"}]}`,
	} {
		stdout.Reset()
		if err := i.run(t.Context(), path, "csv", ""); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want+"\n", stdout.String()); diff != "" || !json.Valid(stdout.Bytes()) {
			t.Error(diff)
		}
	}
}

func TestAFileThatIsNoRegisterFailsTheCommand(t *testing.T) {
	i, stdout, _ := newImport(t, true)
	for text, want := range map[string]string{"": "the file is empty", "a,b\n1,2\n": `missing column "name_latin"`} {
		err := i.run(t.Context(), registerFile(t, text), "csv", "")
		if err == nil || !strings.Contains(err.Error(), want) || stdout.Len() != 0 {
			t.Errorf("err = %v, stdout %q", err, stdout)
		}
	}
	if err := i.run(t.Context(), filepath.Join(t.TempDir(), "nothing.csv"), "csv", ""); err == nil {
		t.Error("a file that is not there imports")
	}
}
