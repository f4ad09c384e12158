package events

import (
	"net/url"

	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/page"
	"github.com/tonarimachi/tonarimachi/internal/report"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// answersView is what organisers ask for their report, in a form for seats.
type answersView struct {
	Open   bool // something was answered in a request that was refused
	Fields []page.SelectField
}

// answers gives the controls, each at "no answer" unless something else was chosen; nil when
// nothing is asked.
func (f *formBuilder) answers(id string, chosen ticket.Answers) *answersView {
	if len(f.event.Questions) == 0 {
		return nil
	}
	v := &answersView{}
	for _, q := range f.event.Questions {
		field := page.SelectField{ID: id + "-" + string(q), Name: string(q), Label: page.Label(f.Words, "question", q)}
		add := func(value, text string) {
			field.Options = append(
				field.Options,
				page.Option{Value: value, Label: text, Selected: value == chosen.To(q)},
			)
			v.Open = v.Open || value != "" && value == chosen.To(q)
		}
		add("", page.Label(f.Words, "answer", "none"))
		for _, a := range ticket.Choices[q] {
			add(a, page.Label(f.Words, "answer", string(q)+"_"+a))
		}
		if q == event.AskHome {
			for _, town := range report.Homes(f.Directory, f.event) {
				add(town.Code, town.Name)
			}
			add(ticket.Elsewhere, page.Label(f.Words, "answer", "home_elsewhere"))
		}
		v.Fields = append(v.Fields, field)
	}
	return v
}

// readAnswers reads what was chosen; what can't be chosen the service refuses.
func readAnswers(form url.Values) ticket.Answers {
	return ticket.Answers{
		Age:      form.Get("age"),
		Gender:   form.Get("gender"),
		Standing: form.Get("standing"),
		Home:     form.Get("home"),
	}
}
