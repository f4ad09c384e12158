package search

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// resolvedFeed is a Selector with its slugs looked up in the snapshot of its events: a directory
// may be some seconds old.
type resolvedFeed struct {
	organization uuid.UUID   // whose feed it is
	members      []uuid.UUID // of the partnership whose feed it is
	name, slug   string
	changedAt    time.Time
	only         resolved
}

// The municipalities of a partnership that take part.
const selectMembers = `array(select m.organization_id
	  from partnership_member m join organization g on g.id = m.organization_id
	    where m.partnership_id = %s.id and g.kind = 'municipality' and g.closed_at is null)`

// $1..$4 say whose feed it is, $5..$7 the filter; a feed with a filter is stamped with whatever any
// calendar shows.
var selectFeed = fmt.Sprintf(`
	select o.id, coalesce(o.name, ''), p.id, coalesce(p.name, ''), %s, f.id, x.id, coalesce(x.code, ''),
	  coalesce(x.slug, ''), q.id, %s,
	  s.at, exists (select from event e where e.id = $3) or exists (select from series r
	  where r.id = $3), k.feed is not null
	from (select) one
	left join organization o on o.slug = $1
	left join partnership p on p.slug = $2
	left join organization f on f.slug = $5
	left join organization x on x.slug = $6
	left join partnership q on q.slug = $7
	left join feed_stamp k on k.feed = coalesce('organization:' || o.id, 'partnership:' || p.id, $4)
	left join feed_stamp s on s.feed = case when $8 then 'any' else k.feed end`,
	fmt.Sprintf(selectMembers, "p"),
	fmt.Sprintf(selectMembers, "q"),
)

func resolveFeed(ctx context.Context, tx *postgres.Tx, sel Selector) (resolvedFeed, error) {
	id, feed := sel.Event, "all"
	switch {
	case sel.Event != uuid.Nil:
		feed = "event:" + sel.Event.String()
	case sel.Series != uuid.Nil:
		id, feed = sel.Series, "series:"+sel.Series.String()
	case sel.Kind != "":
		feed = "kind:" + string(sel.Kind)
	}
	var (
		found                                           resolvedFeed
		owner, agreed, wanted, excluded, wantedPartners *uuid.UUID
		ownerName, agreedName                           string
		ref                                             organization.Ref
		changedAt                                       *time.Time
		there, once                                     bool
	)
	only := sel.Only
	err := tx.Pgx.QueryRow(
		ctx,
		selectFeed,
		sel.Organization,
		sel.Partnership,
		id,
		feed,
		only.Organization,
		only.ExcludeOrganization,
		only.Partnership,
		only != FeedFilter{},
	).
		Scan(
			&owner,
			&ownerName,
			&agreed,
			&agreedName,
			&found.members,
			&wanted,
			&excluded,
			&ref.Code,
			&ref.Slug,
			&wantedPartners,
			&found.only.members,
			&changedAt,
			&there,
			&once,
		)
	if err != nil {
		return resolvedFeed{}, fmt.Errorf("find feed: %w", err)
	}
	if changedAt != nil {
		found.changedAt = *changedAt
	}
	// What was once listed stays as an empty Calendar: clients keep what they have when they are
	// told 404.
	if sel.Organization != "" && owner == nil || sel.Partnership != "" && agreed == nil ||
		id != uuid.Nil && !there && !once {
		return resolvedFeed{}, ErrFeedUnknown
	}
	switch {
	case owner != nil:
		found.organization, found.name, found.slug = *owner, ownerName, sel.Organization
	case agreed != nil:
		found.name, found.slug = agreedName, sel.Partnership
	}
	refusal := ErrFeedQuery
	for _, c := range []struct {
		name, asked string
		id          *uuid.UUID
		code        string
	}{
		{"organization", only.Organization, wanted, "organization_unknown"},
		{"exclude_organization", only.ExcludeOrganization, excluded, "organization_unknown"},
		{"partnership", only.Partnership, wantedPartners, "partnership_unknown"},
	} {
		if c.asked != "" && c.id == nil {
			refusal = refusal.Field(c.name, c.code)
		}
	}
	found.only.Filter = Filter{
		Organization:        only.Organization,
		ExcludeOrganization: only.ExcludeOrganization,
		Area:                only.Area,
		Partnership:         only.Partnership,
		Kind:                only.Kind,
		Audience:            only.Audience,
		Place:               only.Place,
		Reservation:         only.Reservation,
	}
	if wanted != nil {
		found.only.organization = *wanted
	}
	if excluded != nil {
		ref.ID = *excluded
		found.only.exclude = &ref
	}
	return found, refusal.Or()
}

// selected gives the occurrences of a feed by date. Where there are more than feedLimit, what lies
// ahead comes before what is past, and what is near before what is far.
func selected(ctx context.Context, tx *postgres.Tx, s Selector, f resolvedFeed) ([]listRow, error) {
	today := clock.DateOf(tx.Now)
	q := &query{}
	first, now, end := q.arg(
		today.AddDays(-FeedPastDays).Start(),
	), q.arg(
		today.Start(),
	), q.arg(
		today.AddDays(FeedFutureDays+1).Start(),
	)
	q.and("o.listed")
	gone := q.arg(today.AddDays(-FeedCancelledDays).Start())
	q.and("(o.cancelled_at is null or o.cancelled_at >= " + gone + ")")
	q.and("(e.cancelled_at is null or e.cancelled_at >= " + gone + ")")
	switch {
	case s.Event != uuid.Nil:
		q.and("e.id = " + q.arg(s.Event))
	case s.Series != uuid.Nil:
		q.and("o.series_id = " + q.arg(s.Series))
	case s.Organization != "":
		q.and(
			"exists (select from event_organiser x where x.event_id = e.id and x.approval = 'approved' and " +
				"x.organiser_id = " + q.arg(
				f.organization,
			) + ")",
		)
	case s.Partnership != "":
		q.and(
			"e.visibility = 'public' and exists (select from event_organiser x where x.event_id = e.id and " +
				"x.approval = 'approved' and x.role = 'host' and x.organiser_id = any (" + q.arg(
				f.members,
			) + "))",
		)
	case s.Kind != "":
		q.and("e.kind = " + q.arg(s.Kind))
	case f.only.Audience == "supporter":
		q.and("e.visibility in ('public', 'supporters')")
	default:
		q.and("e.visibility = 'public'")
	}
	f.only.occurrenceConditions(q, "o", q.and)
	f.only.narrow(q)
	half := func(from, to, direction string) string {
		return `
		(select e.id as event_id, o.id as occurrence_id, o.starts_at
		 from occurrence o join event e on e.id = o.event_id
		 where o.starts_at >= ` + from + " and o.starts_at < " + to + " and " + q.where() +
			fmt.Sprintf("\n order by o.starts_at %[1]s, o.id %[1]s limit %[2]d)", direction, feedLimit)
	}
	rows, err := tx.Pgx.Query(ctx, half(now, end, "asc")+"\nunion all"+half(first, now, "desc"), planned(q)...)
	if err != nil {
		return nil, fmt.Errorf("select feed: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[listRow])
	if err != nil {
		return nil, fmt.Errorf("select feed: %w", err)
	}
	found = found[:min(len(found), feedLimit)]
	slices.SortFunc(found, func(a, b listRow) int {
		return cmp.Or(a.StartsAt.Compare(b.StartsAt), bytes.Compare(a.OccurrenceID[:], b.OccurrenceID[:]))
	})
	return found, nil
}

// A feed of more than this is of no use to a calendar (Google stops at about 1 MB).
const feedLimit = 5000
