package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
)

// Talk gives those settings of the server, as name=value and sorted, with which its own log would
// hold what people send: values of statements that it logs, and rows in the details of errors. It
// looks at what holds for the program's connections; empty is as it should be.
func (db *DB) Talk(ctx context.Context) ([]string, error) {
	for _, p := range db.pools {
		rows, err := p.pgx.Query(
			ctx,
			"select name, setting from pg_settings where name like 'log\\_%' or name like 'auto\\_explain.%' or name "+
				"like 'pgaudit.%'",
		)
		if err != nil {
			return nil, fmt.Errorf("read how the server logs: %w", err)
		}
		found := map[string]string{}
		var name, value string
		if _, err := pgx.ForEachRow(
			rows,
			[]any{&name, &value},
			func() error { found[name] = value; return nil },
		); err != nil {
			return nil, fmt.Errorf("read how the server logs: %w", err)
		}
		return talk(found), nil
	}
	return nil, errors.New("read how the server logs: no pool is open")
}

// talk judges settings by name; times are in milliseconds and -1 turns off.
func talk(set map[string]string) (all []string) {
	say := func(names ...string) {
		for _, name := range names {
			all = append(all, name+"="+set[name])
		}
	}
	has := func(name string, quiet ...string) bool {
		value, known := set[name]
		return known && !slices.Contains(quiet, value)
	}
	// Statements are logged with the values of their parameters unless log_parameter_max_length is
	// 0; their texts hold none.
	if has("log_parameter_max_length", "0") {
		logged := len(all)
		if has("log_statement", "none", "ddl") {
			say("log_statement")
		}
		if has("log_min_duration_statement", "-1") {
			say("log_min_duration_statement")
		}
		if has("log_min_duration_sample", "-1") && has("log_statement_sample_rate", "0") {
			say("log_min_duration_sample")
		}
		if has("log_transaction_sample_rate", "0") {
			say("log_transaction_sample_rate")
		}
		if len(all) > logged {
			say("log_parameter_max_length")
		}
	}
	if has("log_parameter_max_length_on_error", "0") {
		say("log_parameter_max_length_on_error")
	}
	if has("log_error_verbosity", "terse") { // a broken constraint is told with its row
		say("log_error_verbosity")
	}
	if has("auto_explain.log_min_duration", "-1") && has("auto_explain.log_parameter_max_length", "0") {
		say("auto_explain.log_min_duration", "auto_explain.log_parameter_max_length")
	}
	if has("pgaudit.log", "none", "") && has("pgaudit.log_parameter", "off") {
		say("pgaudit.log", "pgaudit.log_parameter")
	}
	slices.Sort(all)
	return all
}
