package embedded

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

const (
	// OwnerRole owns the database and runs the migrations; it may make roles, but is no superuser.
	OwnerRole = "tonarimachi_owner"
	// LoginRole is what the program logs in as; it owns nothing, cannot pass by row-level security,
	// and has the rights of the roles granted to it only after SET ROLE (noinherit).
	LoginRole = "tonarimachi"
)

// prepareLock serialises Prepare among processes of one server ("tnm prep" in ASCII).
const prepareLock int64 = 0x746e6d2070726570

// Passwords are those of the two roles.
type Passwords struct{ Owner, Login string }

// DerivePasswords gives every process that knows the superuser's URL the same passwords for the two
// roles, so that they can share one test server without overwriting each other's.
func DerivePasswords(adminURL string) (Passwords, error) {
	u, err := url.Parse(adminURL)
	if err != nil {
		return Passwords{}, errors.New(
			"derive passwords: the database URL cannot be read",
		) // the cause would print the URL
	}
	secret, _ := u.User.Password()
	derive := func(role string) string {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(role))
		return hex.EncodeToString(mac.Sum(nil)[:16])
	}
	return Passwords{Owner: derive(OwnerRole), Login: derive(LoginRole)}, nil
}

// Prepare makes the two roles and the database, each if missing, and gives the URLs with which to
// migrate and to serve.
func (s *Server) Prepare(ctx context.Context, database string) (ownerURL, loginURL string, err error) {
	return Prepare(ctx, s.AdminURL(""), database, Passwords{Owner: s.secrets.Owner, Login: s.secrets.Login})
}

// Prepare does the same on any server, over a superuser's URL. The roles' passwords become the
// given ones.
func Prepare(
	ctx context.Context,
	adminURL, database string,
	passwords Passwords,
) (ownerURL, loginURL string, err error) {
	conn, err := pgx.Connect(ctx, adminURL)
	if err != nil {
		return "", "", fmt.Errorf("prepare database %s: connect: %w", database, err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }() // gives the advisory lock back too
	if _, err := conn.Exec(ctx, "select pg_advisory_lock($1)", prepareLock); err != nil {
		return "", "", fmt.Errorf("prepare database %s: lock: %w", database, err)
	}
	if err := makeRoles(ctx, conn, passwords); err != nil {
		return "", "", fmt.Errorf("prepare database %s: %w", database, err)
	}
	var exists bool
	if err := conn.QueryRow(
		ctx,
		"select exists (select from pg_database where datname = $1)",
		database,
	).Scan(
		&exists,
	); err != nil {
		return "", "", fmt.Errorf("prepare database %s: look it up: %w", database, err)
	}
	if !exists {
		name, owner := pgx.Identifier{database}.Sanitize(), pgx.Identifier{OwnerRole}.Sanitize()
		if _, err := conn.Exec(
			ctx,
			"create database "+name+" owner "+owner+" encoding 'UTF8' template template0",
		); err != nil {
			return "", "", fmt.Errorf("prepare database %s: create: %w", database, err)
		}
	}
	if err := Restrict(ctx, conn, database); err != nil {
		return "", "", err
	}
	return RoleURLs(adminURL, database, passwords)
}

// Restrict lets only the login role (and the owner) into the database. A clone needs it anew:
// PostgreSQL does not copy a database's own privileges.
func Restrict(ctx context.Context, conn *pgx.Conn, database string) error {
	name := pgx.Identifier{database}.Sanitize()
	statements := "revoke all on database " + name + " from public; grant connect on database " + name + " to " +
		pgx.Identifier{
			LoginRole,
		}.Sanitize()
	if _, err := conn.Exec(ctx, statements); err != nil {
		return fmt.Errorf("restrict database %s: %w", database, err)
	}
	return nil
}

// RoleURLs gives the two roles' URLs of a database on the superuser's server.
func RoleURLs(adminURL, database string, passwords Passwords) (ownerURL, loginURL string, err error) {
	u, err := url.Parse(adminURL)
	if err != nil {
		return "", "", errors.New("make role URLs: the database URL cannot be read")
	}
	u.Path = "/" + database
	u.User = url.UserPassword(OwnerRole, passwords.Owner)
	ownerURL = u.String()
	u.User = url.UserPassword(LoginRole, passwords.Login)
	return ownerURL, u.String(), nil
}

func makeRoles(ctx context.Context, conn *pgx.Conn, passwords Passwords) error {
	for _, role := range []struct{ name, attributes, password string }{
		{OwnerRole, "login nosuperuser nocreatedb createrole noreplication nobypassrls", passwords.Owner},
		{LoginRole, "login noinherit nosuperuser nocreatedb nocreaterole noreplication nobypassrls", passwords.Login},
	} {
		var exists bool
		if err := conn.QueryRow(
			ctx,
			"select exists (select from pg_roles where rolname = $1)",
			role.name,
		).Scan(
			&exists,
		); err != nil {
			return fmt.Errorf("look up role %s: %w", role.name, err)
		}
		verb := "create"
		if exists {
			verb = "alter"
		}
		password, err := conn.PgConn().EscapeString(role.password)
		if err != nil {
			return fmt.Errorf("quote password of role %s: %w", role.name, err)
		}
		if _, err := conn.Exec(
			ctx,
			verb+" role "+pgx.Identifier{role.name}.Sanitize()+" "+role.attributes+" password '"+password+"'",
		); err != nil {
			return fmt.Errorf("%s role %s: %w", verb, role.name, err)
		}
	}
	return nil
}

// refused says that the server is there but does not accept the password (SQLSTATE class 28).
func refused(err error) bool {
	var failure *pgconn.PgError
	return errors.As(err, &failure) && len(failure.Code) == 5 && failure.Code[:2] == "28"
}
