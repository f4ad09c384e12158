package search

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// What callers of feeds hear.
var (
	ErrFeedUnknown = fault.NotFound("feed_unknown") // it never was public
	// ErrFeedQuery names the parameters that a feed doesn't know or understand: one that is passed
	// over would mislead whoever relies on it.
	ErrFeedQuery = fault.Malformed("feed_query_invalid")
)

// selectPatience is for reading what a whole feed shows: it may take longer than what somebody
// waits for.
const selectPatience = 15 * time.Second

// Select gives what a feed shows. Errors: ErrFeedUnknown when the selector names nothing that ever
// was public, ErrFeedQuery for a filter that names what does not exist.
func (s *Service) Select(ctx context.Context, sel Selector) (Selection, error) {
	if err := sel.Only.check(); err != nil {
		return Selection{}, err
	}
	if !slugLike(sel.Organization) || !slugLike(sel.Partnership) {
		return Selection{}, ErrFeedUnknown
	}
	ctx = postgres.WithPatience(ctx, selectPatience)
	var selection Selection
	// One snapshot, so that the stamp is that of the events, and the names are those of its moment.
	err := s.db.InPublicSnapshot(ctx, func(tx *postgres.Tx) error {
		selection = Selection{At: tx.Now, Until: clock.DateOf(tx.Now).AddDays(1).Start()}
		feed, err := resolveFeed(ctx, tx, sel)
		if err != nil {
			return err
		}
		selection.ChangedAt, selection.Name, selection.Slug = feed.changedAt, feed.name, feed.slug
		selection.Events, err = feedEvents(ctx, tx, sel, feed)
		return err
	})
	return selection, err
}

func feedEvents(ctx context.Context, tx *postgres.Tx, sel Selector, feed resolvedFeed) ([]event.Event, error) {
	rows, err := selected(ctx, tx, sel, feed)
	if err != nil {
		return nil, err
	}
	var ids []uuid.UUID
	wanted, seen := map[uuid.UUID]bool{}, map[uuid.UUID]bool{}
	for _, row := range rows {
		wanted[row.OccurrenceID] = true
		if !seen[row.EventID] {
			seen[row.EventID] = true
			ids = append(ids, row.EventID)
		}
	}
	today := clock.DateOf(tx.Now)
	w := event.Window{
		From:     today.AddDays(-FeedPastDays).Start(),
		To:       today.AddDays(FeedFutureDays + 1).Start(),
		Calendar: true,
	}
	events, err := event.LoadTx(ctx, tx, ids, w, false)
	if err != nil {
		return nil, err
	}
	for i := range events {
		e := &events[i]
		e.Occurrences = slices.DeleteFunc(e.Occurrences, func(o event.Occurrence) bool { return !wanted[o.ID] })
	}
	return events, nil
}

// check refuses values that the schema has no place for, so that the database is asked for plain
// words only.
func (f FeedFilter) check() error {
	refusal := ErrFeedQuery
	same := Filter{Kind: f.Kind, Audience: f.Audience, Place: f.Place, Reservation: f.Reservation, Area: f.Area}
	refusal = same.check(refusal)
	for _, c := range []struct{ name, slug string }{
		{"organization", f.Organization},
		{"exclude_organization", f.ExcludeOrganization},
		{"partnership", f.Partnership},
	} {
		if !slugLike(c.slug) {
			refusal = refusal.Field(c.name, "unknown_value")
		}
	}
	return refusal.Or()
}

// slugLike says whether a slug could be one; the empty text asks for nothing.
func slugLike(s string) bool {
	if len(s) > 40 {
		return false
	}
	for _, r := range s {
		if r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') {
			return false
		}
	}
	return true
}
