package search

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"golang.org/x/text/unicode/norm"

	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// How many upcoming occurrences one page may look at in date order. PostgreSQL filters 5,000 rows
// in some milliseconds; where that finds too few, what is asked for is rare, and the page is looked
// up by it.
const listBudget = 5000

// How many events such a look-up may find. What is common after all goes on in date order on the
// next page.
const hitBudget = 2000

// Shortest word a trigram index can find.
const trigramLength = 3

// query is a WHERE clause under construction.
type query struct {
	args       []any
	conditions []string
}

func (q *query) arg(v any) string {
	q.args = append(q.args, v)
	return fmt.Sprintf("$%d", len(q.args))
}

func (q *query) and(condition string) { q.conditions = append(q.conditions, condition) }

func (q *query) where() string { return strings.Join(q.conditions, "\n  and ") }

// resolved is a Filter with its slugs looked up.
type resolved struct {
	Filter
	organization uuid.UUID
	exclude      *organization.Ref
	members      []uuid.UUID
	words        []string
	now          time.Time
	begin        time.Time // where From is nil: no date that has not ended begins before
}

type listRow struct {
	EventID      uuid.UUID
	OccurrenceID uuid.UUID
	StartsAt     time.Time
}

// planned gives the arguments of a statement that is planned for them each time: a plan made for
// any organization or kind suits neither the great nor the small.
func planned(q *query) []any { return append([]any{pgx.QueryExecModeCacheDescribe}, q.args...) }

// listed gives one row an event, by its first date that fits, and where the next page begins.
func listed(ctx context.Context, tx *postgres.Tx, f resolved) ([]listRow, *Position, error) {
	rows, err := walk(ctx, tx, f)
	if err != nil || len(rows) > f.Limit {
		return cut(rows, f.Limit, err)
	}
	end, err := walkEnd(ctx, tx, f)
	if err != nil || end == nil {
		return cut(rows, f.Limit, err)
	}
	// The walk ended before the page was full.
	if f.rare() {
		found, few, err := lookUp(ctx, tx, f)
		if err != nil || few {
			return cut(found, f.Limit, err)
		}
	}
	return rows, end, nil // a short page; the next one goes on where the walk stopped
}

func cut(rows []listRow, limit int, err error) ([]listRow, *Position, error) {
	if err != nil || len(rows) <= limit {
		return rows, nil, err
	}
	last := rows[limit-1]
	return rows[:limit], &Position{StartsAt: last.StartsAt, Occurrence: last.OccurrenceID}, nil
}

// walk reads limit+1 rows in date order, looking at listBudget dates. Its subquery keeps the order
// of the index, so that it stops as soon as the page is full.
func walk(ctx context.Context, tx *postgres.Tx, f resolved) ([]listRow, error) {
	q := &query{}
	begins, where := f.upcoming(q, "w")
	f.firstDate(q, begins)
	f.eventConditions(q)
	return listRows(ctx, tx, q, `
		select e.id as event_id, o.id as occurrence_id, o.starts_at
		from (select `+f.walked()+` from occurrence w where `+where+fmt.Sprintf(`
		      order by w.starts_at, w.id limit %d) o`, listBudget)+`
		join event e on e.id = o.event_id
		where `+q.where()+`
		order by o.starts_at, o.id
		limit `+q.arg(f.Limit+1))
}

// walkEnd gives the last position of the walk, nil when everything fits into it.
func walkEnd(ctx context.Context, tx *postgres.Tx, f resolved) (*Position, error) {
	q := &query{}
	_, where := f.upcoming(q, "w")
	var end Position
	err := tx.Pgx.QueryRow(
		ctx,
		fmt.Sprintf(
			"select w.starts_at, w.id from occurrence w where %s order by w.starts_at, w.id offset %d limit 1",
			where,
			listBudget-1,
		),
		q.args...).
		Scan(
			&end.StartsAt,
			&end.Occurrence,
		)
	if postgres.NoRows(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("bound list: %w", err)
	}
	return &end, nil
}

// lookUp reads limit+1 rows of the events that fit, found by their own indexes; few is false when
// there are more of them than the budget.
func lookUp(ctx context.Context, tx *postgres.Tx, f resolved) (found []listRow, few bool, err error) {
	var ids []uuid.UUID
	q := &query{}
	q.and("e.listed")
	narrow := f.organization != uuid.Nil || f.Partnership != "" || f.Kind != ""
	if patterns, tags := f.patterns(), f.tags(); patterns != nil || tags != nil {
		ids, err = eventIDs(ctx, tx, "select event_search($1, $2, $3)", patterns, tags, hitBudget+1)
		if err != nil {
			return nil, false, err
		}
		if len(ids) <= hitBudget {
			q.and("e.id = any (" + q.arg(ids) + ")")
			narrow = true
		}
	}
	if f.Reservation == event.Slot || f.Reservation == event.Lottery {
		q.and(
			"e.id in (select r.event_id from part r where r.reservation = '" + string(f.Reservation) + "')",
		) // a literal, as the index has only these
		narrow = true
	}
	if !narrow {
		return nil, false, nil
	}
	f.eventConditions(q)
	ids, err = eventIDs(
		ctx,
		tx,
		"select e.id from event e where "+q.where()+fmt.Sprintf(" limit %d", hitBudget+1),
		planned(q)...)
	if err != nil || len(ids) > hitBudget {
		return nil, false, err
	}
	q = &query{}
	source := q.arg(ids)
	begins, where := f.upcoming(q, "o")
	q.and(where)
	f.firstDate(q, begins)
	found, err = listRows(ctx, tx, q, `
		select o.event_id, o.id as occurrence_id, o.starts_at
		from unnest(`+source+`::uuid[]) h (id) join occurrence o on o.event_id = h.id
		where `+q.where()+`
		order by o.starts_at, o.id
		limit `+q.arg(f.Limit+1))
	return found, true, err
}

func eventIDs(ctx context.Context, tx *postgres.Tx, statement string, args ...any) ([]uuid.UUID, error) {
	rows, err := tx.Pgx.Query(ctx, statement, args...)
	if err != nil {
		return nil, fmt.Errorf("look events up: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return nil, fmt.Errorf("look events up: %w", err)
	}
	return ids, nil
}

func listRows(ctx context.Context, tx *postgres.Tx, q *query, statement string) ([]listRow, error) {
	rows, err := tx.Pgx.Query(ctx, statement, q.args...)
	if err != nil {
		return nil, fmt.Errorf("list events: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[listRow])
	if err != nil {
		return nil, fmt.Errorf("list events: %w", err)
	}
	return found, nil
}

// earliestAhead gives a moment before which no date begins that has not ended. Few dates go on for
// more than a day: where none does, it is yesterday. It is asked for apart, because a plan is only
// good when it knows the moment.
func earliestAhead(ctx context.Context, tx *postgres.Tx) (begin time.Time, err error) {
	err = tx.Pgx.QueryRow(ctx, `
		select least($1::timestamptz - interval '1 day', min(l.starts_at))
		from (
		  select o.starts_at from occurrence o
		  where o.listed and o.ends_at > $1 and o.ends_at - o.starts_at > interval '1 day'
		  offset 0 -- keeps min from walking all dates by their start, in search of a long one
		) l`,
		tx.Now).Scan(&begin)
	if err != nil {
		return time.Time{}, fmt.Errorf("find where lists begin: %w", err)
	}
	return begin, nil
}

// upcoming says which dates a page looks at, by what an index orders by date. begins says for a
// table whether a date lies after the window's beginning.
func (f resolved) upcoming(q *query, o string) (begins func(o string) string, where string) {
	switch {
	case f.From == nil:
		from, now := q.arg(f.begin), q.arg(f.now)
		begins = func(o string) string { return o + ".starts_at >= " + from + " and " + o + ".ends_at > " + now }
		where = begins(o)
	case f.NotEnded:
		from, now := q.arg(*f.From), q.arg(f.now)
		begins = func(o string) string { return o + ".starts_at >= " + from + " and " + o + ".ends_at > " + now }
		where = begins(o)
	default:
		from := q.arg(*f.From)
		begins = func(o string) string { return o + ".starts_at >= " + from }
		where = begins(o)
	}
	where = o + ".listed and " + where
	if f.To != nil {
		where += " and " + o + ".starts_at < " + q.arg(*f.To)
	}
	if f.Area != "" {
		where += " and " + o + ".area_code = " + q.arg(f.Area)
	}
	if !f.After.IsZero() {
		where += fmt.Sprintf(
			" and (%[1]s.starts_at, %[1]s.id) > (%[2]s, %[3]s)",
			o,
			q.arg(f.After.StartsAt),
			q.arg(f.After.Occurrence),
		)
	}
	return begins, where
}

// walked are the columns that firstDate looks at; with no more than these the index alone answers.
func (f resolved) walked() string {
	columns := "w.id, w.event_id, w.starts_at"
	if f.Place != "" {
		columns += ", w.place_kind"
	}
	if f.Area != "" || f.exclude != nil {
		columns += ", w.area_code"
	}
	return columns
}

// firstDate keeps the dates that fit, and of these the first one of each event: one entry an event.
func (f resolved) firstDate(q *query, begins func(o string) string) {
	f.occurrenceConditions(q, "o", q.and)
	earlier := []string{"p.event_id = o.event_id", "p.listed", begins("p"), "(p.starts_at, p.id) < (o.starts_at, o.id)"}
	f.occurrenceConditions(q, "p", func(c string) { earlier = append(earlier, c) })
	q.and("not exists (select from occurrence p where " + strings.Join(earlier, " and ") + ")")
}

func (f resolved) occurrenceConditions(q *query, o string, and func(string)) {
	if f.Area != "" {
		and(o + ".area_code = " + q.arg(f.Area))
	}
	switch f.Place {
	case event.InPerson:
		and(o + ".place_kind in ('in_person', 'both')")
	case event.Online:
		and(o + ".place_kind in ('online', 'both')")
	case event.Both:
		and(o + ".place_kind = 'both'")
	}
	if f.exclude != nil && f.exclude.Code != "" {
		and(o + ".area_code is distinct from " + q.arg(f.exclude.Code))
	}
	if f.Reservation != "" {
		and(
			"exists (select from part r where r.occurrence_id = " + o + ".id and r.reservation = " + q.arg(
				f.Reservation,
			) + ")",
		)
	}
}

func (f resolved) eventConditions(q *query) {
	if f.Audience == "supporter" {
		q.and("e.visibility in ('public', 'supporters')")
	} else {
		q.and("e.visibility = 'public'")
	}
	f.narrow(q)
	for _, w := range f.words {
		q.and("e.search_text like " + q.arg(likePattern(w)))
	}
}

// narrow keeps the events that fit what is asked for, words apart.
func (f resolved) narrow(q *query) {
	if tags := f.tags(); tags != nil {
		q.and("e.audience_tags && " + q.arg(tags) + "::text[]")
	}
	if f.Kind != "" {
		q.and("e.kind = " + q.arg(f.Kind))
	}
	if f.organization != uuid.Nil {
		q.and(
			"exists (select from event_organiser x where x.event_id = e.id and x.approval = 'approved' and " +
				"x.organiser_id = " + q.arg(
				f.organization,
			) + ")",
		)
	}
	if f.Partnership != "" {
		q.and(
			"exists (select from event_organiser x where x.event_id = e.id and x.approval = 'approved' and x.role = " +
				"'host' and x.organiser_id = any (" + q.arg(
				f.members,
			) + "))",
		)
	}
	if f.exclude != nil {
		q.and(
			"exists (select from event_organiser x where x.event_id = e.id and x.approval = 'approved' and x.role = " +
				"'host' and x.organiser_id <> " + q.arg(
				f.exclude.ID,
			) + ")",
		)
	}
}

// rare reports whether something is asked for that an index of events finds, should it turn out to
// be rare.
func (f resolved) rare() bool {
	return f.organization != uuid.Nil || f.Partnership != "" || f.Kind != "" || f.Reservation == event.Slot ||
		f.Reservation == event.Lottery ||
		f.tags() != nil ||
		f.patterns() != nil
}

// patterns are all the words when a trigram index finds at least one of them.
func (f resolved) patterns() []string {
	if !slices.ContainsFunc(f.words, func(w string) bool { return utf8.RuneCountInString(w) >= trigramLength }) {
		return nil
	}
	all := make([]string, len(f.words))
	for i, w := range f.words {
		all[i] = likePattern(w)
	}
	return all
}

// tags are those of which an event must have one.
func (f resolved) tags() []string {
	switch f.Audience {
	case "":
		return nil
	case "supporter":
		return []string{"supporter"}
	}
	return []string{string(f.Audience), "anyone"} // what is for anyone is for them too
}

// words splits a query as event.search_text is written: NFKC, lower case, at most eight words.
func words(s string) []string {
	found := strings.Fields(strings.ToLower(norm.NFKC.String(s)))
	return found[:min(len(found), 8)]
}

func likePattern(word string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(word) + "%"
}

// staffListed gives the ids of one page of a staff list, newest change first.
func staffListed(ctx context.Context, tx *postgres.Tx, f StaffFilter) ([]StaffPosition, error) {
	q := &query{}
	own := q.arg(tx.Organization)
	switch f.Scope {
	case ScopeInvited:
		q.and(
			"e.id in (select x.event_id from event_organiser x where x.organiser_id = " + own +
				" and x.organiser_id <> x.organization_id)",
		)
	case ScopePartners:
		// Whose partner events can be seen at all: row-level security judges each event, but is not
		// asked about all of the nation's.
		q.and(
			"e.organization_id <> " + own +
				" and e.visibility = 'partners' and e.organization_id in (select g.registered_by from organization g " +
				"where g.id = " + own + `
			union all select a.organization_id
			  from partnership_member a join partnership_member b using (partnership_id)
			  where b.organization_id = ` + own + `
			union all select x.organization_id from event_organiser x where x.organiser_id = ` + own +
				" and x.organiser_id <> x.organization_id)",
		)
	default:
		q.and("e.organization_id = " + own)
	}
	if f.NeedsPlace {
		q.and(
			"(exists (select from occurrence o where o.event_id = e.id and o.place_lost and o.status <> 'cancelled' " +
				"and o.ends_at > app_now())" +
				" or exists (select from part p join occurrence o on o.id = p.occurrence_id where p.event_id = e.id " +
				"and p.place_lost and o.status <> 'cancelled' and o.ends_at > app_now()))",
		)
	}
	if f.Status != "" {
		q.and("e.status = " + q.arg(f.Status))
	}
	if f.After != nil {
		q.and(fmt.Sprintf("(e.modified_at, e.id) < (%s, %s)", q.arg(f.After.ModifiedAt), q.arg(f.After.Event)))
	}
	statement := "select e.modified_at, e.id as event from event e where " + q.where() +
		" order by e.modified_at desc, e.id desc limit " + q.arg(
		f.Limit+1,
	)
	rows, err := tx.Pgx.Query(ctx, statement, planned(q)...)
	if err != nil {
		return nil, fmt.Errorf("list staff events: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[StaffPosition])
}

// changed gives what changed after a position. Rows of transactions that may still be joined by an
// older one are held back (pg_snapshot_xmin).
func changed(ctx context.Context, tx *postgres.Tx, since ChangePosition, limit int) ([]changeRow, error) {
	rows, err := tx.Pgx.Query(ctx, `
		select c.xid::text as transaction, c.event_id, c.changed_at
		from event_change c
		where (c.xid, c.event_id) > ($1::text::xid8, $2) and c.xid < pg_snapshot_xmin(pg_current_snapshot())
		order by c.xid, c.event_id limit $3`, fmt.Sprint(since.Transaction), since.Event, limit)
	if err != nil {
		return nil, fmt.Errorf("read changes: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[changeRow])
}

type changeRow struct {
	Transaction string
	EventID     uuid.UUID
	ChangedAt   time.Time
}
