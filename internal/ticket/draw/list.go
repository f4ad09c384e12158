package draw

import (
	"errors"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/lottery"
)

// lots is a list that is about to be drawn, with the ticket of each number.
type lots struct {
	list      lottery.List
	seed      lottery.Seed
	digest    lottery.Digest
	withdrawn map[string]bool
	tickets   map[string]uuid.UUID
}

// settle draws and gives the tickets that won and those that did not, each in the order in which
// they were drawn.
func (l *lots) settle() (winners, others []uuid.UUID, err error) {
	if err := l.list.Check(); err != nil {
		return nil, nil, err
	}
	if l.list.Digest() != l.digest {
		return nil, nil, errors.New("the list is not the one whose digest was published")
	}
	winners, others = []uuid.UUID{}, []uuid.UUID{}
	for _, d := range lottery.Draw(l.list, l.seed, l.withdrawn) {
		switch {
		case d.Withdrawn:
		case d.Pool != "":
			winners = append(winners, l.tickets[d.Number])
		default:
			others = append(others, l.tickets[d.Number])
		}
	}
	return winners, others, nil
}

// step is something that a draw is due for.
type step struct {
	part  uuid.UUID
	state State // before it
}
