package events

import (
	"net/http"
	"strconv"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/page"
	"github.com/tonarimachi/tonarimachi/internal/ticket/draw"
)

// drawView tells how the seats of a part are drawn by lot, and how to draw again.
type drawView struct {
	Page                        page.Head
	Title, EventTitle, Href     string
	Part                        string
	State                       page.Notice
	Closes, Draws               string
	Commitment, Digest, Seed    string
	Draw                        string // its name in the commitment
	ListHref, DataHref          string
	Pools                       []drawPool // room there was when the list was fixed
	Rows                        []drawRow
	Count, Left                 string // how many stand on the list; how many of them are not shown
	Drawn, Fixed, Waits, Erased bool
}

type drawPool struct{ Name, Seats string }

type drawRow struct{ Place, Number, Seats, Quota, Word, Tone string }

// ShowDraw shows how the seats of a part are drawn by lot, and the result.
func (h *Handlers) ShowDraw(c echo.Context) error {
	p, e, err := h.listed(c)
	if err != nil {
		return err
	}
	part, d, err := h.drawOf(c, &e)
	if err != nil {
		return err
	}
	v := drawView{
		Title:      h.Text("events.draw.title"),
		EventTitle: e.Title,
		Href:       page.EventHref(&e),
		Part:       part.Name,
		State:      p.drawState(&d),
		Closes:     page.UntilText(d.ClosesAt, p.Today),
		Draws:      page.MomentText(d.DrawsAt, p.Today),
		Commitment: d.Commitment.String(),
		Seed:       d.Seed,
		Draw:       d.PartID.String(),
		DataHref:   "/api/v1/events/" + e.ID.String() + "/parts/" + d.PartID.String() + "/draw",
		Drawn:      d.State == draw.Done,
		Fixed:      d.Digest != nil,
		Waits:      part.WaitingList,
		Erased:     d.Erased,
	}
	v.Page = page.Head{
		Title: v.Title,
		Crumbs: []page.Link{
			{Href: "/", Text: h.Text("page.brand")},
			{Href: v.Href, Text: e.Title},
			{Href: "", Text: v.Title},
		},
	}
	if d.Digest != nil {
		v.Digest = d.Digest.String()
	}
	if d.List != "" {
		v.ListHref = page.DrawHref(&e, part) + "/list.txt"
		p.drawList(&v, &d, part)
	}
	return h.Show(c, http.StatusOK, "draw", v)
}

// drawOf gives the part that the address names and its draw.
func (h *Handlers) drawOf(c echo.Context, e *event.Event) (*event.Part, draw.Draw, error) {
	id, err := uuid.Parse(c.Param("part"))
	if err != nil || id.String() != c.Param("part") {
		return nil, draw.Draw{}, draw.ErrUnknown
	}
	for i := range e.Occurrences {
		for j := range e.Occurrences[i].Parts {
			if part := &e.Occurrences[i].Parts[j]; part.ID == id {
				d, err := h.tickets.Draw(c.Request().Context(), e.ID, id)
				return part, d, err
			}
		}
	}
	return nil, draw.Draw{}, draw.ErrUnknown
}

// SendDrawList answers with the list as it is summed.
func (h *Handlers) SendDrawList(c echo.Context) error {
	_, e, err := h.listed(c)
	if err != nil {
		return err
	}
	_, d, err := h.drawOf(c, &e)
	if err != nil {
		return err
	}
	if d.List == "" {
		return draw.ErrUnknown
	}
	return page.SendList(c, d.List)
}

func (p viewBuilder) drawState(d *draw.Draw) page.Notice {
	switch {
	case d.State == draw.NotHeld:
		return page.Notice{
			Tone:  "stop",
			Icon:  "stop",
			Title: p.Text("events.draw.not_held.title"),
			Lines: []string{p.Text("events.draw.not_held.text")},
		}
	case d.State == draw.Done:
		return page.Notice{
			Tone:  "good",
			Icon:  "check",
			Title: p.Text("events.draw.done.title"),
			Lines: []string{p.Text("events.draw.done.text", "at", page.MomentText(*d.DrawnAt, p.Today))},
		}
	case d.PutOff:
		return page.Notice{
			Tone:  "change",
			Icon:  "move",
			Title: p.Text("events.draw.postponed.title"),
			Lines: []string{p.Text("events.draw.postponed.text")},
		}
	case d.State == draw.Closed:
		return page.Notice{
			Icon:  "clock",
			Title: p.Text("events.draw.closed.title"),
			Lines: []string{p.Text("events.draw.closed.text", "at", page.MomentText(d.DrawsAt, p.Today))},
		}
	case d.State == draw.Closing:
		return page.Notice{
			Icon:  "clock",
			Title: p.Text("events.draw.closing.title"),
			Lines: []string{p.Text("events.draw.closing.text")},
		}
	case d.OpensAt != nil && p.Now.Before(*d.OpensAt):
		return page.Notice{
			Icon:  "clock",
			Title: p.Text("events.draw.not_open.title"),
			Lines: []string{p.Text("events.opens", "at", page.MomentText(*d.OpensAt, p.Today))},
		}
	}
	return page.Notice{
		Icon:  "ticket",
		Title: p.Text("events.draw.open.title"),
		Lines: []string{p.Text("events.draw.open.text", "until", page.UntilText(d.ClosesAt, p.Today))},
	}
}

func (p viewBuilder) drawList(v *drawView, d *draw.Draw, part *event.Part) {
	names := map[string]string{}
	for _, q := range part.Quotas {
		name := q.Name
		if name == "" {
			name = page.Label(p.Words, "channel", q.Channel)
		}
		names[q.ID.String()] = name
	}
	for _, pool := range d.Pools {
		v.Pools = append(v.Pools, drawPool{names[pool.Name], p.Text("page.seats_taken", "n", pool.Seats)})
	}
	v.Count = strconv.Itoa(len(d.Entries))
	for i, e := range d.Entries {
		if i == page.MaxDrawRows {
			v.Left = strconv.Itoa(len(d.Entries) - i)
			break
		}
		row := drawRow{Number: page.GroupedNumber(e.Number), Seats: p.Text("page.seats_taken", "n", e.Seats)}
		if len(d.Pools) > 1 {
			row.Quota = names[e.QuotaID.String()]
		}
		if v.Drawn {
			row.Place = strconv.Itoa(i + 1)
		}
		row.Word, row.Tone = p.outcomeWord(e.Outcome)
		v.Rows = append(v.Rows, row)
	}
}

func (p viewBuilder) outcomeWord(o draw.Outcome) (word, tone string) {
	switch o {
	case draw.OutcomeConfirmed:
		return p.Text("events.draw.outcome.confirmed"), "good"
	case draw.OutcomeWaiting:
		return p.Text("events.draw.outcome.waiting"), "few"
	case draw.OutcomeNotDrawn:
		return p.Text("events.draw.outcome.not_drawn"), ""
	case draw.OutcomeWithdrawn:
		return p.Text("events.draw.outcome.withdrawn"), ""
	}
	return "", ""
}
