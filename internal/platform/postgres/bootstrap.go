package postgres

import (
	"context"
	"fmt"
	"net/url"

	"github.com/jackc/pgx/v5"
)

// Bootstrap is what a superuser does once for a server: the two roles, each
// with its password, and the database, owned by the owner role.
type Bootstrap struct {
	Database      string
	OwnerPassword string
	AppPassword   string
}

// Run makes what is missing under superURL and sets the passwords. It may run
// again at any time.
func (b Bootstrap) Run(ctx context.Context, superURL string) error {
	conn, err := pgx.Connect(ctx, superURL)
	if err != nil {
		return fmt.Errorf("connect as superuser: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	for _, role := range []struct{ name, password string }{{OwnerRole, b.OwnerPassword}, {AppRole, b.AppPassword}} {
		if err := ensureRole(ctx, conn, role.name, role.password); err != nil {
			return err
		}
	}
	var exists bool
	if err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, b.Database).Scan(&exists); err != nil {
		return fmt.Errorf("look for the database: %w", err)
	}
	if !exists {
		_, err := conn.Exec(ctx, fmt.Sprintf("CREATE DATABASE %s OWNER %s ENCODING 'UTF8' TEMPLATE template0 LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'",
			pgx.Identifier{b.Database}.Sanitize(), OwnerRole))
		if err != nil {
			return fmt.Errorf("create the database: %w", err)
		}
	}
	// Nobody but the two roles may even connect.
	_, err = conn.Exec(ctx, fmt.Sprintf("REVOKE ALL ON DATABASE %[1]s FROM PUBLIC; GRANT CONNECT ON DATABASE %[1]s TO %[2]s",
		pgx.Identifier{b.Database}.Sanitize(), AppRole))
	if err != nil {
		return fmt.Errorf("close the database to others: %w", err)
	}
	return nil
}

func ensureRole(ctx context.Context, conn *pgx.Conn, name, password string) error {
	var exists bool
	if err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)`, name).Scan(&exists); err != nil {
		return fmt.Errorf("look for role %s: %w", name, err)
	}
	verb := "ALTER"
	if !exists {
		verb = "CREATE"
	}
	// Utility statements take no parameters: quote_literal does the quoting.
	var quoted string
	if err := conn.QueryRow(ctx, `SELECT quote_literal($1::text)`, password).Scan(&quoted); err != nil {
		return fmt.Errorf("quote the password of %s: %w", name, err)
	}
	_, err := conn.Exec(ctx, fmt.Sprintf("%s ROLE %s LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD %s", verb, name, quoted))
	if err != nil {
		return fmt.Errorf("make role %s: %w", name, err)
	}
	return nil
}

// WithUser returns rawURL with another user, password and database, for the
// URLs of the two roles beside a superuser's.
func WithUser(rawURL, user, password, database string) (string, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return "", errUnreadableURL
	}
	u.User = url.UserPassword(user, password)
	u.Path = "/" + database
	return u.String(), nil
}
