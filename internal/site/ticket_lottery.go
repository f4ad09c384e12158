package site

import (
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// lotView is the number under which a ticket takes part in a draw.
type lotView struct {
	Number, Href string
}

// ticketLot says where a ticket stands that was applied for; false leaves the words to ticketState, which has them for what became of the date.
func (p painter) ticketLot(v *ticketView, at seat, t ticket.Ticket, over bool) bool {
	if t.DrawNumber == "" && t.Status != ticket.Applied && t.Status != ticket.NotDrawn {
		return false
	}
	if t.DrawNumber != "" {
		v.Lot = &lotView{Number: groupedNumber(t.DrawNumber)}
		if at.event != nil && at.part != nil {
			v.Lot.Href = drawHref(at.event, at.part)
		}
	}
	if t.Status == ticket.Applied || t.Status == ticket.NotDrawn {
		v.Seats += "（申し込んだ数）"
	}
	if t.Status == ticket.NotDrawn {
		v.Tone, v.Icon, v.Word = "full", "ticket", "今回は、抽選で席がとれませんでした"
		v.Text = "申し込みが席の数より多かったためです。申し込んでくださって、ありがとうございました。よろしければ、ほかの日や、ほかの町の集まりも見てみてください。"
		return true
	}
	if t.Status == ticket.Applied && over {
		v.Tone, v.Icon, v.Word, v.Text = "full", "check", "この集まりは終わりました", "この番号は、もう使いません。"
		return true
	}
	if at.event == nil || at.occurrence == nil || over || at.event.Status == event.Cancelled || at.occurrence.Status == event.OccurrenceCancelled {
		return false
	}
	putOff := at.occurrence.Status == event.Postponed
	switch t.Status {
	case ticket.Applied:
		v.Tone, v.Icon, v.Word = "few", "clock", "抽選を待っています"
		switch {
		case putOff:
			v.Tone, v.Icon, v.Word, v.Text = "change", "move", "この集まりは延期になりました", "申し込みはそのままです。新しい日時が決まりしだい、この参加票に出ます。"
		case at.part != nil && p.now.Before(at.part.Draws()):
			v.Text = momentText(at.part.Draws(), p.today) + "に抽選します。結果は、この参加票に出ます。それまでは、いつでもとりやめられます。"
		default:
			v.Text = "まもなく抽選の結果が出ます。しばらくしてから、もういちど開いてみてください。"
		}
		return true
	case ticket.Confirmed:
		if putOff {
			return false
		}
		v.Icon, v.Word, v.Text = "check", "抽選に当たりました。席がとれています", "当日は、そのまま来てください。"
		if at.channel == event.ChannelOnline {
			v.Text = "時間になったら、この参加票から入れます。"
		}
		return true
	default:
		return false
	}
}

// groupedNumber is a draw number to be read by people.
func groupedNumber(n string) string {
	if len(n) != 16 {
		return n
	}
	return n[:4] + "-" + n[4:8] + "-" + n[8:12] + "-" + n[12:]
}
