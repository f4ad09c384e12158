package venues

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/page"
	"github.com/tonarimachi/tonarimachi/internal/round"
)

// roundView tells how the rooms of a season are drawn by lot, and how to draw again.
type roundView struct {
	Page                     page.Head
	Name                     string
	Owner                    page.Link
	Note                     []string
	State                    page.Notice
	Days                     string
	Steps                    []roundStep
	Rules                    []string
	Rooms                    []page.Link
	Commitment, Digest, Seed string
	Draw                     string // its name in the commitment
	ListHref, DataHref       string
	Rows                     []roundEntryRow
	Count, Left              string
	Drawn, Fixed             bool
}

// roundStep is one line of the calendar; Now marks where the round stands.
type roundStep struct {
	Name, When, What string
	Now, Done        bool
}

type roundEntryRow struct {
	Place, Number string
	Wishes        []roundWish
	Word, Tone    string
}

type roundWish struct {
	Text  string
	Given bool
	Gone  bool // struck before the draw
}

// roundLink is one draw as lists of other pages tell of it.
type roundLink struct{ Href, Name, Owner, Days, State string }

func roundHref(id uuid.UUID) string { return "/rounds/" + id.String() }

func (h *Handlers) roundOf(c echo.Context) (viewBuilder, round.Round, error) {
	id, err := page.ReadID(c, round.ErrUnknown)
	if err != nil {
		return viewBuilder{}, round.Round{}, err
	}
	p, err := h.viewBuilder(c.Request().Context())
	if err != nil {
		return viewBuilder{}, round.Round{}, err
	}
	r, err := h.rounds.Get(c.Request().Context(), id)
	return p, r, err
}

// ShowRound shows how the rooms of a season are drawn by lot, and the result.
func (h *Handlers) ShowRound(c echo.Context) error {
	p, r, err := h.roundOf(c)
	if err != nil {
		return err
	}
	v := p.round(&r)
	if r.List != "" {
		v.ListHref = roundHref(r.ID) + "/list.txt"
		if err := p.roundList(&v, &r); err != nil {
			return err
		}
	}
	return h.Show(c, http.StatusOK, "round", v)
}

// SendRoundList answers with the list as it is summed.
func (h *Handlers) SendRoundList(c echo.Context) error {
	_, r, err := h.roundOf(c)
	if err != nil {
		return err
	}
	if r.List == "" {
		return round.ErrUnknown
	}
	return page.SendList(c, r.List)
}

func (p viewBuilder) round(r *round.Round) roundView {
	v := roundView{
		Page: page.Head{
			Title:       r.Name,
			Current:     "facilities",
			Description: p.Text("venues.round.summary", "lender", r.Lender.Name),
			Canonical:   p.Canonical(roundHref(r.ID)),
			Crumbs: []page.Link{
				{Href: "/", Text: p.Text("page.brand")},
				{Href: "/facilities", Text: p.Text("venues.title")},
				{Href: "", Text: r.Name},
			},
		},
		Name:       r.Name,
		Owner:      page.Link{Href: page.OrganizationHref(r.Lender.Slug), Text: r.Lender.Name},
		Note:       page.Paragraphs(r.Note),
		State:      p.roundState(r),
		Days:       p.roundDays(r),
		Rules:      r.Sentences(p.Words),
		Commitment: r.Commitment.String(),
		Digest:     r.Digest,
		Seed:       r.Seed,
		Draw:       r.ID.String(),
		DataHref:   "/api/v1/rounds/" + r.ID.String() + "/draw",
		Drawn:      r.Seed != "",
		Fixed:      r.List != "",
	}
	for _, room := range r.Rooms {
		v.Rooms = append(v.Rooms, page.Link{Href: page.RoomHref(room.ID), Text: room.Facility + "　" + room.Name})
	}
	at := func(name, what string, from, to time.Time, when string) {
		v.Steps = append(v.Steps, roundStep{
			Name: name,
			When: when,
			What: what,
			Now:  r.State != round.Cancelled && !p.Now.Before(from) && p.Now.Before(to),
			Done: r.State != round.Cancelled && !p.Now.Before(to),
		})
	}
	at(
		p.Text("venues.round.step.apply"),
		p.Text("venues.round.step.apply_text"),
		r.OpensAt,
		r.ClosesAt,
		p.Text(
			"venues.round.step.apply_when",
			"from",
			page.MomentText(r.OpensAt, p.Today),
			"until",
			page.UntilText(r.ClosesAt, p.Today),
		),
	)
	at(
		p.Text("venues.round.step.draw"),
		p.Text("venues.round.step.draw_text"),
		r.ClosesAt,
		r.DrawsAt,
		page.MomentText(r.DrawsAt, p.Today),
	)
	at(
		p.Text("venues.round.step.answer"),
		p.Text("venues.round.step.answer_text"),
		r.DrawsAt,
		r.AcceptUntil,
		p.Text("venues.round.step.until", "at", page.UntilText(r.AcceptUntil, p.Today)),
	)
	at(
		p.Text("venues.round.step.rest"),
		p.Text("venues.round.step.rest_text"),
		r.AcceptUntil,
		r.LastDay.AddDays(1).Start(),
		p.Text("venues.round.step.from", "at", page.MomentText(r.AcceptUntil, p.Today)),
	)
	return v
}

func (p viewBuilder) roundDays(r *round.Round) string {
	return page.DayText(r.FirstDay, p.Today) + "〜" + page.DayText(r.LastDay, p.Today)
}

func (p viewBuilder) roundState(r *round.Round) page.Notice {
	switch {
	case r.State == round.Cancelled:
		return page.Notice{
			Tone:  "stop",
			Icon:  "stop",
			Title: p.Text("venues.round.cancelled.title"),
			Lines: []string{p.Text("venues.round.cancelled.text")},
		}
	case r.State == round.Finished || r.State == round.Drawn && !p.Now.Before(r.AcceptUntil):
		return page.Notice{
			Tone:  "good",
			Icon:  "check",
			Title: p.Text("venues.round.over.title"),
			Lines: p.delayed(r, p.Text("venues.round.over.text")),
		}
	case r.State == round.Drawn:
		return page.Notice{
			Tone:  "good",
			Icon:  "check",
			Title: p.Text("venues.round.drawn.title"),
			Lines: p.delayed(
				r,
				p.Text(
					"venues.round.drawn.text",
					"at",
					page.MomentText(*r.DrawnAt, p.Today),
					"until",
					page.UntilText(r.AcceptUntil, p.Today),
				),
			),
		}
	case r.State == round.Closed:
		return page.Notice{
			Icon:  "clock",
			Title: p.Text("venues.round.closed.title"),
			Lines: []string{p.Text("venues.round.closed.text", "at", page.MomentText(r.DrawsAt, p.Today))},
		}
	case !p.Now.Before(r.ClosesAt):
		return page.Notice{
			Icon:  "clock",
			Title: p.Text("venues.round.closing.title"),
			Lines: []string{p.Text("venues.round.closing.text")},
		}
	case p.Now.Before(r.OpensAt):
		return page.Notice{
			Icon:  "clock",
			Title: p.Text("venues.round.not_open.title"),
			Lines: []string{p.Text("venues.round.not_open.text", "at", page.MomentText(r.OpensAt, p.Today))},
		}
	}
	return page.Notice{
		Icon:  "ticket",
		Title: p.Text("venues.round.open.title"),
		Lines: []string{p.Text("venues.round.open.text", "until", page.UntilText(r.ClosesAt, p.Today))},
	}
}

// delayed adds to what is said what a draw that came late means for those who were drawn.
func (p viewBuilder) delayed(r *round.Round, lines ...string) []string {
	switch {
	case r.OwnTimes():
		return append(lines, p.Words.T("round.delayed.own", nil))
	case r.Delayed() > 0 && r.State == round.Drawn && p.Now.Before(r.AcceptUntil):
		return append(lines, p.Words.T("round.delayed.moved", nil))
	}
	return lines
}

func (p viewBuilder) roundList(v *roundView, r *round.Round) error {
	entries, err := r.Entries()
	if err != nil {
		return err
	}
	rooms := map[uuid.UUID]string{}
	for _, room := range r.Rooms {
		rooms[room.ID] = room.Name
	}
	v.Count = strconv.Itoa(len(entries))
	for i, e := range entries {
		if i == page.MaxDrawRows {
			v.Left = strconv.Itoa(len(entries) - i)
			break
		}
		row := roundEntryRow{Number: page.GroupedNumber(e.Number)}
		if v.Drawn {
			row.Place = strconv.Itoa(i + 1)
			row.Word, row.Tone = p.Text("venues.round.lost"), ""
		}
		gone := map[string]bool{}
		for _, pool := range e.Struck {
			gone[pool] = true
		}
		for _, pool := range e.Choices {
			row.Wishes = append(
				row.Wishes,
				roundWish{Text: p.poolText(pool, rooms), Given: pool == e.Pool, Gone: gone[pool]},
			)
		}
		switch {
		case e.Withdrawn:
			row.Word, row.Tone = p.Text("venues.round.withdrawn"), ""
		case e.Pool != "":
			row.Word, row.Tone = p.Text("venues.round.won"), "good"
		}
		v.Rows = append(v.Rows, row)
	}
	return nil
}

// poolText is a room at a time in words.
func (p viewBuilder) poolText(pool string, rooms map[uuid.UUID]string) string {
	w, ok := round.ParsePool(pool)
	if !ok {
		return pool
	}
	name := rooms[w.RoomID]
	if name == "" {
		name = p.Text("venues.round.hidden_room")
	}
	return name + "　" + page.DayText(clock.DateOf(w.StartsAt), p.Today) + page.SpanText(w.StartsAt, w.EndsAt, p.Today)
}

// currentRounds are the draws that keep rooms now, those of which keep holds only.
func (h *Handlers) currentRounds(
	ctx context.Context,
	p viewBuilder,
	f round.Filter,
	keep func(*round.Round) bool,
) ([]roundLink, error) {
	f.Current = true
	found, err := h.rounds.List(ctx, f)
	if err != nil {
		return nil, err
	}
	var all []roundLink
	for i := range found.Items {
		if r := &found.Items[i]; keep == nil || keep(r) {
			all = append(all, p.roundLink(r))
		}
	}
	return all, nil
}

func (p viewBuilder) roundLink(r *round.Round) roundLink {
	return roundLink{
		Href:  roundHref(r.ID),
		Name:  r.Name,
		Owner: r.Lender.Name,
		Days:  p.roundDays(r),
		State: p.roundState(r).Title,
	}
}
