package lottery_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/tonarimachi/tonarimachi/internal/lottery"
)

// small is a list with one of each.
func small() lottery.List {
	return lottery.List{
		Draw:    "d",
		Pools:   []lottery.Pool{{Name: "p", Seats: 3}},
		Takes:   []lottery.Take{{Pool: "p", From: 0, To: 60, Spaces: []string{"A"}}},
		Entries: []lottery.Entry{{Number: number(1), Size: 1, Choices: []string{"p"}}},
	}
}

func pools(n int) (all []lottery.Pool) {
	for i := range n {
		all = append(all, lottery.Pool{Name: fmt.Sprint("p", i), Seats: 1})
	}
	return all
}

func choices(n int) (all []string) {
	for _, p := range pools(n) {
		all = append(all, p.Name)
	}
	return all
}

func entries(n int) (all []lottery.Entry) {
	for i := range n {
		all = append(all, lottery.Entry{Number: number(i), Size: 1, Choices: []string{"p"}})
	}
	return all
}

// Each bound of a list is tried where it still holds and one beyond.
func TestBoundsOfAList(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*lottery.List)
		want   string // what is wrong, "" for nothing
	}{
		{"nothing", func(*lottery.List) {}, ""},
		{"no name", func(l *lottery.List) { l.Draw = "" }, "the name of the draw"},
		{"a name of 100", func(l *lottery.List) { l.Draw = strings.Repeat("x", 100) }, ""},
		{"a name of 101", func(l *lottery.List) { l.Draw = strings.Repeat("x", 101) }, "the name of the draw"},
		{"every mark of a name", func(l *lottery.List) { l.Draw = "09azAZ-._:" }, ""},
		{"100,000 entries", func(l *lottery.List) { l.Entries = entries(100_000) }, ""},
		{"100,001 entries", func(l *lottery.List) { l.Entries = entries(100_001) },
			"more than 20000 pools or 100000 entries"},
		{"20,001 pools", func(l *lottery.List) { l.Pools = append(l.Pools, pools(20_000)...) },
			"more than 20000 pools or 100000 entries"},
		{"20,000 pools", func(l *lottery.List) { l.Pools = append(l.Pools, pools(19_999)...) }, ""},
		{"no seat", func(l *lottery.List) { l.Pools[0].Seats = 0 }, ""},
		{"less than no seat", func(l *lottery.List) { l.Pools[0].Seats = -1 }, `pool "p"`},
		{"a million seats", func(l *lottery.List) { l.Pools[0].Seats = 1_000_000 }, ""},
		{"one more seat", func(l *lottery.List) { l.Pools[0].Seats = 1_000_001 }, `pool "p"`},
		{"a pool twice", func(l *lottery.List) { l.Pools = append(l.Pools, l.Pools[0]) }, `pool "p"`},
		{"a pool with a space in its name", func(l *lottery.List) { l.Pools[0].Name = "p q" }, `pool "p q"`},
		{"a long name is cut", func(l *lottery.List) { l.Pools[0].Name = strings.Repeat("+", 21) },
			`pool "` + strings.Repeat("+", 20) + `"`},
		{"floor of no pool", func(l *lottery.List) { l.Takes[0].Pool = "q" }, `the floor of pool "q"`},
		{"from 1970", func(l *lottery.List) { l.Takes[0].From = 0 }, ""},
		{"from before 1970", func(l *lottery.List) { l.Takes[0].From = -1 }, `the floor of pool "p"`},
		{"a minute long", func(l *lottery.List) { l.Takes[0].From = 59 }, ""},
		{"no minute long", func(l *lottery.List) { l.Takes[0].From = 60 }, `the floor of pool "p"`},
		{"until the last minute", func(l *lottery.List) { l.Takes[0].To = 100_000_000 }, ""},
		{"until a minute more", func(l *lottery.List) { l.Takes[0].To = 100_000_001 }, `the floor of pool "p"`},
		{"no space", func(l *lottery.List) { l.Takes[0].Spaces = nil }, `the floor of pool "p"`},
		{"60 spaces", func(l *lottery.List) { l.Takes[0].Spaces = spaces(60) }, ""},
		{"61 spaces", func(l *lottery.List) { l.Takes[0].Spaces = spaces(61) }, `the floor of pool "p"`},
		{"a size of none", func(l *lottery.List) { l.Entries[0].Size = 0 }, `entry "` + number(1) + `"`},
		{"a size of a million", func(l *lottery.List) { l.Entries[0].Size = 1_000_000 }, ""},
		{"a size of one more", func(l *lottery.List) { l.Entries[0].Size = 1_000_001 }, `entry "` + number(1) + `"`},
		{"a number of 15", func(l *lottery.List) { l.Entries[0].Number = number(1)[1:] },
			`entry "` + number(1)[1:] + `"`},
		{"a number of 17", func(l *lottery.List) { l.Entries[0].Number = number(1) + "0" },
			`entry "` + number(1) + `0"`},
		{"no choice", func(l *lottery.List) { l.Entries[0].Choices = nil }, `entry "` + number(1) + `"`},
		{"50 choices", func(l *lottery.List) {
			l.Pools, l.Entries[0].Choices = append(l.Pools, pools(50)...), choices(50)
		}, ""},
		{"51 choices", func(l *lottery.List) {
			l.Pools, l.Entries[0].Choices = append(l.Pools, pools(51)...), choices(51)
		}, `entry "` + number(1) + `"`},
		{"a choice twice", func(l *lottery.List) { l.Entries[0].Choices = []string{"p", "p"} },
			`choice 2 of entry "` + number(1) + `"`},
		{"a choice of no pool", func(l *lottery.List) { l.Entries[0].Choices = []string{"q"} },
			`choice 1 of entry "` + number(1) + `"`},
	} {
		l := small()
		c.change(&l)
		wantWrong(t, c.name, l.Check(), c.want)
	}
	for _, mark := range "/;@[`{+ あ" { // those beside the marks of a name
		l := small()
		l.Draw = "a" + string(mark)
		wantWrong(t, "a name with "+string(mark), l.Check(), "the name of the draw")
	}
}

func wantWrong(t *testing.T, what string, err error, want string) {
	t.Helper()
	if want == "" {
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
		return
	}
	if !errors.Is(err, lottery.ErrList) || err.Error() != "not a lottery list: "+want {
		t.Errorf("%s: %v, want %s", what, err, want)
	}
}

// The error of a text says on which line it stops to be one.
func TestParseSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	const head = "tonarimachi lottery list v1\ndraw d\n"
	for _, c := range []struct{ text, want string }{
		{head + "pool p 1\nentry " + number(1) + " 1 p\n", ""},
		{"", "it does not begin as one"},
		{strings.Repeat("x", 64<<20), "it does not begin as one"},
		{strings.Repeat("x", 64<<20+1), "too long"},
		{head + "pool p 1", "line 3 has no end"},
		{head + "pool p 1\n\n", "line 4"},
		{head + "pool p x\n", "line 3"},
		{head + "seat p 1\n", "line 3"},                            // three words, but no pool
		{head + "pool p\n", "line 3"},                              // two words
		{head + "pool p 1 2\n", "line 3"},                          // four words
		{head + "pool p 1\ntakes p 0 60\n", "line 4"},              // no space
		{head + "pool p 1\nfloor p 0 60 A\n", "line 4"},            // five words, but no floor
		{head + "pool p 1\ntakes p 0 x A\n", "line 4"},             //
		{head + "pool p 1\nentry " + number(1) + " 1\n", "line 4"}, // no choice
		{head + "pool p 1\nwish " + number(1) + " 1 p\n", "line 4"},
		{head + "pool p 1\nentry " + number(1) + " 1 q\n", `choice 1 of entry "` + number(1) + `"`},
		{head + "pool q 1\npool p 1\n", "its lines are not in order, or written another way"},
	} {
		_, err := lottery.Parse(c.text)
		wantWrong(t, fmt.Sprintf("%.60q", c.text), err, c.want)
	}
}

// What does not fit is said once, and only what the claim itself is to blame for.
func TestFaultsOfAClaim(t *testing.T) {
	t.Parallel()
	l := small()
	l.Takes = nil
	good := claimOf(l, seed, nil)
	long := l
	long.Entries = entries(2)
	for _, c := range []struct {
		name  string
		claim lottery.Claim
		lie   func(*lottery.Claim)
		want  []string // how each fault begins
	}{
		{"the truth", good, func(*lottery.Claim) {}, nil},
		{"no seed", good, func(c *lottery.Claim) { c.Seed = "" }, []string{"The seed is not one: "}},
		{"no list", good, func(c *lottery.Claim) { c.List = "" },
			[]string{"The list is not the one that was published: ", "The list can't be drawn from: "}},
		{"neither", good, func(c *lottery.Claim) { c.Seed, c.List = "", "" },
			[]string{
				"The seed is not one: ", "The list is not the one that was published: ",
				"The list can't be drawn from: ",
			}},
		{"another digest", good, func(c *lottery.Claim) { c.Digest = lottery.Digest{}.String() },
			[]string{"The list is not the one that was published: "}},
		{"another draw", good, func(c *lottery.Claim) { c.Draw = "e" },
			[]string{"The seed is not the one that was promised: ", "The list is of another draw, d."}},
		{"one more outcome", good, func(c *lottery.Claim) { c.Outcomes = append(c.Outcomes, c.Outcomes...) },
			[]string{"1 numbers were drawn, 2 outcomes are claimed."}},
		{"no outcome", good, func(c *lottery.Claim) { c.Outcomes = nil },
			[]string{"1 numbers were drawn, 0 outcomes are claimed."}},
		{"another number", good, func(c *lottery.Claim) { c.Outcomes[0].Number = number(2) },
			[]string{"Place 1 is " + number(1) + ` with "p", claimed is ` + number(2) + ` with "p".`}},
		{"another pool", good, func(c *lottery.Claim) { c.Outcomes[0].Pool = "" },
			[]string{"Place 1 is " + number(1) + ` with "p", claimed is ` + number(1) + ` with "".`}},
		{"the second place", claimOf(long, seed, nil), func(c *lottery.Claim) { c.Outcomes[1].Pool = "q" },
			[]string{"Place 2 is "}},
	} {
		claim := c.claim
		claim.Outcomes = append([]lottery.Outcome{}, claim.Outcomes...)
		c.lie(&claim)
		got := claim.Faults()
		fits := len(got) == len(c.want)
		for i := 0; fits && i < len(got); i++ {
			fits = strings.HasPrefix(got[i], c.want[i])
		}
		if !fits {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestNewNumber(t *testing.T) {
	t.Parallel()
	got, err := lottery.NewNumber(strings.NewReader("0123456789"))
	if err != nil || got != "60RK4CSM6MV3EE1S" {
		t.Errorf("80 bits give %q, %v", got, err)
	}
	if _, err := lottery.NewNumber(strings.NewReader("012345678")); err == nil {
		t.Error("72 bits give a number")
	}
}

func TestASumHas64Digits(t *testing.T) {
	t.Parallel()
	if _, err := lottery.ParseDigest("00"); err == nil || !strings.Contains(err.Error(), "want 64 hexadecimal digits") {
		t.Errorf("two digits: %v", err)
	}
}
