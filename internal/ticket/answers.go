package ticket

import (
	"slices"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/organization"
)

// Answers is what a holder chose to say for the yearly report; "" is no answer. It goes to a Tally
// and is forgotten: never kept with the ticket, in no comparison of a request sent twice.
type Answers struct {
	Age, Gender, Standing, Home string
}

// Elsewhere answers event.AskHome for a town that neither hosts nor has an agreement with a host.
const Elsewhere = "elsewhere"

// Choices are the answers to a question in the order in which they are offered; those to
// event.AskHome are municipality codes and Elsewhere.
var Choices = map[event.Question][]string{
	event.AskAge:      {"10s", "20s", "30s", "40s", "50s", "60s", "70s_up"},
	event.AskGender:   {"woman", "man", "other"},
	event.AskStanding: {"self", "family", "supporter"},
}

// Tally counts answers. It neither waits nor fails: a seat never depends on it.
type Tally interface {
	Count(occurrence uuid.UUID, a Answers)
}

// To gives the answer to a question.
func (a Answers) To(q event.Question) string {
	switch q {
	case event.AskAge:
		return a.Age
	case event.AskGender:
		return a.Gender
	case event.AskStanding:
		return a.Standing
	case event.AskHome:
		return a.Home
	}
	return ""
}

// check fails with ErrAnswers for what is no choice.
func (a Answers) check() error {
	if a == (Answers{}) {
		return nil
	}
	refusal := ErrAnswers
	for _, q := range event.Questions {
		answer := a.To(q)
		fine := answer == "" || slices.Contains(Choices[q], answer)
		if q == event.AskHome {
			fine = fine || answer == Elsewhere || organization.ValidCode(answer)
		}
		if !fine {
			refusal = refusal.Field("answers."+string(q), "unknown_value")
		}
	}
	return refusal.Or()
}
