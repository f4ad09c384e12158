//go:build unix

package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"time"

	ics "github.com/arran4/golang-ical"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/event/search"
	"github.com/tonarimachi/tonarimachi/internal/ical"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// takeEdit edits one of 5,000 events, a different one each time. The rendering is compared inside
// this process; what reading the events from the database costs, and the whole way until the new
// feed can be fetched, stand apart.
func takeEdit(ctx context.Context, l *lab) ([]line, error) {
	db, err := postgres.Open(ctx, postgres.Options{URL: l.loginURL, Public: 2})
	if err != nil {
		return nil, err
	}
	defer db.Close()
	lists := search.NewService(db, organization.NewDirectory(db))
	selector := search.Selector{Organization: "more"}
	selection, err := lists.Select(ctx, selector)
	if err != nil {
		return nil, err
	}
	entries := entriesOf(selection.Events)
	if len(entries) != evenMore {
		return nil, fmt.Errorf("the feed shows %d dates, wanted %d", len(entries), evenMore)
	}
	calendar := ical.Calendar{
		Name:      "西の町",
		URL:       "https://tonarimachi.example.jp/events",
		Refresh:   time.Hour,
		ProductID: "-//Tonarimachi//Bench//JA",
	}
	builder := ical.NewBuilder(0)
	if _, err := builder.Build(calendar, entries); err != nil {
		return nil, err
	}
	edits := 0
	edited, err := l.compare(ctx, "feed of 5,000 after one edit, rendered", "ms", 40,
		func(context.Context, int) (float64, tally, error) {
			d, err := took(func() error { _, err := plainFeed(entries); return err })
			return 1 / milliseconds(d), tally{}, err
		},
		func(context.Context, int) (float64, tally, error) {
			const times = 20
			d, err := took(func() error {
				for range times {
					edits += 1987
					e := &entries[edits%len(entries)]
					e.Sequence, e.Stamp, e.Title = e.Sequence+1, e.Stamp.Add(time.Minute), fmt.Sprint("変更 ", edits)
					if _, err := builder.Build(calendar, entries); err != nil {
						return err
					}
				}
				return nil
			})
			return times / milliseconds(d), tally{}, err
		})
	if err != nil {
		return nil, err
	}
	edited.times, edited.bare, edited.ours = true, 1/edited.bare, 1/edited.ours
	read, err := l.times(func() error { _, err := lists.Select(ctx, selector); return err })
	if err != nil {
		return nil, err
	}
	fetched, err := l.editAndFetch(ctx)
	return []line{
		edited,
		{name: "… read from the database", unit: "ms", ours: read},
		{name: "… from the edit's commit to the new feed fetched", unit: "ms", ours: fetched},
	}, err
}

// times gives the median in ms of as many calls as there are rounds, after one that does not count.
func (l *lab) times(fn func() error) (float64, error) {
	if err := fn(); err != nil {
		return 0, err
	}
	var all []float64
	for range l.rounds {
		d, err := took(fn)
		if err != nil {
			return 0, err
		}
		all = append(all, milliseconds(d))
	}
	return median(all), nil
}

// editAndFetch changes titles in the database and asks the server for the feed until its tag is
// another.
func (l *lab) editAndFetch(ctx context.Context) (float64, error) {
	const path = "/feeds/organizations/more.ics"
	n := 0
	return l.times(func() error {
		old, _, err := l.feedTag(ctx, path)
		if err != nil {
			return err
		}
		n++
		if err := l.exec(
			ctx,
			`update event set title = $1 where id = (select e.id from event e
				join organization g on g.id = e.organization_id
			where g.slug = 'more' order by e.id offset $2 limit 1)`,
			fmt.Sprint("変更 ", n),
			n*37,
		); err != nil {
			return err
		}
		for began := clock.Start(); began.Elapsed() < 10*time.Second; {
			tag, _, err := l.feedTag(ctx, path)
			if err != nil {
				return err
			}
			if tag != old {
				return nil
			}
		}
		return errors.New("the edited feed keeps its tag")
	})
}

func entriesOf(events []event.Event) []ical.Entry {
	var all []ical.Entry
	for i := range events {
		e := &events[i]
		for j := range e.Occurrences {
			o := &e.Occurrences[j]
			all = append(all, ical.Entry{
				UID:         o.ID.String() + "@tonarimachi",
				Sequence:    o.Sequence,
				Stamp:       o.ModifiedAt,
				Start:       o.StartsAt,
				End:         o.EndsAt,
				Title:       e.Title,
				Description: e.Summary + "\n" + e.Description + "\n対象：" + e.Audience,
				Location:    o.Place.Name + "（" + o.Place.Address + "）",
				URL:         "https://tonarimachi.example.jp/events/" + e.ID.String(),
				Categories:  []string{string(e.Kind)},
			})
		}
	}
	return all
}

// plainFeed is the usual way: golang-ical, then gzip.
func plainFeed(entries []ical.Entry) ([]byte, error) {
	calendar := ics.NewCalendarFor("bench")
	for i := range entries {
		e := &entries[i]
		v := calendar.AddEvent(e.UID)
		v.SetDtStampTime(e.Stamp)
		v.SetModifiedAt(e.Stamp)
		v.SetSequence(e.Sequence)
		v.SetStartAt(e.Start)
		v.SetEndAt(e.End)
		v.SetStatus(ics.ObjectStatusConfirmed)
		v.SetSummary(e.Title)
		v.SetDescription(e.Description)
		v.SetLocation(e.Location)
		v.AddCategory(e.Categories[0])
		v.SetURL(e.URL)
	}
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write([]byte(calendar.Serialize())); err != nil {
		return nil, fmt.Errorf("pack feed: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("pack feed: %w", err)
	}
	return out.Bytes(), nil
}
