package site

import (
	"github.com/tonarimachi/tonarimachi/internal/event"
)

// lots makes the forms of a part whose seats are drawn by lot, one a channel as for seats.
func (f *former) lots(o *event.Occurrence, p *event.Part, channel event.Channel, quotas []event.Quota) (formView, error) {
	v := formView{
		ID: f.nextID(), Action: eventHref(f.event) + "/tickets", Title: "抽選に申し込む", Icon: "ticket", Button: "抽選に申し込む", Legend: "どの席に申し込みますか",
		Closes: untilText(p.Closes(), f.today), Lot: true, More: &link{drawHref(f.event, p), "抽選のしくみと結果を見る"},
	}
	if channel == event.ChannelOnline {
		v.Title, v.Icon, v.Button = "オンラインの抽選に申し込む", "online", "オンラインの抽選に申し込む"
	}
	v.Lines = f.lotLines(p)
	if v.Shut = f.shut(o, p, quotas); v.Shut != "" && o.Status == event.Scheduled && !f.now.Before(p.Closes()) {
		v.Title = "抽選"
		if v.Shut = "申し込みの受付は終わりました。抽選の結果は、申し込んだときの参加票に出ます。"; f.now.Before(p.Draws()) {
			v.Shut = "申し込みの受付は終わりました。" + momentText(p.Draws(), f.today) + "に抽選して、結果は参加票に出ます。"
		}
	}
	v.Open = v.Shut == ""
	if f.mine(quotas) {
		f.givenForm = &v
	}
	if !v.Open {
		return v, nil
	}
	most := 1
	for _, q := range quotas {
		chosen := f.givenForm == &v && f.given.quota == q.ID.String()
		shown := quotaView{ID: q.ID.String(), Label: q.Name, Open: q.Accepting, Selected: chosen}
		if shown.Label == "" {
			shown.Label = label(f.words, "channel", q.Channel)
		}
		v.Quotas = append(v.Quotas, shown)
		most = max(most, min(q.MaxSeats, q.Capacity))
	}
	return v, f.fields(&v, most)
}

// lotLines say before one applies what the draw means.
func (f *former) lotLines(p *event.Part) []string {
	lines := []string{
		"早い者勝ちではありません。" + untilText(p.Closes(), f.today) + "までに申し込んだ方のなかから、" + f.drawsText(p) + "抽選します。結果は参加票に出ます。",
		"何人かで申し込むと、いっしょに当たるか、いっしょに外れるかのどちらかです。残りの席より人数が多いときは、次の方に先にまわります。",
	}
	if p.WaitingList {
		lines = append(lines, "外れた方は、抽選の順にキャンセル待ちになります。席がまわるのは、"+untilText(p.WaitsUntil(), f.today)+"までです。")
	}
	return lines
}

func (f *former) drawsText(p *event.Part) string {
	if p.Draws().Equal(p.Closes()) {
		return "すぐに"
	}
	return momentText(p.Draws(), f.today) + "に"
}

func drawHref(e *event.Event, p *event.Part) string {
	return eventHref(e) + "/draws/" + p.ID.String()
}
