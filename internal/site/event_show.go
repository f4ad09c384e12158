package site

import (
	"net/http"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/event"
)

func (s *Site) eventShow(c echo.Context) error {
	p, e, err := s.listed(c)
	if err != nil {
		return err
	}
	if p.contacts, err = s.contacts.Ways(c.Request().Context(), e.ID); err != nil {
		return err
	}
	if p, err = p.withSlots(c.Request().Context(), &e); err != nil {
		return err
	}
	v, err := p.event(&e, nil)
	if err != nil {
		return err
	}
	if v.hasSecrets {
		return s.showPrivate(c, "event", v)
	}
	return s.show(c, http.StatusOK, "event", v)
}

// listed gives the listed event that the address names.
func (s *Site) listed(c echo.Context) (painter, event.Event, error) {
	ctx := c.Request().Context()
	id, err := eventID(c)
	if err != nil {
		return painter{}, event.Event{}, err
	}
	p, err := s.painter(ctx)
	if err != nil {
		return painter{}, event.Event{}, err
	}
	e, err := s.events.Published(ctx, id)
	return p, e, err
}

// eventReturn leads back from the address under which seats are taken.
func (s *Site) eventReturn(c echo.Context) error {
	id, err := eventID(c)
	if err != nil {
		return err
	}
	return redirect(c, "/events/"+id.String())
}

// eventID reads the id as we write it, so that a page has one address.
func eventID(c echo.Context) (uuid.UUID, error) {
	id, err := uuid.Parse(c.Param("id"))
	if err != nil || id.String() != c.Param("id") {
		return uuid.Nil, event.ErrUnknown
	}
	return id, nil
}
