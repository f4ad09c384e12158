package secret_test

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/tonarimachi/tonarimachi/internal/secret"
)

func TestDoorToken(t *testing.T) {
	t.Parallel()
	d, err := secret.NewDoor(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if again, ok := secret.ParseDoor(d.Reveal()); !ok || again.Reveal() != d.Reveal() {
		t.Error("a token does not read back")
	}
	for _, bad := range []string{"", "x", strings.ToLower(d.Reveal()) + "0", " " + d.Reveal(), d.Reveal()[1:]} {
		if _, ok := secret.ParseDoor(bad); ok {
			t.Errorf("%d characters were accepted", len(bad))
		}
	}
	for _, shown := range []string{
		fmt.Sprintf("%v %+v %#v %s %x", d, d, d, d, d),
		fmt.Sprint(struct{ D secret.Door }{d}),
	} {
		if strings.Contains(shown, d.Reveal()) {
			t.Error("fmt shows the token")
		}
	}
	if _, err := secret.NewDoor(strings.NewReader("short")); err == nil {
		t.Error("a short read made a token")
	}
	k := newKeys(t, rawKey(t))
	ticket, err := secret.ParseTicket(d.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(k.DoorMAC(d), k.TicketMAC(ticket)) {
		t.Error("a door token counts as a participation code")
	}
}

func TestDayCode(t *testing.T) {
	t.Parallel()
	ticket := newTicket(t)
	seen := map[string]bool{}
	for turn := 1; turn <= 50; turn++ {
		c, err := ticket.DayCode(turn)
		if err != nil || !regexp.MustCompile(`^[0-9]{6}$`).MatchString(c.Reveal()) {
			t.Fatalf("turn %d: %q, %v", turn, c.Reveal(), err)
		}
		again, _ := ticket.DayCode(turn)
		if again.Reveal() != c.Reveal() {
			t.Fatal("the same turn gives other digits")
		}
		seen[c.Reveal()] = true
		if shown := fmt.Sprintf("%v %+v %#v %d", c, c, c, c); strings.Contains(shown, c.Reveal()) {
			t.Error("fmt shows the digits")
		}
	}
	if len(seen) < 45 {
		t.Errorf("50 turns give %d codes", len(seen))
	}
	if _, err := (secret.Ticket{}).DayCode(1); err == nil {
		t.Error("no ticket has a day code")
	}
	for _, typed := range []string{"012345", "０１２３４５", " 012-345 ", "012ー345"} {
		if c, ok := secret.ParseDayCode(typed); !ok || c.Reveal() != "012345" {
			t.Errorf("%q reads as %q", typed, c.Reveal())
		}
	}
	for _, typed := range []string{
		"",
		"01234",
		"0123456",
		"01234a",
		"O12345",
		"０１２３４",
		strings.Repeat(" ", 500) + "012345",
		"\xff012345",
	} {
		if _, ok := secret.ParseDayCode(typed); ok {
			t.Errorf("%q was accepted", typed)
		}
	}
}
