package site

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/clock"
)

// roundView tells how the rooms of a season are drawn by lot, and how to draw again.
type roundView struct {
	Page                     head
	Name                     string
	Owner                    link
	Note                     []string
	State                    notice
	Days                     string
	Steps                    []roundStep
	Rules                    []string
	Rooms                    []link
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

func (s *Site) roundOf(c echo.Context) (painter, booking.Round, error) {
	id, err := idOf(c, booking.ErrRoundUnknown)
	if err != nil {
		return painter{}, booking.Round{}, err
	}
	p, err := s.painter(c.Request().Context())
	if err != nil {
		return painter{}, booking.Round{}, err
	}
	r, err := s.bookings.Round(c.Request().Context(), id)
	return p, r, err
}

func (s *Site) roundShow(c echo.Context) error {
	p, r, err := s.roundOf(c)
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
	return s.show(c, http.StatusOK, "round", v)
}

// roundText answers with the list as it is summed.
func (s *Site) roundText(c echo.Context) error {
	_, r, err := s.roundOf(c)
	if err != nil {
		return err
	}
	if r.List == "" {
		return booking.ErrRoundUnknown
	}
	return sendList(c, r.List)
}

func (p painter) round(r *booking.Round) roundView {
	v := roundView{
		Page: head{
			Title: r.Name, Current: "facilities", Description: r.Lender.Name + "の部屋の抽選です。申込みの期間、決まり、結果と、たしかめかたがあります。", Canonical: p.canonical(roundHref(r.ID)),
			Crumbs: []link{{"/", "となりまち"}, {"/facilities", "施設と部屋"}, {"", r.Name}},
		},
		Name: r.Name, Owner: link{organizationHref(r.Lender.Slug), r.Lender.Name}, Note: paragraphs(r.Note), State: p.roundState(r), Days: p.roundDays(r), Rules: r.Sentences(p.words),
		Commitment: r.Commitment.String(), Digest: r.Digest, Seed: r.Seed, Draw: r.ID.String(), DataHref: "/api/v1/rounds/" + r.ID.String() + "/draw", Drawn: r.Seed != "", Fixed: r.List != "",
	}
	for _, room := range r.Rooms {
		v.Rooms = append(v.Rooms, link{roomHref(room.ID), room.Facility + "　" + room.Name})
	}
	at := func(name, what string, from, to time.Time, when string) {
		v.Steps = append(v.Steps, roundStep{
			Name: name, When: when, What: what, Now: r.State != booking.RoundCancelled && !p.now.Before(from) && p.now.Before(to), Done: r.State != booking.RoundCancelled && !p.now.Before(to),
		})
	}
	at("申込み", "使いたい部屋と時間を、好きな順に出します。", r.OpensAt, r.ClosesAt, momentText(r.OpensAt, p.today)+"から "+untilText(r.ClosesAt, p.today)+"まで")
	at("抽選", "一覧を決めて、くじを引きます。", r.ClosesAt, r.DrawsAt, momentText(r.DrawsAt, p.today))
	at("返事", "当たった団体が、使うか辞退するかを返事します。", r.DrawsAt, r.AcceptUntil, untilText(r.AcceptUntil, p.today)+"まで")
	at("先着順", "残った時間は、ふだんの申し込みかたで使えます。", r.AcceptUntil, r.LastDay.AddDays(1).Start(), momentText(r.AcceptUntil, p.today)+"から")
	return v
}

func (p painter) roundDays(r *booking.Round) string {
	return dayText(r.FirstDay, p.today) + "〜" + dayText(r.LastDay, p.today)
}

func (p painter) roundState(r *booking.Round) notice {
	switch {
	case r.State == booking.RoundCancelled:
		return notice{Tone: "stop", Icon: "stop", Title: "この抽選は取りやめになりました", Lines: []string{"部屋は、ふだんの申し込みかたで使えます。"}}
	case r.State == booking.RoundFinished || r.State == booking.RoundDrawn && !p.now.Before(r.AcceptUntil):
		return notice{Tone: "good", Icon: "check", Title: "抽選は終わりました", Lines: p.delayed(r, "残った時間は、ふだんの申し込みかたで使えます。先着順です。")}
	case r.State == booking.RoundDrawn:
		return notice{
			Tone: "good", Icon: "check", Title: "抽選しました",
			Lines: p.delayed(r, momentText(*r.DrawnAt, p.today)+"に抽選しました。当たった団体の返事を"+untilText(r.AcceptUntil, p.today)+"まで待っています。"),
		}
	case r.State == booking.RoundClosed:
		return notice{Icon: "clock", Title: "申込みの一覧が決まりました", Lines: []string{momentText(r.DrawsAt, p.today) + "に抽選します。"}}
	case !p.now.Before(r.ClosesAt):
		return notice{Icon: "clock", Title: "申込みの受付は終わりました", Lines: []string{"まもなく一覧が決まって、ここに出ます。"}}
	case p.now.Before(r.OpensAt):
		return notice{Icon: "clock", Title: "これから申込みを受け付けます", Lines: []string{"受付は、" + momentText(r.OpensAt, p.today) + "からです。"}}
	}
	return notice{Icon: "ticket", Title: "申込みを受け付けています", Lines: []string{"受付は、" + untilText(r.ClosesAt, p.today) + "までです。早い者勝ちではありません。"}}
}

// delayed adds to what is said what a draw that came late means for those who were drawn.
func (p painter) delayed(r *booking.Round, lines ...string) []string {
	switch {
	case r.OwnTimes():
		return append(lines, p.words.T("round.delayed.own", nil))
	case r.Delayed() > 0 && r.State == booking.RoundDrawn && p.now.Before(r.AcceptUntil):
		return append(lines, p.words.T("round.delayed.moved", nil))
	}
	return lines
}

func (p painter) roundList(v *roundView, r *booking.Round) error {
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
		if i == maxDrawRows {
			v.Left = strconv.Itoa(len(entries) - i)
			break
		}
		row := roundEntryRow{Number: groupedNumber(e.Number)}
		if v.Drawn {
			row.Place = strconv.Itoa(i + 1)
			row.Word, row.Tone = "外れ", ""
		}
		gone := map[string]bool{}
		for _, pool := range e.Struck {
			gone[pool] = true
		}
		for _, pool := range e.Choices {
			row.Wishes = append(row.Wishes, roundWish{Text: p.poolText(pool, rooms), Given: pool == e.Pool, Gone: gone[pool]})
		}
		switch {
		case e.Withdrawn:
			row.Word, row.Tone = "取り下げ", ""
		case e.Pool != "":
			row.Word, row.Tone = "当選", "good"
		}
		v.Rows = append(v.Rows, row)
	}
	return nil
}

// poolText is a room at a time in words.
func (p painter) poolText(pool string, rooms map[uuid.UUID]string) string {
	w, ok := booking.ParsePool(pool)
	if !ok {
		return pool
	}
	name := rooms[w.RoomID]
	if name == "" {
		name = "いまは公開されていない部屋"
	}
	return name + "　" + dayText(clock.DateOf(w.StartsAt), p.today) + spanText(w.StartsAt, w.EndsAt, p.today)
}

// currentRounds are the draws that keep rooms now, those of which keep holds only.
func (s *Site) currentRounds(ctx context.Context, p painter, f booking.RoundFilter, keep func(*booking.Round) bool) ([]roundLink, error) {
	f.Current = true
	page, err := s.bookings.Rounds(ctx, f)
	if err != nil {
		return nil, err
	}
	var all []roundLink
	for i := range page.Items {
		if r := &page.Items[i]; keep == nil || keep(r) {
			all = append(all, p.roundLink(r))
		}
	}
	return all, nil
}

func (p painter) roundLink(r *booking.Round) roundLink {
	return roundLink{Href: roundHref(r.ID), Name: r.Name, Owner: r.Lender.Name, Days: p.roundDays(r), State: p.roundState(r).Title}
}
