package page

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
	"github.com/tonarimachi/tonarimachi/internal/organization"
)

// Builder is the base of every view builder: it turns what the concepts say into views, for one
// request. All of a page is built from the same moment and the same picture of the organizations.
type Builder struct {
	*Renderer
	Now       time.Time
	Today     clock.Date
	Directory *organization.View
}

// NewBuilder reads the clock and the directory once, for one request.
func (r *Renderer) NewBuilder(ctx context.Context) (Builder, error) {
	view, err := r.directory.View(ctx)
	if err != nil {
		return Builder{}, fmt.Errorf("read directory: %w", err)
	}
	now := r.Clock.Now()
	return Builder{Renderer: r, Now: now, Today: clock.DateOf(now), Directory: view}, nil
}

// Text gives the words of an id; params are names and their values in turn.
func (r *Renderer) Text(id string, params ...any) string {
	named := map[string]any{}
	for i := 0; i+1 < len(params); i += 2 {
		name, _ := params[i].(string)
		named[name] = params[i+1]
	}
	return r.Words.T(id, named)
}

// Label gives a word of the domain.
func Label[T ~string](l *i18n.Localizer, group string, value T) string {
	return l.T("label."+group+"."+string(value), nil)
}

// Canonical is the whole address of a path, as search engines are to know it.
func (r *Renderer) Canonical(path string) string { return string(r.Base) + path }

// Feed offers a feed on the page and to feed readers.
func (r *Renderer) Feed(path, title, text string) (*FeedBox, []Alternate) {
	box := &FeedBox{ID: "feed", Title: title, Address: r.Host + path, Web: string(r.Base) + path, Text: text}
	return box, []Alternate{{Href: string(r.Base) + path, Type: "text/calendar", Title: title}}
}

// OrganizationHref leads to the page of an organization.
func OrganizationHref(slug string) string { return "/organizations/" + slug }

// EventHref leads to the page of an event.
func EventHref(e *event.Event) string { return "/events/" + e.ID.String() }

// RoomHref leads to the page of a room.
func RoomHref(id uuid.UUID) string { return "/rooms/" + id.String() }

// DrawHref leads to how the seats of a part are drawn by lot.
func DrawHref(e *event.Event, p *event.Part) string { return EventHref(e) + "/draws/" + p.ID.String() }
