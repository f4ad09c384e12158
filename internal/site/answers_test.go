package site_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// tally remembers what it is told.
type tally []ticket.Answers

func (t *tally) Count(_ uuid.UUID, a ticket.Answers) { *t = append(*t, a) }

func TestAnswersAreAskedForWithoutPressing(t *testing.T) {
	t.Parallel()
	k := setup(t)
	if k.page(
		"/events/"+k.publish("bunkyo", meeting(nil)).ID.String(),
	).Find(
		"select[name='age'], select[name='home']",
	).Length() != 0 {
		t.Error("an event that asks nothing asks")
	}
	e := k.publish("bunkyo", meeting(func(in *event.Input) { in.Questions = event.Questions }))
	doc := k.page("/events/" + e.ID.String())
	fold := doc.Find("form.seat-form details:has(select[name='age'])")
	if _, open := fold.Attr(
		"open",
	); open || fold.Length() != 1 ||
		!strings.Contains(text(fold.Find("summary")), "答えなくてかまいません") {
		t.Errorf("the questions are not folded: %s", text(fold))
	}
	options := map[string]int{}
	fold.Find("select").Each(func(_ int, s *goquery.Selection) {
		name, _ := s.Attr("name")
		first := s.Find("option").First()
		value, _ := first.Attr("value")
		if _, selected := first.Attr(
			"selected",
		); !selected || value != "" || first.Text() != "答えない" ||
			s.Find("option[selected]").Length() != 1 {
			t.Errorf("%s begins with %q, %q", name, value, first.Text())
		}
		options[name] = s.Find("option").Length()
	})
	// Seven towns with an agreement, elsewhere and no answer.
	if len(options) != 4 || options["age"] != 8 || options["gender"] != 4 || options["standing"] != 4 ||
		options["home"] != 9 {
		t.Errorf("choices %v", options)
	}
	// The promises speak of what may be asked.
	if said := text(
		k.page("/promises").Find("main"),
	); strings.Contains(said, "住んでいる場所も聞かない") || !strings.Contains(said, "はじめから「答えない」になっていて") ||
		!strings.Contains(said, "お住まいの町") {
		t.Errorf("the promises say %s", said)
	}
}

func TestAnswersGoToTheTallyAndNowhereElse(t *testing.T) {
	t.Parallel()
	k := setup(t)
	var heard tally
	k.tickets.CountAnswers(&heard)
	e := k.publish("bunkyo", meeting(func(in *event.Input) { in.Questions = event.Questions }))
	code := k.hiddenSecret(e)
	form := url.Values{
		"secret":   {code},
		"quota_id": {quotaOf(e)},
		"nickname": {strings.Repeat("あ", 21)},
		"age":      {"30s"},
		"gender":   {""},
		"standing": {"self"},
		"home":     {"131164"},
	}
	target := "/events/" + e.ID.String() + "/tickets"

	// What was chosen is there when the form comes back.
	a := k.post(target, form)
	fold := a.doc.Find("form.seat-form details:has(select[name='age'])")
	if _, open := fold.Attr(
		"open",
	); a.Code != 422 || !open || fold.Find("select[name='age'] option[selected]").Text() != "30代" ||
		fold.Find("select[name='home'] option[selected]").Text() != "豊島区" ||
		fold.Find("select[name='gender'] option[selected]").Text() != "答えない" {
		t.Errorf("given back with %d: %s", a.Code, text(fold))
	}
	if len(heard) != 0 {
		t.Errorf("a refused request was counted: %v", heard)
	}
	form.Set("nickname", "")
	form.Set("age", "130")
	if a := k.post(target, form); a.Code != 422 || !strings.Contains(text(a.doc.Find("main")), "えらべない答え") {
		t.Errorf("an odd answer: %d", a.Code)
	}
	form.Set("age", "30s")
	for range 2 { // an impatient finger
		if a := k.post(
			target,
			form,
		); a.Code != 201 || strings.Contains(a.Body.String(), "30代") ||
			strings.Contains(a.Body.String(), "30s") {
			t.Errorf("%d: the ticket's page knows the answer", a.Code)
		}
	}
	if want := (ticket.Answers{Age: "30s", Standing: "self", Home: "131164"}); len(heard) != 1 || heard[0] != want {
		t.Errorf("counted %v, want %v once", heard, want)
	}
	if strings.Contains(k.logs.String(), "30s") || strings.Contains(k.logs.String(), "standing") {
		t.Error("the log has an answer")
	}
}
