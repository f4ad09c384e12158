package door

import (
	"context"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/door"
	"github.com/tonarimachi/tonarimachi/internal/page"
	"github.com/tonarimachi/tonarimachi/internal/secret"
)

// Handlers serves the page of the phones at the entrance. Safe for concurrent use.
type Handlers struct {
	*page.Renderer
	door Door
}

// New makes the page; both arguments are required.
func New(r *page.Renderer, d Door) *Handlers { return &Handlers{Renderer: r, door: d} }

// Views has an empty view for each template of these pages.
func Views() map[string]any { return map[string]any{"door": doorView{}} }

// viewBuilder turns what the concepts say into the views of this page.
type viewBuilder struct{ page.Builder }

func (h *Handlers) viewBuilder(ctx context.Context) (viewBuilder, error) {
	b, err := h.NewBuilder(ctx)
	return viewBuilder{b}, err
}

// Path is the page of the phones at the entrance; the script that lets it open without a
// network works on it alone.
const Path = "/door"

// Door is what the pages ask of the entrance; door.Service is one. All fail with door.ErrLink for a
// link nobody has, door.ErrEarly and door.ErrOver.
type Door interface {
	Open(ctx context.Context, token secret.Door) (door.Door, error)
	Tap(ctx context.Context, token secret.Door, part uuid.UUID, taps []door.Tap) (door.Count, error)
	// CheckIn and Undo fail with door.ErrNotToday when no confirmed ticket of the date was shown.
	CheckIn(ctx context.Context, token secret.Door, shown door.Shown) (door.CheckIn, error)
	Undo(ctx context.Context, token secret.Door, shown door.Shown) (door.CheckIn, error)
	// MarkSlot fails with door.ErrSlot, door.ErrSlotBooked or door.ErrSlotFull.
	Slots(ctx context.Context, token secret.Door) ([]door.Slot, error)
	MarkSlot(ctx context.Context, token secret.Door, slot uuid.UUID, parties int) (int, error)
}
