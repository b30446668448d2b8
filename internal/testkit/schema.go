package testkit

import (
	"strings"
	"testing"
)

// Schema describes the public schema in lines that do not depend on the
// server's version: columns, constraints, indexes, triggers, functions and what
// the application role may do.
func Schema(t testing.TB, d *Database) string {
	t.Helper()
	rows, err := d.Super(t).QueryContext(t.Context(), `
		WITH tables AS (
			SELECT c.oid, c.relname FROM pg_class c
			WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r','p','v') AND c.relname <> 'goose_db_version')
		SELECT line FROM (
			SELECT 1 AS part, relname AS sort, format('table %s', relname) AS line FROM tables
			UNION ALL
			SELECT 2, t.relname || lpad(a.attnum::text, 4, '0'), format('column %s.%s %s%s%s', t.relname, a.attname, format_type(a.atttypid, a.atttypmod),
				CASE WHEN a.attnotnull THEN ' not null' ELSE '' END, coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), ''))
			FROM tables t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
			LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
			UNION ALL
			SELECT 3, t.relname || k.conname, format('constraint %s.%s %s', t.relname, k.conname, pg_get_constraintdef(k.oid))
			FROM tables t JOIN pg_constraint k ON k.conrelid = t.oid WHERE k.contype <> 'n'
			UNION ALL
			SELECT 4, t.relname || i.indexrelid::regclass, pg_get_indexdef(i.indexrelid) FROM tables t JOIN pg_index i ON i.indrelid = t.oid
			UNION ALL
			SELECT 5, t.relname || g.tgname, pg_get_triggerdef(g.oid) FROM tables t JOIN pg_trigger g ON g.tgrelid = t.oid AND NOT g.tgisinternal
			UNION ALL
			SELECT 6, p.proname, pg_get_functiondef(p.oid) || ' -- owner ' || pg_get_userbyid(p.proowner) FROM pg_proc p
			WHERE p.pronamespace = 'public'::regnamespace
			AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.objid = p.oid AND e.deptype = 'e')
			UNION ALL
			SELECT 7, g.table_name || ' ' || g.privilege_type || g.grantee, format('grant %s on %s to %s', g.privilege_type, g.table_name, g.grantee)
			FROM information_schema.table_privileges g WHERE g.table_schema = 'public' AND g.grantee LIKE 'portal\_%' AND g.grantee <> 'portal_owner'
			UNION ALL
			SELECT 8, g.table_name || ' ' || g.column_name || g.privilege_type || g.grantee, format('grant %s on %s(%s) to %s', lower(g.privilege_type), g.table_name, g.column_name, g.grantee)
			FROM information_schema.column_privileges g WHERE g.table_schema = 'public' AND g.grantee LIKE 'portal\_%' AND g.grantee <> 'portal_owner'
			  AND (g.privilege_type IN ('UPDATE','INSERT','SELECT') AND NOT EXISTS (
				SELECT FROM information_schema.table_privileges w
				WHERE (w.table_schema, w.table_name, w.grantee, w.privilege_type) = (g.table_schema, g.table_name, g.grantee, g.privilege_type)))
			UNION ALL
			SELECT 9, p.tablename || ' ' || p.policyname, format('policy %s on %s for %s to %s%s%s', p.policyname, p.tablename, lower(p.cmd), array_to_string(p.roles, ', '),
				coalesce(' using ' || p.qual, ''), coalesce(' with check ' || p.with_check, ''))
			FROM pg_policies p WHERE p.schemaname = 'public'
			UNION ALL
			SELECT 10, c.relname, format('row security of %s%s', c.relname, CASE WHEN c.relforcerowsecurity THEN ', forced' ELSE '' END)
			FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relrowsecurity
		) lines ORDER BY part, sort COLLATE "C"`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var all strings.Builder
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		all.WriteString(line + "\n")
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all.String()
}
