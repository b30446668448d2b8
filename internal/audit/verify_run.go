package audit

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/fairpassage/portal/internal/platform/postgres"
	"golang.org/x/mod/sumdb/note"
)

// Verify recomputes the whole log of the record and compares it with its own
// checkpoints and with those that witnesses hold, then runs the checks. It
// reads one moment and changes nothing.
func Verify(ctx context.Context, db *postgres.DB, key note.Verifier, witnessed [][]byte, checks ...Check) (Report, error) {
	v := newVerifier(key, witnessed)
	var more []Finding
	err := db.Read(ctx, worker(), func(tx postgres.Tx) error {
		if err := newSource(tx).each(v.take); err != nil {
			return err
		}
		for _, check := range checks {
			found, err := check(ctx, tx)
			if err != nil {
				return err
			}
			more = append(more, found...)
		}
		return nil
	})
	if err != nil {
		return Report{}, fmt.Errorf("verify the audit log: %w", err)
	}
	report := v.end()
	report.Findings = append(report.Findings, more...)
	return report, nil
}

// Export writes the whole log, one JSON object a line: enough to verify it
// elsewhere, without the database.
func Export(ctx context.Context, db *postgres.DB, out io.Writer) error {
	buffered := bufio.NewWriter(out)
	encoder := json.NewEncoder(buffered)
	err := db.Read(ctx, worker(), func(tx postgres.Tx) error {
		return newSource(tx).each(func(l line) error { return encoder.Encode(l) })
	})
	if err == nil {
		err = buffered.Flush()
	}
	if err != nil {
		return fmt.Errorf("export the audit log: %w", err)
	}
	return nil
}

// VerifyExport is Verify over what Export wrote.
func VerifyExport(in io.Reader, key note.Verifier, witnessed [][]byte) (Report, error) {
	v := newVerifier(key, witnessed)
	lines := bufio.NewScanner(in)
	const longest = 1 << 20
	lines.Buffer(nil, longest)
	for n := 1; lines.Scan(); n++ {
		var l line
		decoder := json.NewDecoder(bytes.NewReader(lines.Bytes()))
		decoder.DisallowUnknownFields()
		err := decoder.Decode(&l)
		if err == nil {
			err = v.take(l)
		}
		if err != nil {
			return Report{}, fmt.Errorf("line %d %w", n, errExport)
		}
	}
	if err := lines.Err(); err != nil {
		return Report{}, fmt.Errorf("read the export: %w", err)
	}
	return v.end(), nil
}
