package postgres

import (
	"context"
	"fmt"
	"net/url"

	"github.com/jackc/pgx/v5"
)

// Bootstrap is what a superuser does once for a server: the roles, those that
// log in each with its password, and the database, owned by the owner role.
type Bootstrap struct {
	Database      string
	OwnerPassword string
	AppPassword   string
	// Passwords of further logins, by role: BackupRole, "portal_web_public",
	// "portal_web_staff", "portal_jobs". One without a password cannot log in.
	Passwords map[string]string
}

// Run makes what is missing under superURL and sets the passwords. It may run
// again at any time.
func (b Bootstrap) Run(ctx context.Context, superURL string) error {
	conn, err := pgx.Connect(ctx, superURL)
	if err != nil {
		return fmt.Errorf("connect as superuser: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if err := b.roles(ctx, conn); err != nil {
		return err
	}
	if err := b.database(ctx, conn); err != nil {
		return err
	}
	return b.schema(ctx, superURL)
}

// schema closes the schema to all but the owner. PostgreSQL 14 lets everybody
// create in it: a function of the same name as one that the portal's own
// functions call could then be put in its place.
func (b Bootstrap) schema(ctx context.Context, superURL string) error {
	conf, err := pgx.ParseConfig(superURL)
	if err != nil {
		return errUnreadableURL
	}
	conf.Database = b.Database
	conn, err := pgx.ConnectConfig(ctx, conf)
	if err != nil {
		return fmt.Errorf("connect to the database as superuser: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, fmt.Sprintf("REVOKE CREATE ON SCHEMA public FROM PUBLIC; GRANT ALL ON SCHEMA public TO %s", OwnerRole)); err != nil {
		return fmt.Errorf("close the schema to others: %w", err)
	}
	return nil
}

func (b Bootstrap) roles(ctx context.Context, conn *pgx.Conn) error {
	const powerless = "NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION"
	for _, name := range append(actorRoles(), ReceiptRole) {
		if err := ensureRole(ctx, conn, name, powerless+" NOBYPASSRLS NOLOGIN NOINHERIT", ""); err != nil {
			return err
		}
	}
	if err := ensureRole(ctx, conn, OwnerRole, powerless+" NOBYPASSRLS LOGIN INHERIT", b.OwnerPassword); err != nil {
		return err
	}
	// Its policies are not asked: a backup without some rows is none.
	if err := ensureRole(ctx, conn, BackupRole, powerless+" BYPASSRLS LOGIN INHERIT", b.Passwords[BackupRole]); err != nil {
		return err
	}
	grants := fmt.Sprintf("GRANT pg_read_all_data TO %s; GRANT %s TO %s;", BackupRole, ReceiptRole, OwnerRole)
	for login, members := range logins() {
		password := b.Passwords[login]
		if login == AppRole {
			password = b.AppPassword
		}
		// NOINHERIT: the login itself may nothing, only become what it is a member of.
		if err := ensureRole(ctx, conn, login, powerless+" NOBYPASSRLS LOGIN NOINHERIT", password); err != nil {
			return err
		}
		for _, member := range members {
			grants += fmt.Sprintf("GRANT %s TO %s;", member, login)
		}
	}
	if _, err := conn.Exec(ctx, grants); err != nil {
		return fmt.Errorf("grant the roles: %w", err)
	}
	return nil
}

func (b Bootstrap) database(ctx context.Context, conn *pgx.Conn) error {
	name := pgx.Identifier{b.Database}.Sanitize()
	var exists bool
	if err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, b.Database).Scan(&exists); err != nil {
		return fmt.Errorf("look for the database: %w", err)
	}
	if !exists {
		_, err := conn.Exec(ctx, fmt.Sprintf("CREATE DATABASE %s OWNER %s ENCODING 'UTF8' TEMPLATE template0 LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'", name, OwnerRole))
		if err != nil {
			return fmt.Errorf("create the database: %w", err)
		}
	}
	// Nobody but the portal's roles may even connect.
	grants := fmt.Sprintf("REVOKE ALL ON DATABASE %[1]s FROM PUBLIC; GRANT CONNECT ON DATABASE %[1]s TO %[2]s;", name, BackupRole)
	for login := range logins() {
		grants += fmt.Sprintf("GRANT CONNECT ON DATABASE %s TO %s;", name, login)
	}
	if _, err := conn.Exec(ctx, grants); err != nil {
		return fmt.Errorf("close the database to others: %w", err)
	}
	return nil
}

func ensureRole(ctx context.Context, conn *pgx.Conn, name, attributes, password string) error {
	var exists bool
	if err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)`, name).Scan(&exists); err != nil {
		return fmt.Errorf("look for role %s: %w", name, err)
	}
	verb := "ALTER"
	if !exists {
		verb = "CREATE"
	}
	if password != "" {
		// Utility statements take no parameters: quote_literal does the quoting.
		var quoted string
		if err := conn.QueryRow(ctx, `SELECT quote_literal($1::text)`, password).Scan(&quoted); err != nil {
			return fmt.Errorf("quote the password of %s: %w", name, err)
		}
		attributes += " PASSWORD " + quoted
	}
	if _, err := conn.Exec(ctx, fmt.Sprintf("%s ROLE %s %s", verb, name, attributes)); err != nil {
		return fmt.Errorf("make role %s: %w", name, err)
	}
	return nil
}

// WithUser returns rawURL with another user, password and database, for the
// URLs of the roles beside a superuser's.
func WithUser(rawURL, user, password, database string) (string, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return "", errUnreadableURL
	}
	u.User = url.UserPassword(user, password)
	u.Path = "/" + database
	return u.String(), nil
}
