package site

import (
	"net/http"

	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/site/door"
	"github.com/tonarimachi/tonarimachi/internal/site/tickets"
)

// Routes adds the pages. All are open to everybody; a ticket's page opens to whoever sends its
// secret in the body.
func (s *Site) Routes(r httpx.Routes) {
	httpx.Get(r, "/", s.events.Home)
	httpx.Get(r, "/events", s.events.ListEvents)
	httpx.Get(r, "/events/:id", s.events.ShowEvent)
	httpx.Get(r, "/events/:id/erasure", s.events.ShowErasures)
	httpx.Get(r, "/events/:id/draws/:part", s.events.ShowDraw)
	httpx.Get(r, "/events/:id/draws/:part/list.txt", s.events.SendDrawList)
	r.Add(http.MethodPost, "/events/:id/tickets", s.events.TakeSeats)
	httpx.Get(r, "/events/:id/tickets", s.events.ReturnToEvent) // a reload of the answer in the address bar
	httpx.Get(r, "/organizations/:slug", s.events.ShowOrganization)
	httpx.Get(r, "/facilities", s.venues.ListFacilities)
	httpx.Get(r, "/facilities/:id", s.venues.ShowFacility)
	httpx.Get(r, "/facilities/:id/calendar", s.venues.ShowCalendar)
	httpx.Get(r, "/facilities/:id/calendar.json", s.venues.SendCalendarData)
	httpx.Get(r, "/rooms/free", s.venues.FindFreeRooms)
	httpx.Get(r, "/rooms/:id", s.venues.ShowRoom)
	httpx.Get(r, "/rounds/:id", s.venues.ShowRound)
	httpx.Get(r, "/rounds/:id/list.txt", s.venues.SendRoundList)
	httpx.Get(r, "/photos/:file", s.venues.SendPhoto)
	httpx.Get(r, "/t", s.tickets.AskForCode)
	r.Add(http.MethodPost, "/t", s.tickets.OpenTicket)
	r.Add(http.MethodPost, "/t/cancel", s.tickets.CancelTicket)
	r.Add(http.MethodPost, "/t/confirm", s.tickets.ConfirmTicket)
	httpx.Get(r, "/t/confirm", tickets.ReturnToCode)
	r.Add(http.MethodPost, "/t/rotate", s.tickets.RotateTicket)
	r.Add(http.MethodPost, "/t/calendar", s.tickets.SwitchCalendar)
	r.Add(http.MethodPost, "/t/contact", s.tickets.KeepContact)
	httpx.Get(r, "/t/contact", tickets.ReturnToCode)
	httpx.Get(r, "/notify/worker.js", s.tickets.SendNotifyWorker)
	r.Add(http.MethodPost, "/t/slots", s.tickets.ChangeSlots)
	r.Add(http.MethodPost, "/t/slip", s.tickets.ShowSlip)
	httpx.Get(r, "/t/slots", tickets.ReturnToCode)
	httpx.Get(r, "/t/slip", tickets.ReturnToCode)
	httpx.Get(r, "/t/calendar", tickets.ReturnToCode)
	httpx.Get(r, "/t/cancel", tickets.ReturnToCode)
	httpx.Get(r, "/t/rotate", tickets.ReturnToCode)
	httpx.Get(r, door.Path, s.door.AskForLink)
	r.Add(http.MethodPost, door.Path, s.door.OpenDoor)
	r.Add(http.MethodPost, door.Path+"/count", s.door.Count)
	r.Add(http.MethodPost, door.Path+"/check-in", s.door.CheckIn)
	r.Add(http.MethodPost, door.Path+"/slots", s.door.MarkSlots)
	httpx.Get(r, door.Path+"/count", door.ReturnToDoor)
	httpx.Get(r, door.Path+"/check-in", door.ReturnToDoor)
	httpx.Get(r, door.Path+"/slots", door.ReturnToDoor)
	httpx.Get(r, door.Path+"/worker.js", s.door.SendWorker)
	httpx.Get(r, "/paper", s.tickets.AskForPaper)
	r.Add(http.MethodPost, "/paper", s.tickets.OpenPaper)
	r.Add(http.MethodPost, "/paper/tickets", s.tickets.TakeByPaper)
	httpx.Get(r, "/paper/tickets", tickets.ReturnToPaper)
	httpx.Get(r, "/promises", s.promises)
	httpx.Get(r, koyomiPath, s.koyomi)
	httpx.Get(r, "/problems/:code", s.problem)
	httpx.Get(r, "/static/*", s.Static)
	httpx.Get(r, "/favicon.ico", s.favicon)
	httpx.Get(r, "/robots.txt", robots)
}
