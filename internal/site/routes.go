package site

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/httpx"
)

// Routes adds the pages. All are open to everybody; a ticket's page opens to whoever sends its secret in the body.
func (s *Site) Routes(r httpx.Routes) {
	httpx.Get(r, "/", s.home)
	httpx.Get(r, "/events", s.eventsList)
	httpx.Get(r, "/events/:id", s.eventShow)
	httpx.Get(r, "/events/:id/erasure", s.erasureShow)
	httpx.Get(r, "/events/:id/draws/:part", s.drawShow)
	httpx.Get(r, "/events/:id/draws/:part/list.txt", s.drawText)
	r.Add(http.MethodPost, "/events/:id/tickets", s.ticketsTake)
	httpx.Get(r, "/events/:id/tickets", s.eventReturn) // a reload of the answer in the address bar
	httpx.Get(r, "/organizations/:slug", s.organizationShow)
	httpx.Get(r, "/facilities", s.facilitiesList)
	httpx.Get(r, "/facilities/:id", s.facilityShow)
	httpx.Get(r, "/facilities/:id/calendar", s.facilityCalendar)
	httpx.Get(r, "/facilities/:id/calendar.json", s.facilityCalendarData)
	httpx.Get(r, "/rooms/free", s.roomsFree)
	httpx.Get(r, "/rooms/:id", s.roomShow)
	httpx.Get(r, "/rounds/:id", s.roundShow)
	httpx.Get(r, "/rounds/:id/list.txt", s.roundText)
	httpx.Get(r, "/photos/:file", s.photoShow)
	httpx.Get(r, "/t", s.ticketForm)
	r.Add(http.MethodPost, "/t", s.ticketOpen)
	r.Add(http.MethodPost, "/t/cancel", s.ticketCancel)
	r.Add(http.MethodPost, "/t/confirm", s.ticketConfirm)
	httpx.Get(r, "/t/confirm", ticketReturn)
	r.Add(http.MethodPost, "/t/rotate", s.ticketRotate)
	r.Add(http.MethodPost, "/t/calendar", s.ticketCalendar)
	r.Add(http.MethodPost, "/t/contact", s.ticketContact)
	httpx.Get(r, "/t/contact", ticketReturn)
	httpx.Get(r, "/notify/worker.js", s.notifyWorker)
	r.Add(http.MethodPost, "/t/slots", s.ticketSlots)
	r.Add(http.MethodPost, "/t/slip", s.ticketSlip)
	httpx.Get(r, "/t/slots", ticketReturn)
	httpx.Get(r, "/t/slip", ticketReturn)
	httpx.Get(r, "/t/calendar", ticketReturn)
	httpx.Get(r, "/t/cancel", ticketReturn)
	httpx.Get(r, "/t/rotate", ticketReturn)
	httpx.Get(r, doorPath, s.doorForm)
	r.Add(http.MethodPost, doorPath, s.doorOpen)
	r.Add(http.MethodPost, doorPath+"/count", s.doorCount)
	r.Add(http.MethodPost, doorPath+"/check-in", s.doorCheckIn)
	r.Add(http.MethodPost, doorPath+"/slots", s.doorSlots)
	httpx.Get(r, doorPath+"/count", doorReturn)
	httpx.Get(r, doorPath+"/check-in", doorReturn)
	httpx.Get(r, doorPath+"/slots", doorReturn)
	httpx.Get(r, doorPath+"/worker.js", s.doorWorker)
	httpx.Get(r, "/paper", s.paperForm)
	r.Add(http.MethodPost, "/paper", s.paperOpen)
	r.Add(http.MethodPost, "/paper/tickets", s.paperTake)
	httpx.Get(r, "/paper/tickets", paperReturn)
	httpx.Get(r, "/promises", s.promises)
	httpx.Get(r, koyomiPath, s.koyomi)
	httpx.Get(r, "/problems/:code", s.problem)
	httpx.Get(r, "/static/*", s.static)
	httpx.Get(r, "/favicon.ico", s.favicon)
	httpx.Get(r, "/robots.txt", robots)
}

// doorPath is the page of the phones at the entrance; the script that lets it open without a network works on it alone.
const doorPath = "/door"

// redirect answers 303 to a path of ours that holds nothing private.
func redirect(c echo.Context, path string) error { return c.Redirect(http.StatusSeeOther, path) }
