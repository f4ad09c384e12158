package page

import (
	"errors"
	"maps"
	"net/url"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/admission"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/httpx"
)

// ProofView keeps a form that was sent while its sender's browser does some work, or its sender
// waits.
type ProofView struct {
	Page          Head
	Action        string
	Fields        []hidden
	Token         string
	Bits, Puzzles int
	// seconds from now until solved work is accepted; 0 for now. Not a moment: the reader's clock
	// may be wrong.
	WorkIn int
	WaitIn int // until the token alone is
	Wait   string
	Again  bool // pressed too soon
}

type hidden struct{ Name, Value string }

// AskProof shows the page that keeps what was sent; false when the refusal asks for nothing of the
// kind.
func (r *Renderer) AskProof(c echo.Context, form url.Values, refusal error) (bool, error) {
	f, ok := fault.As(refusal)
	if !ok {
		return false, nil
	}
	v := ProofView{Page: Head{Title: r.Text("page.proof.title"), Discreet: true}, Action: c.Request().URL.Path}
	ask, asked := f.Params[admission.ParamChallenge].(admission.Challenge)
	switch {
	case asked:
		now := r.Clock.Now()
		v.Token, v.Bits, v.Puzzles = ask.Token, ask.Bits, ask.Puzzles
		v.WorkIn, v.WaitIn = secondsUntil(ask.WorkAfter, now), secondsUntil(ask.WaitUntil, now)
	case errors.Is(f, admission.ErrEarly): // what was brought is good later
		left, _ := f.Params["seconds"].(int)
		v.Token, v.WorkIn, v.WaitIn, v.Again = form.Get("proof"), left, left, true
	default:
		return false, nil
	}
	v.Wait = r.waitText(v.WaitIn)
	for _, name := range slices.Sorted(maps.Keys(form)) {
		if name == "proof" {
			continue
		}
		for _, value := range form[name] {
			v.Fields = append(v.Fields, hidden{name, value})
		}
	}
	return true, r.ShowPadded(c, httpx.StatusOf(f.Kind), "proof", v)
}

func secondsUntil(t, now time.Time) int { return max(0, int((t.Sub(now)+time.Second-1)/time.Second)) }

// waitText is 20秒 or, rounded up, 4分.
func (r *Renderer) waitText(seconds int) string {
	if seconds < 90 {
		return r.Text("page.proof.seconds", "n", seconds)
	}
	return r.Text("page.proof.minutes", "n", (seconds+59)/60)
}
