package notice_test

import (
	"bytes"
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/contact"
	"github.com/tonarimachi/tonarimachi/internal/notice"
	"github.com/tonarimachi/tonarimachi/internal/retention"
)

func TestManyWorkersSendEachOnce(t *testing.T) {
	t.Parallel()
	k := setup(t)
	const crowd = 30
	e := k.event(t, 10, crowd)
	for i := range crowd {
		k.take(t, e, fmt.Sprintf("a%d@example.jp", i))
	}
	k.cancel(t, e)
	var together sync.WaitGroup
	for range 6 {
		together.Go(func() {
			for range 5 {
				if _, err := k.by.Deliver(t.Context(), e.ID, 0); err != nil {
					t.Error(err)
				}
			}
		})
	}
	together.Wait()
	k.deliver(t, e, 0)
	ids := map[string]bool{}
	for _, m := range k.mail.sent {
		ids[m.ID] = true
	}
	if len(k.mail.sent) != crowd || len(ids) != crowd {
		t.Errorf("%d mails with %d ids, want %d", len(k.mail.sent), len(ids), crowd)
	}
}

func TestServersThatSayLaterAreTriedAgainForADay(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.event(t, 10, 5)
	k.take(t, e, "a@example.jp")
	k.take(t, e, "b@example.jp")
	k.cancel(t, e)
	k.mail.says(func(m notice.Mail, handed bool) error {
		if handed && m.To.Mail() == "a@example.jp" {
			return fmt.Errorf("%w: greylisted", notice.ErrLater)
		}
		return nil
	})
	waits := time.Duration(0)
	for round := range 7 {
		next, err := k.by.Deliver(t.Context(), e.ID, round)
		if err != nil || len(next) != 1 || next[0].Round != round+1 || next[0].After <= 0 {
			t.Fatalf("round %d: next %v, %v", round, next, err)
		}
		waits += next[0].After
		if again := k.deliver(t, e, round); again != "[]" {
			t.Errorf("the same round again does something: %s", again)
		}
	}
	if k.deliver(t, e, 7) != "[]" || waits < 24*time.Hour {
		t.Errorf("given up after %s", waits)
	}
	k.expect(t, e, "cancellation failed", "cancellation sent")
	if got, want := k.counts(), map[string]int64{
		"cancellation sent":    1,
		"cancellation failed":  7,
		"cancellation gave_up": 1,
	}; !maps.Equal(
		got,
		want,
	) {
		t.Errorf("counted %v, want %v", got, want)
	}
	if n := k.number(
		t,
		"select max(handovers) from notice where state = 'failed'",
	); n > 1 { // the last round is not taken back
		t.Errorf("%d handovers count of a message that was never taken", n)
	}
}

func TestWhoTakesNothingIsLeftAlone(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.event(t, 10, 5)
	k.take(t, e, "a@example.jp")
	k.cancel(t, e)
	tries := 0
	k.mail.says(func(notice.Mail, bool) error { tries++; return fmt.Errorf("%w: code 550", notice.ErrRefused) })
	if next := k.deliver(t, e, 0); next != "[]" {
		t.Errorf("next %s", next)
	}
	k.deliver(t, e, 0)
	if k.expect(t, e, "cancellation refused"); tries != 1 {
		t.Errorf("tried %d times", tries)
	}
	if got := k.counts(); !maps.Equal(got, map[string]int64{"cancellation refused": 1}) {
		t.Errorf("counted %v", got)
	}
}

// An answer that was lost may have been a yes: once more, and never a third time.
func TestALostAnswerMakesOneDuplicateAtMost(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.event(t, 10, 5)
	k.take(t, e, "a@example.jp")
	k.cancel(t, e)
	left := 0
	k.mail.says(func(_ notice.Mail, handed bool) error {
		if handed {
			left++
			return notice.ErrUnclear
		}
		return nil
	})
	for round := range 5 {
		k.deliver(t, e, round)
	}
	if k.expect(t, e, "cancellation sent"); left != 2 {
		t.Errorf("left %d times, want 2", left)
	}
}

func TestAServerThatIsDownLosesNothing(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.event(t, 10, 5)
	k.take(t, e, "canary@example.jp")
	k.cancel(t, e)
	k.mail.down = true
	for range 3 {
		if _, err := k.by.Deliver(
			t.Context(),
			e.ID,
			0,
		); !errors.Is(err, notice.ErrUnreachable) ||
			strings.Contains(err.Error(), "canary") {
			t.Errorf("err = %v", err)
		}
	}
	k.expect(t, e, "cancellation due")
	k.mail.down = false
	k.deliver(t, e, 0)
	k.expect(t, e, "cancellation sent")
	if strings.Contains(k.log.String(), "canary") || !strings.Contains(k.log.String(), "sent=1") {
		t.Errorf("log: %s", k.log)
	}
}

func TestNothingIsSentAtNightButWhatWouldComeTooLate(t *testing.T) {
	t.Parallel()
	k := setup(t)
	soon, later := k.event(t, 1, 5), k.event(t, 5, 5)
	k.exec(t, "update part set starts_at = starts_at - interval '4 hours' where event_id = $1", soon.ID)
	k.exec(t, "update occurrence set starts_at = starts_at - interval '4 hours' where event_id = $1", soon.ID) // 10:00
	k.take(t, soon, "soon@example.jp")
	k.take(t, later, "later@example.jp")
	today := clock.Today(k.clock)
	k.clock.Set(today.At(22, 0))
	k.cancel(t, soon)
	k.cancel(t, later)
	k.deliver(t, soon, 0)
	if next := k.deliver(t, later, 0); next != "[{0 9h0m0s}]" {
		t.Errorf("next %s, want at 7:00", next)
	}
	k.expect(t, soon, "cancellation sent")
	k.expect(t, later, "cancellation due")
	k.clock.Set(today.AddDays(1).At(6, 59))
	k.deliver(t, later, 0)
	k.expect(t, later, "cancellation due")
	k.clock.Set(today.AddDays(1).At(7, 0))
	k.deliver(t, later, 0)
	k.expect(t, later, "cancellation sent")
}

func TestWhoTookTheContactBackIsToldNothing(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.event(t, 10, 5)
	code, _ := k.take(t, e, "a@example.jp")
	late, _ := k.take(t, e, "b@example.jp")
	k.cancel(t, e)
	if err := k.service.Remove(t.Context(), code); err != nil {
		t.Fatal(err)
	}
	// At the last moment too, while the server waits for the message.
	k.mail.says(func(_ notice.Mail, handed bool) error {
		if handed {
			return errCanary
		}
		return k.service.Remove(t.Context(), late)
	})
	k.deliver(t, e, 0)
	if k.expect(t, e, "cancellation dropped", "cancellation dropped"); len(k.mail.sent) != 0 {
		t.Errorf("%d mails left", len(k.mail.sent))
	}
}

func TestAfterTheKeyIsGoneNothingIsSent(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.event(t, 10, 5)
	k.take(t, e, "a@example.jp")
	k.cancel(t, e)
	if err := k.vault.Destroy(e.OccurrenceID); err != nil {
		t.Fatal(err)
	}
	k.deliver(t, e, 0)
	k.expect(t, e, "cancellation dropped")
	k.clock.Set(e.EndsAt.Add(retention.AfterDate + time.Second))
	if _, err := k.keeper.DestroyKeys(
		t.Context(),
	); err != nil ||
		k.number(t, "select count(*) from ticket_contact") != 0 {
		t.Errorf("contacts are left: %v", err)
	}
}

func TestPushesAreSentAndDeadOnesForgotten(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.event(t, 10, 5)
	code, _ := k.take(t, e, "")
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c, err := contact.FromPush(
		"https://push.example/canary",
		base64.RawURLEncoding.EncodeToString(key.PublicKey().Bytes()),
		base64.RawURLEncoding.EncodeToString(bytes.Repeat([]byte{1}, 16)),
	)
	if err != nil {
		t.Fatal(err)
	}
	if err := k.service.Put(t.Context(), code, c); err != nil {
		t.Fatal(err)
	}
	k.exec(t, "update occurrence set place_name = 'elsewhere' where id = $1", e.OccurrenceID)
	k.deliver(t, e, 0)
	if len(k.pushes.sent) != 1 ||
		k.pushes.sent[0] != `https://push.example/canary {"title":"お申し込みの予定について","body":"お申し込みの予定に、変更がありました。"}` {
		t.Errorf("pushed %q", k.pushes.sent)
	}
	k.pushes.err = notice.ErrGone
	k.cancel(t, e)
	k.deliver(t, e, 0)
	k.expect(t, e, "cancellation refused", "change sent")
	if n := k.number(t, "select count(*) from ticket_contact"); n != 0 {
		t.Error("a subscription that ended is kept")
	}
	if strings.Contains(k.log.String(), "canary") {
		t.Errorf("log: %s", k.log)
	}
}

// While one worker talks to a server, another that is called for the same event does nothing.
func TestAnotherWorkerKeepsOut(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.event(t, 10, 5)
	k.take(t, e, "a@example.jp")
	k.cancel(t, e)
	var inside atomic.Bool
	k.mail.says(func(notice.Mail, bool) error {
		if inside.CompareAndSwap(false, true) {
			// In a goroutine of its own, as another worker would be.
			var other sync.WaitGroup
			other.Go(func() {
				if next, err := k.by.Deliver(t.Context(), e.ID, 0); err != nil || len(next) != 0 {
					t.Errorf("the other: %v, %v", next, err)
				}
			})
			other.Wait()
			if n := len(k.mail.addresses()); n != 0 {
				t.Errorf("the other sent %d", n)
			}
		}
		return nil
	})
	k.deliver(t, e, 0)
	if n := len(k.mail.addresses()); n != 1 {
		t.Errorf("%d mails, want 1", n)
	}
}
