package site

import (
	"context"
	"errors"
	"maps"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/guard"
	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// Guard is what the pages ask of guard.Guard.
type Guard interface {
	Take(ctx context.Context, from netip.Addr, r ticket.Request, proof string) (secret.Ticket, ticket.Ticket, error)
	ChangeSlots(ctx context.Context, from netip.Addr, code secret.Ticket, take, giveBack []uuid.UUID, proof string) (ticket.Ticket, error)
}

// guardedTake takes seats behind the guard, where there is one.
func (s *Site) guardedTake(c echo.Context, r ticket.Request, proof string) (secret.Ticket, ticket.Ticket, error) {
	ctx := c.Request().Context()
	if s.guard == nil {
		return s.tickets.Take(ctx, r)
	}
	from, _ := netip.ParseAddr(c.RealIP()) // the zero Addr for what is none
	return s.guard.Take(ctx, from, r, proof)
}

// guardedChange changes slots behind the guard, where there is one.
func (s *Site) guardedChange(c echo.Context, code secret.Ticket, take, giveBack []uuid.UUID, proof string) (ticket.Ticket, error) {
	ctx := c.Request().Context()
	if s.guard == nil {
		return s.tickets.ChangeSlots(ctx, code, take, giveBack)
	}
	from, _ := netip.ParseAddr(c.RealIP())
	return s.guard.ChangeSlots(ctx, from, code, take, giveBack, proof)
}

// proofView keeps a form that was sent while its sender's browser does some work, or its sender waits.
type proofView struct {
	Page          head
	Action        string
	Fields        []hidden
	Token         string
	Bits, Puzzles int
	WorkIn        int // seconds from now until solved work is accepted; 0 for now. Not a moment: the reader's clock may be wrong.
	WaitIn        int // until the token alone is
	Wait          string
	Again         bool // pressed too soon
}

type hidden struct{ Name, Value string }

// askProof shows the page that keeps what was sent; false when the refusal asks for nothing of the kind.
func (s *Site) askProof(c echo.Context, form url.Values, refusal error) (bool, error) {
	f, ok := fault.As(refusal)
	if !ok {
		return false, nil
	}
	v := proofView{Page: head{Title: "少しお待ちください", Discreet: true}, Action: c.Request().URL.Path}
	ask, asked := f.Params[guard.ParamChallenge].(guard.Challenge)
	switch {
	case asked:
		now := s.clock.Now()
		v.Token, v.Bits, v.Puzzles = ask.Token, ask.Bits, ask.Puzzles
		v.WorkIn, v.WaitIn = secondsUntil(ask.WorkAfter, now), secondsUntil(ask.WaitUntil, now)
	case errors.Is(f, guard.ErrEarly): // what was brought is good later
		left, _ := f.Params["seconds"].(int)
		v.Token, v.WorkIn, v.WaitIn, v.Again = form.Get("proof"), left, left, true
	default:
		return false, nil
	}
	v.Wait = waitText(v.WaitIn)
	for _, name := range slices.Sorted(maps.Keys(form)) {
		if name == "proof" {
			continue
		}
		for _, value := range form[name] {
			v.Fields = append(v.Fields, hidden{name, value})
		}
	}
	return true, s.showBucketed(c, httpx.StatusOf(f.Kind), "proof", v)
}

func secondsUntil(t, now time.Time) int { return max(0, int((t.Sub(now)+time.Second-1)/time.Second)) }

// waitText is 20秒 or, rounded up, 4分.
func waitText(seconds int) string {
	if seconds < 90 {
		return strconv.Itoa(seconds) + "秒"
	}
	return strconv.Itoa((seconds+59)/60) + "分"
}
