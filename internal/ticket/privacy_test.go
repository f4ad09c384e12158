package ticket

import (
	"context"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

const denied = "42501" // insufficient_privilege

func count(ctx context.Context, tx *postgres.Tx) (n int, err error) {
	err = tx.Pgx.QueryRow(ctx, "select count(*) from ticket").Scan(&n)
	return n, err
}

func TestNobodyReadsTheTicketsOfOthers(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.seats(t, 9)
	mine, ticket := k.take(t, ask(e, 1))
	k.take(t, ask(e, 1))
	ctx := t.Context()

	seen := -1
	err := k.db.InPublic(ctx, func(tx *postgres.Tx) (err error) { seen, err = count(ctx, tx); return err })
	if seen != 0 || err != nil {
		t.Errorf("the public sees %d tickets, %v", seen, err)
	}
	err = k.db.InTicket(ctx, k.keys.TicketMAC(mine), func(tx *postgres.Tx) (err error) {
		var id [16]byte
		if err := tx.Pgx.QueryRow(ctx, "select id from ticket").Scan(&id); err != nil || id != ticket.ID {
			t.Errorf("the holder sees another ticket, %v", err)
		}
		seen, err = count(ctx, tx)
		return err
	})
	if seen != 1 || err != nil {
		t.Errorf("a holder sees %d tickets, %v", seen, err)
	}
	for _, column := range []string{"*", "id", "nickname", "secret_mac", "seats"} {
		err := k.db.InOrganization(ctx, k.org, postgres.Actor{Kind: "staff"}, func(tx *postgres.Tx) error {
			_, err := tx.Pgx.Exec(ctx, "select "+column+" from ticket")
			return err
		})
		if state, _ := postgres.Constraint(err); state != denied {
			t.Errorf("staff select %s: %v, want permission denied", column, err)
		}
	}
	for _, column := range []string{"nickname", "taken_on"} {
		err := k.db.InWorker(ctx, func(tx *postgres.Tx) error {
			_, err := tx.Pgx.Exec(ctx, "select "+column+" from ticket")
			return err
		})
		if state, _ := postgres.Constraint(err); state != denied {
			t.Errorf("a job selects %s: %v, want permission denied", column, err)
		}
	}
}

func TestSeatsMoveThroughTheFunctionsOnly(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.seats(t, 9)
	mine, _ := k.take(t, ask(e, 1))
	for _, statement := range []string{
		"insert into ticket (organization_id, event_id, occurrence_id, part_id, quota_id, id, status, seats) select " +
			"organization_id, event_id, occurrence_id, part_id, quota_id, gen_random_uuid(), 'confirmed', 1 from " +
			"ticket",
		"update ticket set status = 'cancelled'",
		"update ticket set seats = 4",
		"update ticket set secret_mac = sha256('x')",
		"update ticket set nickname = 'x'",
		"delete from ticket",
		"update quota_counter set taken = 0",
		"update quota_counter set capacity = 100",
		"update quota_counter set accepting = true",
		"insert into quota_counter (organization_id, event_id, occurrence_id, quota_id, capacity) select " +
			"organization_id, event_id, occurrence_id, gen_random_uuid(), 1 from quota_counter",
		"delete from quota_counter",
	} {
		err := k.db.InTicket(t.Context(), k.keys.TicketMAC(mine), func(tx *postgres.Tx) error {
			_, err := tx.Pgx.Exec(t.Context(), statement)
			return err
		})
		if state, _ := postgres.Constraint(err); state != denied {
			t.Errorf("%s: %v, want permission denied", statement, err)
		}
	}
	for _, statement := range []string{
		"update quota_counter set taken = 0",
		"update quota_counter set accepting = true",
		"select ticket_grant('{}', '{}', '{}', '{}', '{}', '{}')",
		"select ticket_cancel('x')",
		"select ticket_rotate('x', 'y', null)",
	} {
		err := k.db.InOrganization(t.Context(), k.org, postgres.Actor{Kind: "staff"}, func(tx *postgres.Tx) error {
			_, err := tx.Pgx.Exec(t.Context(), statement)
			return err
		})
		if state, _ := postgres.Constraint(err); state != denied {
			t.Errorf("staff: %s: %v, want permission denied", statement, err)
		}
	}
}

// Secrets and nicknames of people must be found nowhere but in the parameters of statements.
func TestNoTraceOfAPerson(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.seats(t, 3)
	ctx := t.Context()
	const nickname = "カナリア7f3a"
	code := newSecret(t)
	r := ask(e, 2)
	r.Secret, r.Nickname = code, nickname
	var words []string
	hear := func(err error) {
		for ; err != nil; err = errors.Unwrap(err) {
			words = append(words, err.Error())
		}
	}
	k.take(t, r)
	differs := r
	differs.Seats = 1
	_, _, err := k.service.Take(ctx, differs)
	hear(err)
	unclean := r
	unclean.Nickname += "\n"
	_, _, err = k.service.Take(ctx, unclean)
	hear(err)
	full := r
	full.Secret = newSecret(t)
	_, _, err = k.service.Take(ctx, full)
	hear(err)
	if _, err := k.service.Look(ctx, code); err != nil {
		t.Fatal(err)
	}

	// Queries that are under way, too: hold the counter and let a Take and a Cancel wait.
	release := k.lock(t, e.Quota())
	waiter := ask(e, 1)
	waiter.Secret, waiter.Nickname = newSecret(t), nickname
	ended := make(chan error, 2)
	go func() { _, err := k.service.Cancel(ctx, code); ended <- err }()
	go func() { _, _, err := k.service.Take(ctx, waiter); ended <- err }()
	k.waiting(t, 2)
	rows, err := k.admin.Query(
		ctx,
		"select query from pg_stat_activity where datname = current_database() and application_name like "+
			"'tonarimachi%'",
	)
	if err != nil {
		t.Fatal(err)
	}
	queries, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	release()
	for range 2 {
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
	}
	if all := strings.Join(
		queries,
		"\n",
	); !strings.Contains(all, "ticket_grant") ||
		!strings.Contains(all, "ticket_cancel") {
		t.Errorf("the statements looked for are not among the queries: %s", all)
	}
	words = append(words, queries...)

	// Make the database fail, by a broken rule and wholly, so that causes are logged.
	k.exec(t, "alter table ticket add constraint broken check (nickname is null) not valid")
	failing := ask(e, 1)
	failing.Secret, failing.Nickname = code, nickname
	failing.Secret = newSecret(t)
	_, _, err = k.service.Take(ctx, failing)
	if !postgres.Violates(err, "broken") {
		t.Errorf("Take against a broken rule: %v", err)
	}
	hear(err)
	k.exec(t, "alter table ticket rename to elsewhere")
	for _, call := range []func() error{
		func() error { _, _, err := k.service.Take(ctx, failing); return err },
		func() error { _, err := k.service.Look(ctx, code); return err },
		func() error { _, err := k.service.Cancel(ctx, code); return err },
		func() error { _, _, err := k.service.Rotate(ctx, code); return err },
	} {
		if err := call(); err == nil {
			t.Error("a call without its table passes")
		} else {
			hear(err)
		}
	}
	log := k.log.String()
	if !strings.Contains(log, "failed") || len(words) < 10 {
		t.Errorf("too little was heard: %d words, log %q", len(words), log)
	}
	for _, text := range append(words, log) {
		for _, of := range []secret.Ticket{code, failing.Secret, waiter.Secret, full.Secret} {
			for name, canary := range map[string]string{
				"secret":         of.Reveal(),
				"grouped secret": of.Grouped(),
				"MAC":            hex.EncodeToString(k.keys.TicketMAC(of)),
				"nickname":       nickname,
			} {
				if strings.Contains(text, canary) {
					t.Errorf("the %s stands in %q", name, text)
				}
			}
		}
	}
}

func TestStaffOfNobodySeesNothing(t *testing.T) {
	t.Parallel()
	k := setup(t)
	other := testkit.NewOrganization(t, k.admin, "minami")
	e := k.event(t, testkit.EventOptions{Status: "draft"})
	var n int
	err := k.db.ReadOrganization(t.Context(), other, func(tx *postgres.Tx) error {
		return tx.Pgx.QueryRow(
			t.Context(),
			"select count(*) from quota_counter where quota_id = $1",
			e.Quota(),
		).Scan(
			&n,
		)
	})
	if n != 0 || err != nil {
		t.Errorf("another organization sees %d counters of a draft, %v", n, err)
	}
}

// A nickname is for its holder: whoever reads the table, a copy of it or its log finds nothing, and
// a new code takes it along.
func TestOnlyTheHolderReadsTheNickname(t *testing.T) {
	t.Parallel()
	k := setup(t)
	r := ask(k.seats(t, 2), 1)
	r.Nickname = "そら"
	code, got := k.take(t, r)
	stored := func() string {
		var s string
		if err := k.admin.QueryRow(
			t.Context(),
			"select nickname from ticket where id = $1",
			got.ID,
		).Scan(
			&s,
		); err != nil {
			t.Fatal(err)
		}
		return s
	}
	before := stored()
	if got.Nickname != "そら" || strings.Contains(before, "そら") {
		t.Fatalf("the holder reads %q, the table holds %q", got.Nickname, before)
	}
	fresh, renewed, err := k.service.Rotate(t.Context(), code)
	if err != nil || renewed.Nickname != "そら" || stored() == before {
		t.Fatalf("with a new code: %q, %v", renewed.Nickname, err)
	}
	if _, err := code.OpenText(stored()); err == nil {
		t.Error("the old code still opens it")
	}
	k.exec(t, "update ticket set nickname = repeat('x', 146)")
	if got, err := k.service.Look(t.Context(), fresh); err != nil || got.Nickname != "" {
		t.Errorf("a nickname that nothing opens: %q, %v, want the ticket without it", got.Nickname, err)
	}
	if _, err := k.admin.Exec(
		t.Context(),
		"update ticket set nickname = 'そら'",
	); !postgres.Violates(
		err,
		"ticket_nickname_sealed",
	) {
		t.Errorf("a readable nickname: %v, want it refused", err)
	}
}
