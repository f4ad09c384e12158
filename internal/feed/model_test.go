package feed_test

import (
	"flag"
	"net/http"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

// TestProofFollowersKeepNothingThatIsGone lets calendars that ask by tag, by date alone and by both
// follow feeds of two replicas through random changes: several in one second, over midnight, with a
// clock that is set back, and with a change that waits to be committed while others are. None ever
// keeps what the feed that it asked no longer says, and after some quiet all are told 304. [I4]
// [I5] [I6] [I7] [F13]
func TestProofFollowersKeepNothingThatIsGone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := gathering("女子会", 0, 1, 7)
	in.Organisers = []event.OrganiserInput{
		{Organization: "kiyose", Role: event.Host},
		{Organization: "bunkyo", Role: event.Host},
	}
	events := []event.Event{b.publish(in), b.publish(gathering("居場所", -60, 2, 400)), b.publish(gathering("家族の会", 5))}
	_, far, farServer := b.replica()
	replicas := []struct {
		changed func()
		server  http.Handler
	}{{b.feeds.Changed, b.server}, {far.Changed, farServer}}
	paths := []string{
		"/feeds/all.ics",
		"/feeds/organizations/bunkyo.ics",
		"/feeds/partnerships/ux.ics",
		"/feeds/kinds/ibasho.ics",
		"/feeds/events/" + events[0].ID.String() + ".ics",
		"/feeds/all.ics?exclude_organization=bunkyo",
		"/feeds/kinds/joshikai.ics?audience=women",
	}
	var polls, kept int
	ctx := t.Context()
	// The only test of the package that draws; each run makes some hundred requests.
	must(t, flag.Set("rapid.checks", strconv.Itoa(testkit.Size(3, 60))))
	start := b.clock.Now()
	rapid.Check(t, func(r *rapid.T) {
		b.clock.Set(start)
		start = start.Add(time.Hour) // no run begins before another ended, as a clock does not
		all := followers(paths...)
		pick := func() event.Event { return events[rapid.IntRange(0, len(events)-1).Draw(r, "event")] }
		titles := 0
		ask := func() {
			at := replicas[rapid.IntRange(0, 1).Draw(r, "replica")]
			for _, f := range all {
				polls++
				before := f.unchanged
				if !f.poll(t, at.server) {
					r.Fatalf("%s keeps what the feed no longer says", f)
				}
				kept += f.unchanged - before
			}
		}
		change := func(error) { // one that a state forbids is none
			for _, s := range replicas {
				s.changed()
			}
		}
		n := rapid.IntRange(4, testkit.Size(12, 25)).Draw(r, "steps")
		for range n {
			e := pick()
			switch rapid.IntRange(0, 13).Draw(r, "change") {
			case 0, 1:
				titles++
				change(
					second(b.events.Change(ctx, b.author, e.ID, event.Change{Title: ptr("題" + strconv.Itoa(titles))})),
				)
			case 2:
				change(
					second(
						b.events.Change(
							ctx,
							b.author,
							e.ID,
							event.Change{
								Kind: ptr(rapid.SampledFrom([]event.Kind{"joshikai", "ibasho"}).Draw(r, "kind")),
							},
						),
					),
				)
			case 3:
				change(
					second(
						b.events.Change(
							ctx,
							b.author,
							e.ID,
							event.Change{
								Visibility: ptr(
									rapid.SampledFrom(
										[]event.Visibility{event.Public, event.Supporters, event.Partners},
									).Draw(
										r,
										"for",
									),
								),
							},
						),
					),
				)
			case 4:
				change(second(b.events.Decide(ctx, b.other, events[0].ID, rapid.Bool().Draw(r, "yes"), 0)))
			case 5:
				hosts := in.Organisers[:rapid.IntRange(1, 2).Draw(r, "hosts")]
				change(second(b.events.Change(ctx, b.author, events[0].ID, event.Change{Organisers: &hosts})))
			case 6:
				change(
					second(
						b.events.Change(
							ctx,
							b.author,
							e.ID,
							event.Change{
								AudienceTags: ptr(
									[]event.AudienceTag{
										rapid.SampledFrom([]event.AudienceTag{"women", "young"}).Draw(r, "tag"),
									},
								),
							},
						),
					),
				)
			case 7:
				o := e.Occurrences[len(e.Occurrences)-1]
				from := clock.DateOf(b.clock.Now()).AddDays(rapid.IntRange(1, 20).Draw(r, "day")).At(14, 0)
				change(
					second(
						b.events.ChangeOccurrence(
							ctx,
							b.author,
							e.ID,
							o.ID,
							event.OccurrenceChange{StartsAt: &from, EndsAt: ptr(from.Add(time.Hour))},
						),
					),
				)
			case 8:
				b.exec(
					"update organization set name = $1 where slug = 'bunkyo'",
					"文京"+strconv.Itoa(rapid.IntRange(0, 3).Draw(r, "name")),
				)
				far.Changed()
			case 9:
				change(
					second(
						b.events.Change(
							ctx,
							b.author,
							e.ID,
							event.Change{
								Assurance: &event.Assurance{ListenOnlyOK: ptr(rapid.Bool().Draw(r, "listen"))},
							},
						),
					),
				)
			case 10:
				b.clock.Advance(
					time.Duration(
						rapid.SampledFrom([]int{1, 300, 1000, 5000, 70_000}).Draw(r, "ms"),
					) * time.Millisecond,
				)
			case 11:
				b.clock.Advance(-time.Duration(rapid.IntRange(1, 50).Draw(r, "set back")) * time.Second)
			case 12:
				b.clock.Advance(
					time.Duration(rapid.SampledFrom([]int{10, 60, 60 * 13}).Draw(r, "minutes")) * time.Minute,
				)
			case 13: // begins first and is committed last
				tx, err := b.pool.Begin(ctx)
				must(t, err)
				_, err = tx.Exec(ctx, "select set_config('app.now', $1, true)", b.clock.Now().Format(time.RFC3339Nano))
				must(t, err)
				titles++
				_, err = tx.Exec(
					ctx,
					"update event set title = $2 where id = $1",
					events[1].ID,
					"題"+strconv.Itoa(titles),
				)
				must(t, err)
				change(
					second(
						b.events.Change(
							ctx,
							b.author,
							events[2].ID,
							event.Change{Summary: ptr("要約" + strconv.Itoa(titles))},
						),
					),
				)
				ask()
				must(t, tx.Commit(ctx))
				change(nil)
			}
			ask()
		}
		if b.clock.Now().After(start) {
			start = b.clock.Now().Add(time.Hour)
		}
		b.clock.Advance(10 * time.Minute)
		ask()
		ask()
		for _, f := range all {
			if f.unchanged == 0 {
				r.Fatalf("%s was never told 304", f)
			}
		}
	})
	testkit.Figure(t, "%d polls by tag, date and both, %d of them 304, 0 kept what was gone", polls, kept)
}
