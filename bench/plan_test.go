package bench_test

import (
	"cmp"
	"database/sql/driver"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fairpassage/portal/internal/identity"
	"github.com/fairpassage/portal/internal/platform/postgres"
	"gorm.io/gorm"
)

// statement is one that a use case sent, with what was bound to it.
type statement struct {
	text  string
	bound []string // as literals
}

// overhear returns the statements that the use cases in fn send, so that the
// plans are of what is really asked.
func (r *record) overhear(b *testing.B, fn func()) (sent []statement) {
	b.Helper()
	listening, last := true, ""
	hear := func(g *gorm.DB) {
		if !listening {
			return
		}
		s := statement{text: g.Statement.SQL.String()}
		for _, v := range g.Statement.Vars {
			s.bound = append(s.bound, literal(b, v))
		}
		sent = append(sent, s)
	}
	ask := func(g *gorm.DB) {
		if !listening {
			return
		}
		listening = false // what is asked here is not the use case's
		if who := whose(b, g); who != last {
			last, sent = who, append(sent, statement{text: who})
		}
		listening = true
	}
	name := fmt.Sprintf("bench:%p", &listening)
	check(b, r.DB.Read(b.Context(), identity.System("bench"), func(tx postgres.Tx) error {
		on := tx.Gorm().Callback()
		for _, err := range []error{
			on.Row().After("gorm:row").Register(name, hear), on.Raw().After("gorm:raw").Register(name, hear),
			on.Query().After("gorm:query").Register(name, hear),
			on.Row().Before("gorm:row").Register(name+":who", ask), on.Raw().Before("gorm:raw").Register(name+":who", ask),
			on.Query().Before("gorm:query").Register(name+":who", ask),
		} {
			check(b, err)
		}
		return nil
	}))
	fn()
	listening = false
	return sent
}

// whose gives the statement that makes somebody else's transaction that of whoever
// acts: row security is part of a plan.
func whose(b *testing.B, g *gorm.DB) string {
	b.Helper()
	var who string
	check(b, g.Session(&gorm.Session{NewDB: true}).Raw(`
		SELECT 'SELECT ' || string_agg(format('set_config(%L, %L, true)', name, coalesce(current_setting(name, true), '')), ', ')
		FROM unnest(ARRAY['role', 'portal.as', 'portal.person', 'portal.unit', 'portal.desk', 'portal.kind', 'portal.agency']) AS name`).Row().Scan(&who))
	return who
}

// literal spells a bound value as PostgreSQL reads it.
func literal(b *testing.B, v any) string {
	b.Helper()
	v, err := driver.DefaultParameterConverter.ConvertValue(v)
	check(b, err)
	switch x := v.(type) {
	case nil:
		return "NULL"
	case []byte:
		return `'\x` + hex.EncodeToString(x) + `'`
	case time.Time:
		return "'" + x.Format(time.RFC3339Nano) + "'"
	}
	return "'" + strings.ReplaceAll(fmt.Sprint(v), "'", "''") + "'"
}

// node is what EXPLAIN (FORMAT JSON) says of one step.
type node struct {
	Type     string  `json:"Node Type"`
	Relation string  `json:"Relation Name"`
	Index    string  `json:"Index Name"`
	Rows     float64 `json:"Actual Rows"`
	Dropped  float64 `json:"Rows Removed by Filter"`
	Loops    float64 `json:"Actual Loops"`
	Hit      int     `json:"Shared Hit Blocks"`
	Read     int     `json:"Shared Read Blocks"`
	Plans    []node  `json:"Plans"`
}

// explained is the plan of one statement in short.
type explained struct {
	statement
	ms      float64
	blocks  int
	rows    float64 // read from tables and indexes, those thrown away included
	indexes []string
	scanned []string // tables read whole
}

func (e *explained) walk(n node) {
	if strings.Contains(n.Type, "Scan") && (n.Relation != "" || n.Index != "") {
		e.rows += (n.Rows + n.Dropped) * n.Loops
	}
	if n.Type == "Seq Scan" {
		e.scanned = append(e.scanned, n.Relation)
	}
	if n.Index != "" && !slices.Contains(e.indexes, n.Index) {
		e.indexes = append(e.indexes, n.Index)
	}
	for _, p := range n.Plans {
		e.walk(p)
	}
}

func (e explained) String() string {
	by := slices.Clone(e.indexes)
	for _, table := range e.scanned {
		by = append(by, "all of "+table)
	}
	return fmt.Sprintf("%8.2f ms %8.0f rows %7d blocks by %s", e.ms, e.rows, e.blocks, strings.Join(by, ", "))
}

// short is the statement on one line, its beginning only: a benchmark prints
// few lines.
func (s statement) short() string {
	const most = 240
	line := strings.Join(strings.Fields(s.text), " ")
	return line[:min(most, len(line))]
}

// explain gives the plans of the statements, in the order in which they were
// sent and as the server runs them from the sixth time on, when it has chosen
// between a plan for these values and one for all. Nothing of it is kept.
func (r *record) explain(b *testing.B, sent []statement) (plans []explained) {
	b.Helper()
	tx, err := r.app.BeginTx(b.Context(), nil)
	check(b, err)
	defer func() { _ = tx.Rollback() }()
	for _, s := range sent {
		verb, _, _ := strings.Cut(strings.TrimLeft(s.text, "( \t\n"), " ")
		switch {
		case strings.Contains(s.text, "set_config("):
			_, err := tx.ExecContext(b.Context(), strings.NewReplacer(placeholders(s)...).Replace(s.text))
			check(b, err)
			continue
		case !strings.HasPrefix(verb, "SELECT") && verb != "WITH" && verb != "UPDATE":
			continue // an insert reads nothing
		}
		_, err := tx.ExecContext(b.Context(), `PREPARE heard AS `+s.text)
		check(b, err)
		run := `heard`
		if len(s.bound) > 0 {
			run += `(` + strings.Join(s.bound, ", ") + `)`
		}
		var text string
		for range 5 {
			check(b, tx.QueryRowContext(b.Context(), `EXPLAIN (FORMAT JSON) EXECUTE `+run).Scan(&text))
		}
		_, err = tx.ExecContext(b.Context(), `SAVEPOINT again`)
		check(b, err)
		// What a function behind it wrote already cannot be written twice: then the plan
		// stands without what was measured.
		if err := tx.QueryRowContext(b.Context(), `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE `+run).Scan(&text); postgres.Violates(err, "") {
			_, err = tx.ExecContext(b.Context(), `ROLLBACK TO SAVEPOINT again`)
			check(b, err)
		} else {
			check(b, err)
		}
		_, err = tx.ExecContext(b.Context(), `DEALLOCATE heard`)
		check(b, err)
		var read []struct {
			Plan node
			Time float64 `json:"Execution Time"`
		}
		check(b, json.Unmarshal([]byte(text), &read))
		e := explained{statement: s, ms: read[0].Time, blocks: read[0].Plan.Hit + read[0].Plan.Read}
		e.walk(read[0].Plan)
		plans = append(plans, e)
	}
	return plans
}

// placeholders pairs $1, $2 … with their values, the highest first.
func placeholders(s statement) (pairs []string) {
	for i := len(s.bound); i > 0; i-- {
		pairs = append(pairs, fmt.Sprintf("$%d", i), s.bound[i-1])
	}
	return pairs
}

// dearest are the plans by what they cost, the dearest first.
func dearest(plans []explained, most int) []explained {
	sorted := slices.Clone(plans)
	slices.SortStableFunc(sorted, func(x, y explained) int { return cmp.Compare(y.ms, x.ms) })
	return sorted[:min(most, len(sorted))]
}
