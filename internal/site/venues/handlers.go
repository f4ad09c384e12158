package venues

import (
	"context"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/board"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/page"
	"github.com/tonarimachi/tonarimachi/internal/round"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// Options are what the pages are made of; all are required.
type Options struct {
	Renderer *page.Renderer
	Venues   Venues
	Board    Board
	Rounds   Rounds
	Cursors  *secret.Sealer
}

// Handlers serves the pages of facilities, rooms and the draws of their seasons. Safe for
// concurrent use.
type Handlers struct {
	*page.Renderer
	venues  Venues
	board   Board
	rounds  Rounds
	cursors *secret.Sealer
}

// New makes the pages of venues.
func New(o Options) *Handlers {
	return &Handlers{Renderer: o.Renderer, venues: o.Venues, board: o.Board, rounds: o.Rounds, cursors: o.Cursors}
}

// Views has an empty view for each template of these pages.
func Views() map[string]any {
	return map[string]any{
		"facilities": facilitiesView{},
		"facility":   facilityView{},
		"room":       roomView{},
		"calendar":   calendarView{},
		"free":       freeView{},
		"round":      roundView{},
	}
}

// viewBuilder turns what the concepts say into the views of these pages.
type viewBuilder struct{ page.Builder }

func (h *Handlers) viewBuilder(ctx context.Context) (viewBuilder, error) {
	b, err := h.NewBuilder(ctx)
	return viewBuilder{b}, err
}

// Venues is what the pages ask of facilities and rooms; venue.Service is one.
type Venues interface {
	// Facilities and Rooms fail with venue.ErrFilter for a filter that names what does not exist.
	Facilities(ctx context.Context, f venue.FacilityFilter) (venue.FacilityPage, error)
	Rooms(ctx context.Context, f venue.RoomFilter) (venue.RoomPage, error)
	// Facility and Room fail with venue.ErrFacilityUnknown and venue.ErrRoomUnknown for what is not
	// shown.
	Facility(ctx context.Context, id uuid.UUID) (venue.Facility, error)
	Room(ctx context.Context, id uuid.UUID) (venue.Room, error)
	Closings(ctx context.Context, facility uuid.UUID, from, to clock.Date) ([]venue.ClosureEntry, error)
	// Picture fails with venue.ErrPhotoUnknown.
	Picture(ctx context.Context, address string) ([]byte, error)
}

// Board is what the pages ask of rooms: when they can be had, and nothing of who has them.
// board.Service is one.
type Board interface {
	// Board fails with board.ErrRoomUnknown for a room that is not shown.
	Board(ctx context.Context, q board.Query) (board.Board, error)
	Free(ctx context.Context, q board.FreeQuery) (board.FreePage, error)
	Near(ctx context.Context, q board.FreeQuery) ([]board.Near, error)
}

// Rounds is what the pages ask of rounds; round.Service is one.
type Rounds interface {
	ByLot(ctx context.Context, q board.FreeQuery) ([]round.Round, error)
	// Round fails with round.ErrUnknown.
	Get(ctx context.Context, id uuid.UUID) (round.Round, error)
	List(ctx context.Context, f round.Filter) (round.Page, error)
}
