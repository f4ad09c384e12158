package site

import (
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// wait makes a form stand in line instead of taking a seat. What waiting means is told before one joins: the order, the skip rule, until when, and that one
// may leave.
func (f *former) wait(v *formView, o *event.Occurrence, p *event.Part, channel event.Channel) {
	v.Wait, v.Title, v.Icon, v.Button, v.Closes = string(ticket.WaitQuota), "キャンセル待ちをする", "clock", "キャンセル待ちをする", ""
	v.Lines = []string{
		"いまは満席です。席が空くと、待っている順に席がとれて、参加票に出ます。お待ちの人数より空いた席が少ないときは、次の方に先にまわることがあります。",
		"席がまわるのは、" + untilText(p.WaitsUntil(), f.today) + "までです。それまでに空かなければ、そこで終わります。待つのは、いつでもやめられます。",
	}
	options := []option{{Value: string(ticket.WaitQuota), Label: "この席だけ"}}
	here, elsewhere := f.alsoWaits(o, p, channel)
	if here {
		options = append(options, option{Value: string(ticket.WaitAnyPart), Label: "この日の、ほかの部でもよい"})
	}
	if elsewhere {
		options = append(options, option{Value: string(ticket.WaitAnyDate), Label: "ほかの日でもよい"})
	}
	if len(options) == 1 {
		return
	}
	chosen := string(ticket.WaitQuota)
	if f.given != nil && f.mine(p.Quotas) && f.given.reach != "" {
		chosen = f.given.reach
	}
	for i := range options {
		options[i].Selected = options[i].Value == chosen
	}
	v.Lines = append(v.Lines, "ほかの部や日でもよければ、先に空いたところに席がとれます。")
	v.Reach = &choices{ID: v.ID + "-wait", Name: "wait_for", Label: "どの席を待ちますか", Options: options}
}

// alsoWaits reports whether other quotas of the same channel have a line to stand in: of the date, and of other dates.
func (f *former) alsoWaits(o *event.Occurrence, p *event.Part, channel event.Channel) (here, elsewhere bool) {
	for i := range f.event.Occurrences {
		other := &f.event.Occurrences[i]
		for j := range other.Parts {
			q := &other.Parts[j]
			if q.ID == p.ID || q.Reservation != event.Seat || !q.WaitingList || other.Status != event.Scheduled || !f.now.Before(q.WaitsUntil()) || !accepts(q.Quotas, channel) {
				continue
			}
			if other.ID == o.ID {
				here = true
			} else {
				elsewhere = true
			}
		}
	}
	return here, elsewhere
}

func accepts(quotas []event.Quota, channel event.Channel) bool {
	for _, q := range quotas {
		if q.Channel == channel && q.Accepting {
			return true
		}
	}
	return false
}

// doorBand says how full a part without reservation is, on the day and where somebody counts at the door.
func (f *former) doorBand(p *event.Part) (*badge, string) {
	if p.DoorBand == "" {
		return nil, ""
	}
	b := bandBadge(f.words, p.DoorBand)
	switch p.DoorBand {
	case event.BandFull:
		return &b, "いまは会場がいっぱいです。入れるまで、お待ちいただくことがあります。"
	case event.BandFew:
		return &b, "会場は、残りわずかになってきました。"
	default:
		return &b, "いまは、まだ余裕があります。"
	}
}

// walkIn tells of the seats kept for those who come without reservation.
func (f *former) walkIn(p *event.Part) notice {
	n := notice{Icon: "walk", Title: "予約せずに来られる席もあります", Lines: []string{"数に限りがあります。いっぱいのときは、お待ちいただくことがあります。"}}
	if p.DoorBand != "" {
		n.Lines = append(n.Lines, "予約なしの席は、いま「"+f.words.T("label.band_"+string(p.DoorBand), nil)+"」です。")
	}
	return n
}
