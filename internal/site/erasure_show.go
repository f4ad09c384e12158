package site

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// erasureView certifies for each past date of an event that its tickets can no longer be opened by anybody.
type erasureView struct {
	Page              head
	Title, EventTitle string
	Href              string
	Dates             []erasureDate
}

type erasureDate struct{ Day, Tone, Icon, Word, Text, Key string }

func (s *Site) erasureShow(c echo.Context) error {
	p, e, err := s.listed(c)
	if err != nil {
		return err
	}
	past, err := s.tickets.Erasures(c.Request().Context(), e.ID)
	if err != nil {
		return err
	}
	v := erasureView{Title: "申し込みの記録を消した証明", EventTitle: e.Title, Href: eventHref(&e)}
	v.Page = head{Title: v.Title, Crumbs: []link{{"/", "となりまち"}, {v.Href, e.Title}, {"", v.Title}}}
	for _, d := range past {
		v.Dates = append(v.Dates, p.erasureDate(d))
	}
	return s.show(c, http.StatusOK, "erasure", v)
}

func (p painter) erasureDate(d ticket.Erasure) erasureDate {
	v := erasureDate{Day: dayText(clock.DateOf(d.EndedAt), p.today)}
	if d.KeyDestroyedOn != nil {
		v.Key = "連絡先を開く鍵は、" + dayText(*d.KeyDestroyedOn, p.today) + "にこわしました。それより前の控え（バックアップ）が残っていても、連絡先はもうだれにも読めません。"
	} else if d.Key == ticket.KeyKept {
		v.Key = "連絡先を開く鍵も、いっしょにこわします。"
	}
	switch {
	case d.Erased == nil:
		v.Icon, v.Word, v.Text = "clock", "これから消します", momentText(d.EraseAfter, p.today)+"をすぎると、ひとりでに消えます。"
	case *d.Erased:
		v.Tone, v.Icon, v.Word, v.Text = "good", "check", "消しました", "参加票の番号の手がかりも呼び名も、残っていません。残っているのは、席の数だけです。"
	default:
		v.Icon, v.Word, v.Text = "clock", "消しているところです", "1時間ほどのうちに終わります。"
	}
	return v
}
