package booking

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/board"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// refused has a request turned down with a code; what decided is then known.
func (k *kit) refused(what string, by staff.Author, r Request, code string) {
	k.Helper()
	_, err := k.service.Place(k.Context(), by, r)
	k.code(what, err, code)
}

// Each room is refused by what is known of it, another process changes that, and two seconds later
// the room can be had.
func TestNobodyIsRefusedByWhatIsSoNoMore(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	k.exec(
		`insert into closure (organization_id, facility_id, room_id, span, reason)
			values ($1, $2, $3, tstzrange($4, $5), '床の工事')`,
		k.kita.Organization,
		k.hall.FacilityID,
		k.hall.A,
		at(9, 0),
		at(12, 0),
	)
	k.exec(`update room set status = 'closed', closed_on = '2026-11-01' where id = $1`, k.hall.B)
	k.exec(`update room set terms = '[{"who": "partners", "opens_months": 6}]' where id = $1`, k.hall.Tea)
	k.refused("a closing", k.minato, ask(k.hall.A, 9, 11), venue.ClosedOnce)
	k.refused("a closed room", k.minato, ask(k.hall.B, 9, 11), venue.NotOpen)
	k.refused("a room without holds", k.minato, hold(k.hall.Tea, 9, 11), ErrNoHolds.Code)
	k.exec(`delete from closure`)
	k.exec(`update room set status = 'open', closed_on = null`)
	k.exec(
		`update room set terms = '[{"who": "partners", "opens_months": 6, "hold_days": 2}]' where id = $1`,
		k.hall.Tea,
	)
	k.clock.Advance(2 * time.Second)
	k.place(k.minato, ask(k.hall.A, 9, 11))
	k.place(k.minato, ask(k.hall.B, 9, 11))
	k.place(k.minato, hold(k.hall.Tea, 9, 11))
}

func TestWhatThisProcessChangesCountsAtOnce(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	k.exec(`update facility set hours = hours || '{"holidays": "closed"}'`)
	venues := venue.NewService(k.db, organization.NewDirectory(k.db))
	venues.OnChange(k.board.Forget)
	c, err := venues.AddClosing(
		t.Context(),
		k.kita,
		k.hall.FacilityID,
		venue.ClosureInput{Starts: at(9, 0), Ends: at(12, 0), Reason: "選挙のため"},
	)
	if err != nil {
		t.Fatal(err)
	}
	k.refused("a closing", k.minato, ask(k.hall.A, 9, 11), venue.ClosedOnce)
	if err := venues.RemoveClosing(t.Context(), k.kita, k.hall.FacilityID, c.ID); err != nil {
		t.Fatal(err)
	}
	k.place(k.minato, ask(k.hall.A, 9, 11))
	day := clock.DateOf(at(0, 0))
	if _, err := venues.SetHoliday(
		t.Context(),
		k.kita,
		venue.LocalHoliday{Day: day, Name: "市民の日", Observed: true},
	); err != nil {
		t.Fatal(err)
	}
	k.refused("a holiday", k.minato, ask(k.hall.B, 9, 11), venue.WhyHoliday)
	if err := venues.RemoveHoliday(t.Context(), k.kita, day); err != nil {
		t.Fatal(err)
	}
	k.place(k.minato, ask(k.hall.B, 9, 11))
}

// counting counts looks into the directory: one with each judgement and two with each reading of a
// room, before its transaction and in it.
type counting struct {
	board.Directory
	views atomic.Int64
}

func (c *counting) View(ctx context.Context) (*organization.View, error) {
	c.views.Add(1)
	return c.Directory.View(ctx)
}

func TestAStormOfRefusalsReadsARoomOnceASecond(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	count := &counting{Directory: organization.NewDirectory(k.db)}
	k.service = NewService(k.db, count, board.NewService(k.db, count, nil, nil))
	early := ask(k.hall.A, 9, 11)
	early.StartsAt, early.EndsAt = early.StartsAt.AddDate(0, 7, 0), early.EndsAt.AddDate(0, 7, 0)
	k.refused("too early", k.minato, early, venue.BookingEarly)
	k.clock.Advance(2 * time.Second)
	count.views.Store(0)
	const many = 20
	for range many {
		k.refused("too early", k.minato, early, venue.BookingEarly)
	}
	if n := count.views.Load(); n != many+3 { // the first is judged twice, with one reading between
		t.Errorf("%d refusals looked %d times, want %d", many, n, many+3)
	}
}
