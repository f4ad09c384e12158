package site

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// drawView tells how the seats of a part are drawn by lot, and how to draw again.
type drawView struct {
	Page                        head
	Title, EventTitle, Href     string
	Part                        string
	State                       notice
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

// maxDrawRows is how much of a list the page shows; the text file has all.
const maxDrawRows = 500

func (s *Site) drawShow(c echo.Context) error {
	p, e, err := s.listed(c)
	if err != nil {
		return err
	}
	part, d, err := s.drawOf(c, &e)
	if err != nil {
		return err
	}
	v := drawView{
		Title: "抽選のしくみと結果", EventTitle: e.Title, Href: eventHref(&e), Part: part.Name, State: p.drawState(&d), Closes: untilText(d.ClosesAt, p.today),
		Draws: momentText(d.DrawsAt, p.today), Commitment: d.Commitment.String(), Seed: d.Seed, Draw: d.PartID.String(),
		DataHref: "/api/v1/events/" + e.ID.String() + "/parts/" + d.PartID.String() + "/draw",
		Drawn:    d.State == ticket.DrawDone, Fixed: d.Digest != nil, Waits: part.WaitingList, Erased: d.Erased,
	}
	v.Page = head{Title: v.Title, Crumbs: []link{{"/", "となりまち"}, {v.Href, e.Title}, {"", v.Title}}}
	if d.Digest != nil {
		v.Digest = d.Digest.String()
	}
	if d.List != "" {
		v.ListHref = drawHref(&e, part) + "/list.txt"
		p.drawList(&v, &d, part)
	}
	return s.show(c, http.StatusOK, "draw", v)
}

// drawOf gives the part that the address names and its draw.
func (s *Site) drawOf(c echo.Context, e *event.Event) (*event.Part, ticket.Draw, error) {
	id, err := uuid.Parse(c.Param("part"))
	if err != nil || id.String() != c.Param("part") {
		return nil, ticket.Draw{}, ticket.ErrDrawUnknown
	}
	for i := range e.Occurrences {
		for j := range e.Occurrences[i].Parts {
			if part := &e.Occurrences[i].Parts[j]; part.ID == id {
				d, err := s.tickets.Draw(c.Request().Context(), e.ID, id)
				return part, d, err
			}
		}
	}
	return nil, ticket.Draw{}, ticket.ErrDrawUnknown
}

// drawList answers with the list as it is summed.
func (s *Site) drawText(c echo.Context) error {
	_, e, err := s.listed(c)
	if err != nil {
		return err
	}
	_, d, err := s.drawOf(c, &e)
	if err != nil {
		return err
	}
	if d.List == "" {
		return ticket.ErrDrawUnknown
	}
	return sendList(c, d.List)
}

func (p painter) drawState(d *ticket.Draw) notice {
	switch {
	case d.State == ticket.DrawNotHeld:
		return notice{Tone: "stop", Icon: "stop", Title: "この抽選は行いません", Lines: []string{"集まりが中止になったか、終わったためです。"}}
	case d.State == ticket.DrawDone:
		return notice{Tone: "good", Icon: "check", Title: "抽選が終わりました", Lines: []string{momentText(*d.DrawnAt, p.today) + "に抽選しました。結果は、申し込んだ方それぞれの参加票に出ています。"}}
	case d.PutOff:
		return notice{Tone: "change", Icon: "move", Title: "集まりが延期になりました", Lines: []string{"新しい日時が決まるまで、受付も抽選も止まっています。申し込みはそのままです。"}}
	case d.State == ticket.DrawClosed:
		return notice{Icon: "clock", Title: "申し込みの一覧が決まりました", Lines: []string{momentText(d.DrawsAt, p.today) + "に抽選します。"}}
	case d.State == ticket.DrawClosing:
		return notice{Icon: "clock", Title: "申し込みの受付は終わりました", Lines: []string{"まもなく一覧が決まって、ここに出ます。"}}
	case d.OpensAt != nil && p.now.Before(*d.OpensAt):
		return notice{Icon: "clock", Title: "これから申し込みを受け付けます", Lines: []string{"受付は、" + momentText(*d.OpensAt, p.today) + "からです。"}}
	}
	return notice{Icon: "ticket", Title: "申し込みを受け付けています", Lines: []string{"受付は、" + untilText(d.ClosesAt, p.today) + "までです。早い者勝ちではありません。"}}
}

func (p painter) drawList(v *drawView, d *ticket.Draw, part *event.Part) {
	names := map[string]string{}
	for _, q := range part.Quotas {
		name := q.Name
		if name == "" {
			name = label(p.words, "channel", q.Channel)
		}
		names[q.ID.String()] = name
	}
	for _, pool := range d.Pools {
		v.Pools = append(v.Pools, drawPool{names[pool.Name], fmt.Sprintf("%d席", pool.Seats)})
	}
	v.Count = strconv.Itoa(len(d.Entries))
	for i, e := range d.Entries {
		if i == maxDrawRows {
			v.Left = strconv.Itoa(len(d.Entries) - i)
			break
		}
		row := drawRow{Number: groupedNumber(e.Number), Seats: fmt.Sprintf("%d席", e.Seats)}
		if len(d.Pools) > 1 {
			row.Quota = names[e.QuotaID.String()]
		}
		if v.Drawn {
			row.Place = strconv.Itoa(i + 1)
		}
		row.Word, row.Tone = outcomeWord(e.Outcome)
		v.Rows = append(v.Rows, row)
	}
}

func outcomeWord(o ticket.Outcome) (word, tone string) {
	switch o {
	case ticket.OutcomeConfirmed:
		return "当選", "good"
	case ticket.OutcomeWaiting:
		return "キャンセル待ち", "few"
	case ticket.OutcomeNotDrawn:
		return "席なし", ""
	case ticket.OutcomeWithdrawn:
		return "とりやめ", ""
	}
	return "", ""
}
