package events

import (
	"net/http"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/page"
)

// ShowEvent shows an event with its forms. A page whose forms carry fresh secrets is never stored.
func (h *Handlers) ShowEvent(c echo.Context) error {
	p, e, err := h.listed(c)
	if err != nil {
		return err
	}
	if p.contacts, err = h.contacts.Ways(c.Request().Context(), e.ID); err != nil {
		return err
	}
	if p.slots, err = page.FindSlots(c.Request().Context(), h.events, &e, p.Now); err != nil {
		return err
	}
	v, err := p.event(&e, nil)
	if err != nil {
		return err
	}
	if v.hasSecrets {
		return h.ShowPrivate(c, "event", v)
	}
	return h.Show(c, http.StatusOK, "event", v)
}

// listed gives the listed event that the address names.
func (h *Handlers) listed(c echo.Context) (viewBuilder, event.Event, error) {
	ctx := c.Request().Context()
	id, err := eventID(c)
	if err != nil {
		return viewBuilder{}, event.Event{}, err
	}
	p, err := h.viewBuilder(ctx)
	if err != nil {
		return viewBuilder{}, event.Event{}, err
	}
	e, err := h.events.Published(ctx, id)
	return p, e, err
}

// ReturnToEvent leads back from the address under which seats are taken.
func (h *Handlers) ReturnToEvent(c echo.Context) error {
	id, err := eventID(c)
	if err != nil {
		return err
	}
	return page.Redirect(c, "/events/"+id.String())
}

// eventID reads the id as we write it, so that a page has one address.
func eventID(c echo.Context) (uuid.UUID, error) {
	id, err := uuid.Parse(c.Param("id"))
	if err != nil || id.String() != c.Param("id") {
		return uuid.Nil, event.ErrUnknown
	}
	return id, nil
}
