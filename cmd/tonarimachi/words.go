package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
	"github.com/tonarimachi/tonarimachi/web"
)

// plain words an error for the person at the terminal: what happened and, where we know it, what to
// do next.
func plain(err error) string {
	if refusal, ok := fault.As(err); ok {
		return inWords(refusal, err)
	}
	var server *pgconn.PgError
	if errors.As(err, &server) {
		if hint := hints[server.Code]; hint != "" {
			return fmt.Sprintf("the database says: %s\n%s", server.Message, hint)
		}
	}
	var connect *pgconn.ConnectError
	if errors.As(err, &connect) {
		return err.Error() + "\nCheck the database's address in the settings, and that the server runs."
	}
	if strings.HasPrefix(err.Error(), "unknown ") || strings.HasPrefix(err.Error(), "accepts ") {
		return err.Error() + "\n`tonarimachi help` lists the commands." // cobra's refusals
	}
	return err.Error()
}

// hints by SQLSTATE.
var hints = map[string]string{
	"28P01": "Check user and password of the database's address.",
	"28000": "Check user and password of the database's address.",
	"3D000": "Create the database first, or check the name at the end of its address.",
	"42501": "The account lacks a role: run `tonarimachi migrate up` with TONARIMACHI_OWNER_DATABASE_URL and " +
		"TONARIMACHI_DATABASE_URL set.",
	"22023": "The database lacks the program's roles: run `tonarimachi migrate up` first.",
	"42P01": "The database lacks a table: run `tonarimachi migrate up` first.",
	"53300": "The server has no connection left: raise its max_connections or lower TONARIMACHI_DB_POOL_*.",
}

func inWords(refusal *fault.Error, err error) string {
	messages, loadErr := i18n.Load(web.Messages)
	if loadErr != nil {
		return err.Error()
	}
	english := messages.Localizer(i18n.English)
	var b strings.Builder
	b.WriteString(english.Problem(refusal.Code, refusal.Params))
	for _, f := range refusal.Fields {
		fmt.Fprintf(&b, "\n  %s: %s", f.Name, english.Field(f.Code, f.Params))
	}
	if cause := refusal.Unwrap(); cause != nil && refusal.Kind == fault.KindUnavailable {
		fmt.Fprintf(&b, "\n  %v", cause)
	}
	return b.String()
}
