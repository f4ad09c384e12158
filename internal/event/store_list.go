package event

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"golang.org/x/text/unicode/norm"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// How many upcoming occurrences one search by words may look at before it answers with what it has. PostgreSQL filters 5,000 rows in about a
// millisecond; a trigram index takes over where that finds too few.
const searchBudget = 5000

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
}

type listRow struct {
	EventID      uuid.UUID
	OccurrenceID uuid.UUID
	StartsAt     time.Time
}

// listed gives one row an event, by its first date that fits, and where the next page begins.
func listed(ctx context.Context, tx *postgres.Tx, f resolved) ([]listRow, *Position, error) {
	if len(f.words) == 0 {
		rows, err := listPage(ctx, tx, f, "occurrence o", "")
		return cut(rows, f.Limit, err)
	}
	end, err := walkEnd(ctx, tx, f)
	if err != nil {
		return nil, nil, err
	}
	rows, err := listPage(ctx, tx, f, "walk o", "walk")
	if err != nil || end == nil || len(rows) > f.Limit {
		return cut(rows, f.Limit, err)
	}
	// The walk ended before the page was full. A long enough word finds the rest by its trigrams; else the next page goes on where the walk stopped.
	if f.hasLongWord() {
		rows, err = listPage(ctx, tx, f, "hits h join occurrence o on o.event_id = h.id", "hits")
		return cut(rows, f.Limit, err)
	}
	return rows, end, nil
}

func cut(rows []listRow, limit int, err error) ([]listRow, *Position, error) {
	if err != nil || len(rows) <= limit {
		return rows, nil, err
	}
	last := rows[limit-1]
	return rows[:limit], &Position{StartsAt: last.StartsAt, Occurrence: last.OccurrenceID}, nil
}

// listPage reads limit+1 rows from a source: the table, the bounded walk over it, or the events that trigrams found.
func listPage(ctx context.Context, tx *postgres.Tx, f resolved, source, with string) ([]listRow, error) {
	q := &query{}
	from := q.arg(*f.From)
	span := func(alias string) string {
		c := alias + ".listed and " + alias + ".starts_at >= " + from
		if f.To != nil {
			c += " and " + alias + ".starts_at < " + q.arg(*f.To)
		}
		return c
	}
	q.and(span("o"))
	if !f.After.IsZero() {
		q.and(fmt.Sprintf("(o.starts_at, o.id) > (%s, %s)", q.arg(f.After.StartsAt), q.arg(f.After.Occurrence)))
	}
	f.occurrenceConditions(q, "o", q.and)
	// One entry an event: no earlier date of it fits.
	earlier := []string{"p.event_id = o.event_id", span("p"), "(p.starts_at, p.id) < (o.starts_at, o.id)"}
	f.occurrenceConditions(q, "p", func(c string) { earlier = append(earlier, c) })
	q.and("not exists (select from occurrence p where " + strings.Join(earlier, " and ") + ")")
	f.eventConditions(q)

	var prefix string
	switch with {
	case "walk":
		cursor := ""
		if !f.After.IsZero() {
			cursor = fmt.Sprintf(" and (w.starts_at, w.id) > (%s, %s)", q.arg(f.After.StartsAt), q.arg(f.After.Occurrence))
		}
		prefix = "with walk as materialized (select w.* from occurrence w where " + span("w") + cursor +
			fmt.Sprintf(" order by w.starts_at, w.id limit %d)", searchBudget)
	case "hits":
		var found []string
		for _, w := range f.words {
			found = append(found, "s.search_text like "+q.arg(likePattern(w)))
		}
		prefix = "with hits as materialized (select s.id from event s where s.listed and " + strings.Join(found, " and ") + ")"
	}
	statement := prefix + `
		select e.id as event_id, o.id as occurrence_id, o.starts_at
		from ` + source + ` join event e on e.id = o.event_id
		where ` + q.where() + `
		order by o.starts_at, o.id
		limit ` + q.arg(f.Limit+1)
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

// walkEnd gives the last position of the bounded walk, nil when everything fits into it.
func walkEnd(ctx context.Context, tx *postgres.Tx, f resolved) (*Position, error) {
	q := &query{}
	q.and("o.listed and o.starts_at >= " + q.arg(*f.From))
	if f.To != nil {
		q.and("o.starts_at < " + q.arg(*f.To))
	}
	if !f.After.IsZero() {
		q.and(fmt.Sprintf("(o.starts_at, o.id) > (%s, %s)", q.arg(f.After.StartsAt), q.arg(f.After.Occurrence)))
	}
	var end Position
	err := tx.Pgx.QueryRow(ctx, fmt.Sprintf("select o.starts_at, o.id from occurrence o where %s order by o.starts_at, o.id offset %d limit 1", q.where(), searchBudget-1), q.args...).
		Scan(&end.StartsAt, &end.Occurrence)
	if postgres.NoRows(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("bound search: %w", err)
	}
	return &end, nil
}

func (f resolved) occurrenceConditions(q *query, o string, and func(string)) {
	if f.Area != "" {
		and(o + ".area_code = " + q.arg(f.Area))
	}
	switch f.Place {
	case InPerson:
		and(o + ".place_kind in ('in_person', 'both')")
	case Online:
		and(o + ".place_kind in ('online', 'both')")
	case Both:
		and(o + ".place_kind = 'both'")
	}
	if f.exclude != nil && f.exclude.Code != "" {
		and(o + ".area_code is distinct from " + q.arg(f.exclude.Code))
	}
	if f.Reservation != "" {
		and("exists (select from part r where r.occurrence_id = " + o + ".id and r.reservation = " + q.arg(f.Reservation) + ")")
	}
}

func (f resolved) eventConditions(q *query) {
	switch f.Audience {
	case "":
		q.and("e.visibility = 'public'")
	case "supporter":
		q.and("e.visibility in ('public', 'supporters') and 'supporter' = any (e.audience_tags)")
	default:
		// What is for anyone is for them too.
		q.and("e.visibility = 'public' and e.audience_tags && array[" + q.arg(f.Audience) + ", 'anyone']::text[]")
	}
	if f.Kind != "" {
		q.and("e.kind = " + q.arg(f.Kind))
	}
	if f.organization != uuid.Nil {
		q.and("exists (select from event_organiser x where x.event_id = e.id and x.approval = 'approved' and x.organiser_id = " + q.arg(f.organization) + ")")
	}
	if f.Partnership != "" {
		q.and("exists (select from event_organiser x where x.event_id = e.id and x.approval = 'approved' and x.role = 'host' and x.organiser_id = any (" + q.arg(f.members) + "))")
	}
	if f.exclude != nil {
		q.and("exists (select from event_organiser x where x.event_id = e.id and x.approval = 'approved' and x.role = 'host' and x.organiser_id <> " + q.arg(f.exclude.ID) + ")")
	}
	for _, w := range f.words {
		q.and("e.search_text like " + q.arg(likePattern(w)))
	}
}

func (f resolved) hasLongWord() bool {
	for _, w := range f.words {
		if len([]rune(w)) >= trigramLength {
			return true
		}
	}
	return false
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
		q.and("e.organization_id <> " + own + " and exists (select from event_organiser x where x.event_id = e.id and x.organiser_id = " + own + ")")
	case ScopePartners:
		q.and("e.organization_id <> " + own + " and e.visibility = 'partners'")
	default:
		q.and("e.organization_id = " + own)
	}
	if f.Status != "" {
		q.and("e.status = " + q.arg(f.Status))
	}
	if f.After != nil {
		q.and(fmt.Sprintf("(e.modified_at, e.id) < (%s, %s)", q.arg(f.After.ModifiedAt), q.arg(f.After.Event)))
	}
	rows, err := tx.Pgx.Query(ctx, "select e.modified_at, e.id as event from event e where "+q.where()+" order by e.modified_at desc, e.id desc limit "+q.arg(f.Limit+1), q.args...)
	if err != nil {
		return nil, fmt.Errorf("list staff events: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[StaffPosition])
}

// changed gives what changed after a position. Rows of transactions that may still be joined by an older one are held back (pg_snapshot_xmin).
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

// selected gives the occurrences of a feed with their events, and when something last left the public lists.
func selected(ctx context.Context, tx *postgres.Tx, s Selector, f resolved) ([]listRow, error) {
	today := clock.DateOf(tx.Now)
	q := &query{}
	q.and("o.listed")
	q.and("o.starts_at >= " + q.arg(today.AddDays(-FeedPastDays).Start()))
	q.and("o.starts_at < " + q.arg(today.AddDays(FeedFutureDays+1).Start()))
	gone := q.arg(today.AddDays(-FeedCancelledDays).Start())
	q.and("(o.cancelled_at is null or o.cancelled_at >= " + gone + ")")
	q.and("(e.cancelled_at is null or e.cancelled_at >= " + gone + ")")
	switch {
	case s.Event != uuid.Nil:
		q.and("e.id = " + q.arg(s.Event))
	case s.Series != uuid.Nil:
		q.and("o.series_id = " + q.arg(s.Series))
	case s.Organization != "":
		q.and("exists (select from event_organiser x where x.event_id = e.id and x.approval = 'approved' and x.organiser_id = " + q.arg(f.organization) + ")")
	case s.Partnership != "":
		q.and("e.visibility = 'public' and exists (select from event_organiser x where x.event_id = e.id and x.approval = 'approved' and x.role = 'host' and x.organiser_id = any (" + q.arg(f.members) + "))")
	case s.Kind != "":
		q.and("e.kind = " + q.arg(s.Kind))
	default:
		q.and("e.visibility = 'public'")
	}
	rows, err := tx.Pgx.Query(ctx, `
		select e.id as event_id, o.id as occurrence_id, o.starts_at
		from occurrence o join event e on e.id = o.event_id
		where `+q.where()+fmt.Sprintf(" order by o.starts_at, o.id limit %d", feedLimit), q.args...)
	if err != nil {
		return nil, fmt.Errorf("select feed: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[listRow])
}

// A feed of more than this is of no use to a calendar (Google stops at about 1 MB).
const feedLimit = 5000

func lastRemoval(ctx context.Context, tx *postgres.Tx) (time.Time, error) {
	var at time.Time
	err := tx.Pgx.QueryRow(ctx, "select c.changed_at from event_change c where c.removed order by c.changed_at desc limit 1").Scan(&at)
	if err != nil && !postgres.NoRows(err) {
		return time.Time{}, fmt.Errorf("read last removal: %w", err)
	}
	return at, nil
}
