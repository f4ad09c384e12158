package report

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

func (k *kit) cancel(code secret.Ticket) {
	k.Helper()
	if _, err := k.tickets.Cancel(k.Context(), code); err != nil {
		k.Fatal(err)
	}
}

// [S7] Twenty tickets of which nineteen were given back are one person, of whom nothing is said;
// and those who leave are not unknown people who came.
func TestWhoCancelledMakesNoCompany(t *testing.T) {
	t.Parallel()
	k := setup(t)
	k.quiet()
	lone, joined := k.gathering(june), k.gathering(june)
	for range 19 {
		k.cancel(k.take(lone, other))
	}
	k.take(lone, someone)
	k.takeMany(joined, 20, someone)
	for range 4 {
		k.cancel(k.take(joined, ticket.Answers{}))
	}
	k.freezeAt(june.Add(AfterClosing))
	if d := k.report("kita", lone.ID).Dates[0]; d.BrokenDownIn != nil || d.Breakdown != nil ||
		*d.Registered != (Figure{Few: 1}) {
		t.Errorf("one person among nineteen who cancelled: %+v", d)
	}
	d := k.report("kita", joined.ID).Dates[0]
	if got := figureOf(d, event.AskAge, "30s"); got == nil || *got != (Figure{Value: 20}) {
		t.Fatalf("twenty who hold a seat: %+v", d)
	}
	if got := figureOf(d, event.AskAge, Unknown); *got != (Figure{Few: 1}) {
		t.Errorf("those who cancelled are unknown: %+v", got)
	}
}

// Each boundary of the rule: held 19, 20; gone a quarter, one more.
func TestTheRuleOfABreakdownAtItsEdges(t *testing.T) {
	t.Parallel()
	k := setup(t)
	for _, tt := range []struct {
		held, gone int
		out        bool
	}{
		{19, 0, false},
		{20, 0, true},
		{20, 5, true},
		{20, 6, false},
		{23, 5, true},
		{23, 6, false},
		{24, 6, true},
		{19, 4, false},
	} {
		e := k.gathering(june)
		k.stand(e, tt.held, "confirmed")
		k.stand(e, tt.gone, "cancelled")
		k.freezeAt(june.Add(AfterClosing))
		if d := k.report("kita", e.ID).Dates[0]; (d.BrokenDownIn != nil) != tt.out || (len(d.Breakdown) > 0) != tt.out {
			t.Errorf("%+v: %+v", tt, d)
		}
	}
}

// stand makes tickets as they stand when registration has closed.
func (k *kit) stand(e testkit.Event, n int, status string) {
	k.Helper()
	k.exec(
		`insert into ticket (organization_id, event_id, occurrence_id, part_id, quota_id, id, secret_mac, status, seats)
		select organization_id, event_id, occurrence_id, part_id, id, gen_random_uuid(),
		  sha256(uuid_send(gen_random_uuid())), $3, 1 from quota, generate_series(1, $2) where id = $1`,
		e.Quota(),
		n,
		status,
	)
}

// Who waits says nothing in the figures, and is neither somebody who left: a date with a long
// waiting list comes out.
func TestWhoWaitsIsInNoFigure(t *testing.T) {
	t.Parallel()
	k := setup(t)
	k.quiet()
	e := k.gathering(june)
	k.exec("update part set waiting_list = true, waiting_until = starts_at where id = $1", e.Parts[0].ID)
	k.exec("update quota_counter set capacity = 20 where quota_id = $1", e.Quota())
	first := k.take(e, someone)
	k.takeMany(e, 19, someone)
	for range 12 {
		_, w, err := k.tickets.Take(
			t.Context(),
			ticket.Request{EventID: e.ID, QuotaID: e.Quota(), Seats: 1, Answers: other, Wait: ticket.WaitQuota},
		)
		if err != nil || w.Status != ticket.Waiting {
			t.Fatalf("%+v, %v", w, err)
		}
	}
	k.cancel(first) // one moves up
	k.freezeAt(june.Add(AfterClosing))
	d := k.report("kita", e.ID).Dates[0]
	if got := figureOf(d, event.AskAge, "30s"); got == nil || *got != (Figure{Value: 20}) {
		t.Fatalf("those who took seats: %+v", d)
	}
	for _, nobody := range []string{"40s", Unknown} {
		if got := figureOf(d, event.AskAge, nobody); *got != (Figure{Few: 1}) {
			t.Errorf("%s: %+v", nobody, got)
		}
	}
}

// Of a lottery those count who were drawn.
func TestWhoWasNotDrawnHoldsNoSeat(t *testing.T) {
	t.Parallel()
	k := setup(t)
	for _, tt := range []struct {
		held, lost int
		status     string
		out        bool
	}{
		{20, 5, "not_drawn", true},
		{20, 6, "not_drawn", false},
		{20, 6, "lapsed", false},
		{20, 6, "waiting", false},
		{5, 80, "not_drawn", false},
	} {
		e := k.gathering(june)
		k.stand(e, tt.held, "confirmed")
		k.stand(e, tt.lost, tt.status)
		// Tickets of a lottery come in by its own functions; what is looked at here is only how
		// they stand at the end.
		k.exec(
			"set session_replication_role = replica; update part set reservation = 'lottery' where id = '" +
				e.Parts[0].ID.String() + "'; set session_replication_role = origin",
		)
		if n := k.number("select count(*) from part where id = $1 and reservation = 'lottery'", e.Parts[0].ID); n != 1 {
			t.Fatal("no lottery")
		}
		k.freezeAt(june.Add(AfterClosing))
		if d := k.report("kita", e.ID).Dates[0]; (d.BrokenDownIn != nil) != tt.out {
			t.Errorf("%+v: %+v", tt, d)
		}
	}
}

// played is what became of a date when its registration closed.
type played struct {
	id         uuid.UUID
	at         time.Time
	held, gone int
	given      map[string]int // answers to the question of age
	batch      uuid.UUID      // the zero UUID while it waits
}

// cameOut gives those that come out together, by the rule as ADR 0028 words it.
func cameOut(dates []*played) (batch []*played) {
	waiting := slices.Clone(dates)
	waiting = slices.DeleteFunc(waiting, func(d *played) bool { return d.batch != uuid.Nil })
	slices.SortFunc(waiting, func(a, b *played) int {
		return cmp.Or((b.held-PerGone*b.gone)-(a.held-PerGone*a.gone), slices.Compare(a.id[:], b.id[:]))
	})
	room, held := 0, 0
	for _, d := range waiting {
		if room += d.held - PerGone*d.gone; room < 0 {
			break
		}
		held += d.held
		batch = append(batch, d)
	}
	if held < Least {
		return nil
	}
	return batch
}

// Many histories of dates where people answer, leave and come back: what comes out is always of
// twenty or more who hold a seat, of each date once, and of as few others as was promised; and what
// may come out does.
func TestProofBreakdownsAreOfThoseWhoHoldASeat(t *testing.T) {
	t.Parallel()
	k := setup(t)
	k.quiet()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	ages := ticket.Choices[event.AskAge]
	histories, batches, people := testkit.Size(12, 200), 0, 0
	for h := range histories {
		start := june.AddDate(0, 0, h%7)
		e := k.gathering(start, "age")
		var dates []*played
		for n := range 1 + r.IntN(5) {
			at := e
			if n > 0 {
				at = k.date(e, start.AddDate(0, 0, 7*n))
			}
			d := &played{id: at.OccurrenceID, at: at.StartsAt, given: map[string]int{}}
			d.held, d.gone = r.IntN(32), []int{0, r.IntN(3), r.IntN(12), r.IntN(60)}[r.IntN(4)]
			k.stand(at, d.held, "confirmed")
			k.stand(at, d.gone, "cancelled")
			for range d.held + d.gone {
				if answer := ages[r.IntN(len(ages))]; r.IntN(4) > 0 {
					d.given[answer]++
					k.collector.Count(at.OccurrenceID, ticket.Answers{Age: answer})
				}
			}
			dates = append(dates, d)
			k.freezeAt(at.StartsAt.Add(AfterClosing))

			want := cameOut(dates)
			sum, held, gone := map[string]int{}, 0, 0
			var name *played
			for _, b := range want {
				if name == nil || b.at.After(name.at) {
					name = b
				}
				held, gone = held+b.held, gone+b.gone
				for answer, n := range b.given {
					sum[answer], sum[""] = sum[answer]+n, sum[""]+n
				}
			}
			for _, b := range want {
				b.batch = name.id
			}
			shown := map[uuid.UUID]Date{}
			for _, s := range k.report("kita", e.ID).Dates {
				shown[s.OccurrenceID] = s
			}
			for _, b := range dates {
				got := uuid.Nil
				if s := shown[b.id]; s.BrokenDownIn != nil {
					got = *s.BrokenDownIn
				}
				if got != b.batch {
					t.Fatalf("history %d: %+v came out in %v", h, b, got)
				}
			}
			if want == nil {
				continue
			}
			batches, people = batches+1, people+held
			if held < Least || PerGone*gone > held {
				t.Fatalf("history %d: %d hold a seat, %d don't", h, held, gone)
			}
			for _, answer := range append(slices.Clone(ages), Unknown) {
				n := sum[answer]
				if answer == Unknown {
					n = max(0, held-sum[""])
				}
				if got := figureOf(shown[name.id], event.AskAge, answer); got == nil || *got != released(Rounded(n)) {
					t.Errorf("history %d: %s is %+v, want %d of %d", h, answer, got, n, held)
				}
			}
		}
	}
	if batches < histories/4 {
		t.Errorf("%d batches in %d histories", batches, histories)
	}
	testkit.Figure(
		t,
		"%d histories with cancellations: %d breakdowns, each of 20 or more who held a seat, %d people",
		histories,
		batches,
		people,
	)
}
