package report

import (
	"crypto/rand"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

var (
	someone = ticket.Answers{Age: "30s", Gender: "woman", Standing: "self", Home: ticket.Elsewhere}
	other   = ticket.Answers{Age: "40s", Standing: "family"}
)

var june = clock.NewDate(2026, time.June, 20).At(14, 0)

func TestAnswersAreWrittenTogether(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.gathering(june)
	k.takeMany(e, together-2, someone)
	k.take(e, other)
	k.flush()
	if got := k.raw(e.OccurrenceID); len(got) != 0 {
		t.Fatalf("%d tickets' answers were written: %v", together-1, got)
	}
	k.take(e, other)
	k.flush()
	want := map[string]int{
		"age 30s":         6,
		"gender woman":    6,
		"standing self":   6,
		"home elsewhere":  6,
		"age 40s":         2,
		"standing family": 2,
	}
	if got := k.raw(e.OccurrenceID); !reflect.DeepEqual(got, want) {
		t.Errorf("counted %v, want %v", got, want)
	}
	// The last few come in when nobody else can.
	k.take(e, other)
	k.clock.Set(june.Add(time.Second))
	k.flush()
	want["age 40s"], want["standing family"] = 3, 3
	if got := k.raw(e.OccurrenceID); !reflect.DeepEqual(got, want) {
		t.Errorf("after closing %v, want %v", got, want)
	}
}

func TestClosingWritesWhatIsLeft(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.gathering(june)
	c := Collect(k.db, nil)
	c.Count(e.OccurrenceID, someone)
	c.Close()
	if got := k.raw(e.OccurrenceID); got["age 30s"] != 1 {
		t.Errorf("counted %v", got)
	}
}

// The secret is the request's name: sent twice it counts once, whatever the second one answers; so
// does a request with no seat left count nothing, and who waits: most who do get no seat, and no
// answer can be taken back [S7].
func TestASecretCountsOnce(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.gathering(june)
	k.exec("update part set waiting_list = true where id = $1", e.Parts[0].ID)
	code, err := secret.NewTicket(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	r := ticket.Request{EventID: e.ID, QuotaID: e.Quota(), Seats: 1, Secret: code, Answers: someone}
	for _, answers := range []ticket.Answers{someone, other, {}, someone} {
		r.Answers = answers
		if _, _, err := k.tickets.Take(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	k.exec("update quota_counter set capacity = 1 where quota_id = $1", e.Quota())
	if _, _, err := k.tickets.Take(
		t.Context(),
		ticket.Request{EventID: e.ID, QuotaID: e.Quota(), Seats: 1, Answers: someone},
	); !errors.Is(
		err,
		ticket.ErrFull,
	) {
		t.Fatal(err)
	}
	waiting := ticket.Request{EventID: e.ID, QuotaID: e.Quota(), Seats: 1, Answers: other, Wait: ticket.WaitQuota}
	if _, _, err := k.tickets.Take(t.Context(), waiting); err != nil {
		t.Fatal(err)
	}
	// Cancelling takes nothing back.
	if _, err := k.tickets.Cancel(t.Context(), code); err != nil {
		t.Fatal(err)
	}
	k.clock.Set(june.Add(time.Second))
	k.flush()
	want := map[string]int{"age 30s": 1, "gender woman": 1, "standing self": 1, "home elsewhere": 1}
	if got := k.raw(e.OccurrenceID); !reflect.DeepEqual(got, want) {
		t.Errorf("counted %v, want %v", got, want)
	}
}

func TestOnlyWhatIsAskedIsCounted(t *testing.T) {
	t.Parallel()
	k := setup(t)
	silent, asks := k.gathering(june), k.gathering(june, "age")
	k.exec("update event set questions = '{}' where id = $1", silent.ID)
	k.take(silent, someone)
	k.take(asks, someone)
	k.clock.Set(june)
	k.flush()
	if got := k.raw(silent.OccurrenceID); len(got) != 0 {
		t.Errorf("nobody asked: %v", got)
	}
	if got := k.raw(asks.OccurrenceID); !reflect.DeepEqual(got, map[string]int{"age 30s": 1}) {
		t.Errorf("only the age was asked: %v", got)
	}
}

func TestOddAnswersAreRefused(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.gathering(june)
	for what, a := range map[string]ticket.Answers{
		"age":      {Age: "31"},
		"gender":   {Gender: "x"},
		"standing": {Standing: "患者"},
		"a town":   {Home: "131165"},
		"words":    {Home: "豊島区"},
	} {
		if _, _, err := k.tickets.Take(
			t.Context(),
			ticket.Request{EventID: e.ID, QuotaID: e.Quota(), Seats: 1, Answers: a},
		); !errors.Is(
			err,
			ticket.ErrAnswers,
		) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if n := k.number("select count(*) from ticket"); n != 0 {
		t.Errorf("%d tickets", n)
	}
}

// A database that is away for a while costs nothing but time.
func TestAnswersWaitForTheDatabase(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.gathering(june)
	k.takeMany(e, together, someone)
	k.exec("revoke execute on function answer_add(uuid[], text[], text[], integer[]) from tnm_public")
	if err := k.collector.Flush(t.Context()); err == nil {
		t.Fatal("flushed without being allowed to")
	}
	k.exec("grant execute on function answer_add(uuid[], text[], text[], integer[]) to tnm_public")
	k.take(e, someone)
	k.flush()
	if got := k.raw(e.OccurrenceID); got["age 30s"] != together+1 {
		t.Errorf("counted %v", got)
	}
}

// Nothing of a ticket's transaction comes near the answers': not its id, not a time, no order. No
// role of the program reads a counter.
func TestNothingTiesAnAnswerToATicket(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.gathering(june)
	for i := range together {
		a := ticket.Answers{Age: ticket.Choices["age"][i%7]}
		k.take(e, a)
	}
	k.flush()
	if n := k.number("select count(*) from ticket t join answer_counter a on a.xmin = t.xmin"); n != 0 {
		t.Errorf("%d counters were written with a ticket", n)
	}
	if n := k.number("select count(distinct xmin::text) from answer_counter"); n != 1 {
		t.Errorf("the answers were written in %d transactions", n)
	}
	columns := k.number("select count(*) from information_schema.columns where table_name = 'answer_counter'")
	if columns != 6 {
		t.Errorf("%d columns: what came to the counters?", columns)
	}
	read := func(what string, run func(fn func(tx *postgres.Tx) error) error) {
		for _, query := range []string{
			"select count from answer_counter",
			"delete from answer_counter",
			"select report_break_down(gen_random_uuid(), gen_random_uuid())",
		} {
			err := run(func(tx *postgres.Tx) error {
				_, err := tx.Pgx.Exec(t.Context(), query)
				return err
			})
			if state, _ := postgres.Constraint(err); state != "42501" {
				t.Errorf("%s may %s: %v", what, query, err)
			}
		}
	}
	read("the public role", func(fn func(tx *postgres.Tx) error) error { return k.db.InTicket(t.Context(), nil, fn) })
	read("staff", func(fn func(tx *postgres.Tx) error) error {
		return k.db.InOrganization(t.Context(), k.town["kita"], postgres.Actor{Kind: "staff"}, fn)
	})
	read("the worker", func(fn func(tx *postgres.Tx) error) error { return k.db.InWorker(t.Context(), fn) })
}

func TestAnswersInTheSchemaAreThoseInCode(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.gathering(june)
	for q, answers := range ticket.Choices {
		for _, a := range append([]string{"nonsense"}, answers...) {
			_, err := k.admin.Exec(
				t.Context(),
				`insert into answer_counter (organization_id, event_id, occurrence_id, question, answer, count)
					values ($1, $2, $3, $4, $5, 1)`,
				e.OrganizationID,
				e.ID,
				e.OccurrenceID,
				q,
				a,
			)
			if (err == nil) == (a == "nonsense") {
				t.Errorf("%s %s: %v", q, a, err)
			}
		}
	}
}
