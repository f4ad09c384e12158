package ticket

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

// A history is what many callers saw of one quota with a waiting list: what each asked, what it was
// told, and when. It is legal when one caller after the other could have seen the same
// (linearizability): seats and the line then behave as if there were no concurrency at all.

type action int

const (
	takes action = iota
	waits        // takes, or stands in line
	cancels
	looks
)

type historyInput struct {
	action action
	who    int // index of the secret
	seats  int
}

// line is one quota as one caller after the other would leave it: values that compare at once, for
// the search looks at very many.
type line struct {
	capacity, room int
	tickets        string // by who: a byte for the status, then one for the seats
	queue          string // who waits, in order, two bytes each
}

// The statuses in line.tickets; a code that nobody has used has none.
const (
	unused = iota
	holds
	queues
	left
)

var statusWords = [...]string{holds: string(Confirmed), queues: string(Waiting), left: string(Cancelled)}

func (l line) ticket(who int) (status, seats int) {
	if 2*who >= len(l.tickets) {
		return unused, 0
	}
	return int(l.tickets[2*who]), int(l.tickets[2*who+1])
}

func (l line) with(who, status, seats int) line {
	b := []byte(l.tickets)
	for len(b) < 2*who+2 {
		b = append(b, unused)
	}
	if b[2*who] == holds {
		l.room += seats
	}
	if status == holds {
		l.room -= seats
	}
	b[2*who], b[2*who+1] = byte(status), byte(seats)
	l.tickets = string(b)
	return l
}

// step gives what the action is told, and what it leaves.
func (l line) step(in historyInput) (string, line) {
	status, seats := l.ticket(in.who)
	switch {
	case status == unused && in.action >= cancels:
		return "unknown", l
	case in.action == cancels && status == left:
		return "already", l
	case in.action == cancels:
		next := l.with(in.who, left, seats)
		if status == holds {
			return statusWords[left], next.serve(-1)
		}
		return statusWords[left], next.serve(in.who)
	case status != unused:
		return statusWords[status], l // to look; to ask again with a code that has a ticket
	case in.seats <= l.room:
		return statusWords[holds], l.with(in.who, holds, in.seats)
	case in.action == takes || in.seats > l.capacity:
		return "full", l
	}
	next := l.with(in.who, queues, in.seats)
	next.queue += string([]byte{byte(in.who >> 8), byte(in.who)})
	return statusWords[queues], next
}

// serve gives free seats to the line from its head; a group larger than the room is passed by and
// keeps its place. Who leaves it is taken out first.
func (l line) serve(leaves int) line {
	var rest strings.Builder
	queue := l.queue
	for i := 0; i < len(queue); i += 2 {
		who := int(queue[i])<<8 | int(queue[i+1])
		if who == leaves {
			continue
		}
		if _, seats := l.ticket(who); seats <= l.room {
			l = l.with(who, holds, seats)
		} else {
			rest.WriteString(queue[i : i+2])
		}
	}
	l.queue = rest.String()
	return l
}

func lineModel(capacity int) porcupine.Model {
	return porcupine.Model{
		Init: func() any { return line{capacity: capacity, room: capacity} },
		Step: func(state, in, out any) (bool, any) {
			want, next := state.(line).step(in.(historyInput))
			return want == out.(string), next
		},
		DescribeOperation: func(in, out any) string {
			i := in.(historyInput)
			return fmt.Sprintf(
				"%s(%d, %d) → %s",
				[...]string{"take", "wait", "cancel", "look"}[i.action],
				i.who,
				i.seats,
				out,
			)
		},
	}
}

// historyOf lets callers loose on a quota and writes down what they saw. Capacity is small, so that
// nearly every step depends on others.
func (k *kit) historyOf(t *testing.T, capacity, callers, steps int) []porcupine.Operation {
	t.Helper()
	e := k.event(
		t,
		testkit.EventOptions{Parts: []testkit.PartOptions{{Quotas: []testkit.QuotaOptions{{Capacity: capacity}}}}},
	)
	k.exec(t, "update part set waiting_list = true where id = $1", e.Parts[0].ID)
	var (
		mu      sync.Mutex
		secrets []secret.Ticket // by who
		seats   []int
		history []porcupine.Operation
		group   sync.WaitGroup
		began   = clock.Start()
	)
	for caller := range callers {
		random := rand.New(rand.NewPCG(uint64(caller), uint64(e.ID[0])<<8|uint64(e.ID[1])))
		group.Go(func() {
			for range steps / callers {
				in := historyInput{action: action(random.IntN(4))}
				mu.Lock()
				if fresh := random.IntN(2) == 0; fresh && in.action <= waits || len(secrets) == 0 {
					secrets, seats = append(secrets, newSecret(t)), append(seats, 1+random.IntN(3))
					in.who = len(secrets) - 1
				} else {
					in.who = max(0, len(secrets)-1-random.IntN(12)) // of late, so that callers meet
				}
				code := secrets[in.who]
				in.seats = seats[in.who]
				mu.Unlock()
				called := began.Elapsed()
				out := k.act(t, e, in, code)
				returned := began.Elapsed()
				mu.Lock()
				history = append(
					history,
					porcupine.Operation{
						ClientId: caller,
						Input:    in,
						Output:   out,
						Call:     int64(called),
						Return:   int64(returned),
					},
				)
				mu.Unlock()
			}
		})
	}
	group.Wait()
	return history
}

func (k *kit) act(t *testing.T, e testkit.Event, in historyInput, code secret.Ticket) string {
	var got Ticket
	var err error
	switch in.action {
	case looks:
		got, err = k.service.Look(t.Context(), code)
	case cancels:
		got, err = k.service.Cancel(t.Context(), code)
	default:
		r := ask(e, in.seats)
		r.Secret = code
		if in.action == waits {
			r.Wait = WaitQuota
		}
		_, got, err = k.service.Take(t.Context(), r)
	}
	switch {
	case err == nil:
		return string(got.Status)
	case errors.Is(err, ErrUnknown):
		return "unknown"
	case errors.Is(err, ErrCancelled):
		return "already"
	case errors.Is(err, ErrFull):
		return "full"
	}
	return err.Error()
}

func TestProofHistoriesAreLegal(t *testing.T) {
	t.Parallel()
	k := setup(t)
	histories, steps := testkit.Size(6, 200), testkit.Size(200, 1000)
	told := map[string]int{}
	for n := range histories {
		capacity := 2 + n%7
		history := k.historyOf(t, capacity, 6, steps)
		for _, op := range history {
			told[op.Output.(string)]++
		}
		if got := porcupine.CheckOperationsTimeout(lineModel(capacity), history, 5*time.Minute); got != porcupine.Ok {
			t.Fatalf("history %d of %d over %d seats: %s\n%s", n, histories, capacity, got, last(history, 20))
		}
	}
	for _, word := range []string{string(Confirmed), string(Waiting), string(Cancelled), "full", "already", "unknown"} {
		if told[word] == 0 {
			t.Errorf("nobody was ever told %q: the histories say too little (%v)", word, told)
		}
	}
	testkit.Figure(t, "%d histories of %d operations by 6 callers are legal; they were told %v", histories, steps, told)
}

// On a database that looks first and books afterwards the same callers see what no order explains.
func TestHistoriesShowOverselling(t *testing.T) {
	t.Parallel()
	k := setup(t)
	testkit.Oversell(t, k.admin)
	for range 20 {
		if porcupine.CheckOperationsTimeout(lineModel(2), k.historyOf(t, 2, 8, 96), time.Minute) == porcupine.Illegal {
			return
		}
	}
	t.Error("every history of a database that oversells is called legal")
}

func last(history []porcupine.Operation, n int) string {
	slices.SortFunc(history, func(a, b porcupine.Operation) int { return int(a.Call - b.Call) })
	var b strings.Builder
	for _, op := range history[max(0, len(history)-n):] {
		fmt.Fprintln(&b, op.ClientId, lineModel(0).DescribeOperation(op.Input, op.Output))
	}
	return b.String()
}
