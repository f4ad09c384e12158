package lottery_test

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tonarimachi/tonarimachi/internal/lottery"
)

var seed = lottery.Seed(bytes.Repeat([]byte{0x5a}, 32))

func number(n int) string { return fmt.Sprintf("%016d", n) }

// lists gives lists that a draw can be made from.
func lists() *rapid.Generator[lottery.List] {
	return rapid.Custom(func(t *rapid.T) lottery.List {
		l := lottery.List{Draw: rapid.StringMatching(`[0-9a-f]{8}`).Draw(t, "draw")}
		var names []string
		for i := range rapid.IntRange(1, 4).Draw(t, "pools") {
			names = append(names, fmt.Sprint("pool-", i))
			l.Pools = append(l.Pools, lottery.Pool{Name: names[i], Seats: rapid.IntRange(0, 12).Draw(t, "seats")})
		}
		for _, n := range rapid.SliceOfNDistinct(rapid.IntRange(0, 9999), 0, 25, rapid.ID[int]).Draw(t, "numbers") {
			choices := rapid.Permutation(names).Draw(t, "choices")
			l.Entries = append(l.Entries, lottery.Entry{
				Number: number(
					n,
				),
				Size:    rapid.IntRange(1, 5).Draw(t, "size"),
				Choices: choices[:rapid.IntRange(1, len(choices)).Draw(t, "of them")],
			})
		}
		return l
	})
}

// again is the draw made by somebody who has only docs/lottery.md: it reads the text, sorts by
// strings and goes through them.
func again(text, seed string, withdrawn map[string]bool, struck map[lottery.Struck]bool) []string {
	sum := func(s string) string { b := sha256.Sum256([]byte(s)); return hex.EncodeToString(b[:]) }
	digest := sum(text)
	room := map[string]int{}
	var keys []string
	lineOf := map[string][]string{}
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		switch f[0] {
		case "pool":
			var seats int
			_, _ = fmt.Sscan(f[2], &seats)
			room[f[1]] = seats
		case "entry":
			k := sum("tonarimachi lottery order v1\n" + seed + "\n" + digest + "\n" + f[1] + "\n")
			keys = append(keys, k)
			lineOf[k] = f
		}
	}
	slices.Sort(keys)
	var out []string
	for _, k := range keys {
		f := lineOf[k]
		var size int
		_, _ = fmt.Sscan(f[2], &size)
		got := ""
		for _, pool := range f[3:] {
			if got == "" && !withdrawn[f[1]] && !struck[lottery.Struck{Number: f[1], Pool: pool}] &&
				room[pool] >= size {
				got, room[pool] = pool, room[pool]-size
			}
		}
		out = append(out, f[1]+" "+got)
	}
	return out
}

func TestDrawIsWhatAnyoneElseGets(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := lists().Draw(t, "list")
		s := lottery.Seed(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "seed"))
		withdrawn, struck := map[string]bool{}, map[lottery.Struck]bool{}
		for _, e := range l.Entries {
			withdrawn[e.Number] = rapid.IntRange(0, 4).Draw(t, "withdraws") == 0
			struck[lottery.Struck{Number: e.Number, Pool: e.Choices[0]}] = rapid.IntRange(
				0,
				4,
			).Draw(
				t,
				"is struck",
			) == 0
		}
		var got []string
		taken := map[string]int{}
		drawn := lottery.DrawWithout(l, s, withdrawn, struck)
		for _, d := range drawn {
			got = append(got, d.Number+" "+d.Pool)
			taken[d.Pool] += d.Size
			if d.Pool != "" && (d.Withdrawn || !slices.Contains(d.Choices, d.Pool)) {
				t.Fatalf("%+v got what it did not ask for", d)
			}
		}
		if want := again(l.Text(), s.Reveal(), withdrawn, struck); !slices.Equal(got, want) {
			t.Fatalf("drawn %v, want %v", got, want)
		}
		for _, p := range l.Pools {
			if taken[p.Name] > p.Seats {
				t.Fatalf("%s has %d seats, %d were given", p.Name, p.Seats, taken[p.Name])
			}
			// Nobody who fits is left out (the skip rule).
			for _, d := range drawn {
				if d.Pool == "" && !d.Withdrawn && slices.Contains(d.Choices, p.Name) &&
					!struck[lottery.Struck{Number: d.Number, Pool: p.Name}] &&
					d.Size <= p.Seats-taken[p.Name] {
					t.Fatalf("%s got nothing, and %s has %d seats left", d.Number, p.Name, p.Seats-taken[p.Name])
				}
			}
		}
		// The order in which entries came in does not matter.
		mixed := l
		mixed.Entries, mixed.Pools = rapid.Permutation(
			l.Entries,
		).Draw(
			t,
			"mixed",
		), rapid.Permutation(
			l.Pools,
		).Draw(
			t,
			"mixed pools",
		)
		if mixed.Digest() != l.Digest() ||
			fmt.Sprint(lottery.DrawWithout(mixed, s, withdrawn, struck)) != fmt.Sprint(drawn) {
			t.Fatal("the order of the entries changes the draw")
		}
	})
}

func TestTextIsReadBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := lists().Draw(t, "list")
		read, err := lottery.Parse(l.Text())
		if err != nil {
			t.Fatal(err)
		}
		if read.Text() != l.Text() {
			t.Fatalf("read back as\n%s\nwant\n%s", read.Text(), l.Text())
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add("tonarimachi lottery list v1\ndraw a\npool p 3\nentry 0123456789ABCDEF 2 p\n")
	f.Add("tonarimachi lottery list v1\ndraw a\n")
	f.Add("tonarimachi lottery list v1\ndraw a\npool p 03\npool p -1\nentry 0123456789ABCDEF 2 p q\n")
	f.Fuzz(func(t *testing.T, text string) {
		l, err := lottery.Parse(text)
		if err != nil {
			if !errors.Is(err, lottery.ErrList) {
				t.Errorf("refused with %v", err)
			}
			return
		}
		if l.Text() != text {
			t.Errorf("%q is read as %q", text, l.Text())
		}
		lottery.Draw(l, seed, nil)
	})
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	const good = "tonarimachi lottery list v1\ndraw a\npool p 3\npool q 1\nentry 0123456789ABCDEF 2 p q\nentry " +
		"0123456789ABCDEG 1 q\n"
	if _, err := lottery.Parse(good); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string][2]string{
		"other header":     {"list v1", "list v2"},
		"no end":           {" 1 q\n", " 1 q"},
		"unknown pool":     {"2 p q", "2 p x"},
		"twice":            {"2 p q", "2 p p"},
		"no choice":        {" 1 q", " 1"},
		"size zero":        {" 1 q\n", " 0 q\n"},
		"leading zero":     {"pool p 3", "pool p 03"},
		"sign":             {"pool p 3", "pool p +3"},
		"negative":         {"pool p 3", "pool p -3"},
		"two spaces":       {"entry 0123456789ABCDEG 1", "entry 0123456789ABCDEG  1"},
		"lower case":       {"ABCDEG", "ABCDEg"},
		"no Crockford":     {"ABCDEG", "ABCDEU"},
		"same number":      {"ABCDEG", "ABCDEF"},
		"not in order":     {"0123456789ABCDEF", "Z123456789ABCDEF"},
		"pools mixed":      {"pool p 3\npool q 1\n", "pool q 1\npool p 3\n"},
		"carriage return":  {"draw a\n", "draw a\r\n"},
		"empty draw":       {"draw a", "draw "},
		"word of its own":  {"pool q 1\n", "pool q 1\nnote x\n"},
		"pool with a rest": {"pool q 1\n", "pool q 1 x\n"},
	} {
		bad := strings.Replace(good, change[0], change[1], 1)
		if bad == good {
			t.Fatalf("%s: nothing was changed", name)
		}
		if _, err := lottery.Parse(bad); !errors.Is(err, lottery.ErrList) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Everybody has the same chance: over many seeds each of ten comes first, and wins one of three
// seats, about equally often.
func TestEverybodyHasTheSameChance(t *testing.T) {
	t.Parallel()
	l := lottery.List{Draw: "fair", Pools: []lottery.Pool{{Name: "p", Seats: 3}}}
	for n := range 10 {
		l.Entries = append(l.Entries, lottery.Entry{Number: number(n), Size: 1, Choices: []string{"p"}})
	}
	const draws = 5000
	first, won := map[string]int{}, map[string]int{}
	for i := range draws {
		s := lottery.Seed(sha256.Sum256(fmt.Append(nil, i)))
		for place, d := range lottery.Draw(l, s, nil) {
			if place == 0 {
				first[d.Number]++
			}
			if d.Pool != "" {
				won[d.Number]++
			}
		}
	}
	for n := range 10 { // fixed seeds, so this passes always or never; the bounds are five standard deviations
		if got := first[number(n)]; got < 394 || got > 606 {
			t.Errorf("%s was first %d times of %d, want about 500", number(n), got, draws)
		}
		if got := won[number(n)]; got < 1338 || got > 1662 {
			t.Errorf("%s won %d times of %d, want about 1500", number(n), got, draws)
		}
	}
}

func claimOf(l lottery.List, s lottery.Seed, withdrawn map[string]bool) lottery.Claim {
	c := lottery.Claim{
		Draw:       l.Draw,
		Commitment: lottery.Commitment(l.Draw, s).String(),
		List:       l.Text(),
		Digest:     l.Digest().String(),
		Seed:       s.Reveal(),
	}
	for _, d := range lottery.Draw(l, s, withdrawn) {
		c.Outcomes = append(c.Outcomes, lottery.Outcome{Number: d.Number, Pool: d.Pool, Withdrawn: d.Withdrawn})
	}
	return c
}

func TestClaimsAreChecked(t *testing.T) {
	t.Parallel()
	l := lottery.List{Draw: "d", Pools: []lottery.Pool{{Name: "p", Seats: 3}, {Name: "q", Seats: 1}}}
	for n := range 6 {
		l.Entries = append(
			l.Entries,
			lottery.Entry{Number: number(n), Size: 1 + n%2, Choices: []string{"p", "q"}[:1+n%2]},
		)
	}
	withdrawn := map[string]bool{number(3): true}
	if faults := claimOf(l, seed, withdrawn).Faults(); faults != nil {
		t.Fatalf("a true claim is refused: %v", faults)
	}
	other := lottery.Seed(bytes.Repeat([]byte{1}, 32))
	for name, lie := range map[string]func(*lottery.Claim){
		"another seed": func(c *lottery.Claim) { c.Seed = other.Reveal() },
		"another seed and its order": func(c *lottery.Claim) {
			promised := c.Commitment
			*c = claimOf(l, other, withdrawn)
			c.Commitment = promised
		},
		"another list and its order": func(c *lottery.Claim) {
			digest := c.Digest
			longer := l
			longer.Entries = append(
				slices.Clone(l.Entries),
				lottery.Entry{Number: number(77), Size: 1, Choices: []string{"p"}},
			)
			*c = claimOf(longer, seed, withdrawn)
			c.Digest = digest
		},
		"a choice struck":   func(c *lottery.Claim) { c.Outcomes[0].Struck = []string{c.Outcomes[0].Pool} },
		"another draw":      func(c *lottery.Claim) { c.Draw = "e" },
		"two places":        func(c *lottery.Claim) { c.Outcomes[0], c.Outcomes[1] = c.Outcomes[1], c.Outcomes[0] },
		"one left out":      func(c *lottery.Claim) { c.Outcomes = c.Outcomes[1:] },
		"a seat for nobody": func(c *lottery.Claim) { c.Outcomes[5].Pool = "q" },
		"a winner left out": func(c *lottery.Claim) {
			for i := range c.Outcomes {
				c.Outcomes[i].Pool = ""
			}
		},
		"withdrawn and seated": func(c *lottery.Claim) {
			for i := range c.Outcomes {
				if c.Outcomes[i].Withdrawn {
					c.Outcomes[i].Pool = "p"
				}
			}
		},
		"no seed": func(c *lottery.Claim) { c.Seed = "" },
		"no list": func(c *lottery.Claim) { c.List = "" },
	} {
		c := claimOf(l, seed, withdrawn)
		lie(&c)
		if c.Faults() == nil {
			t.Errorf("%s: the claim is taken", name)
		}
	}
}

func TestSeed(t *testing.T) {
	t.Parallel()
	s, err := lottery.NewSeed(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if back, err := lottery.ParseSeed(s.Reveal()); err != nil || back != s {
		t.Errorf("%v, %v", back == s, err)
	}
	for _, shown := range []string{
		fmt.Sprint(s),
		fmt.Sprintf("%x %v %+v %#v %s", s, s, s, struct{ S lottery.Seed }{s}, &s),
	} {
		if strings.Contains(shown, s.Reveal()[:8]) || !strings.Contains(shown, "[lottery seed]") {
			t.Errorf("the seed shows in %q", shown)
		}
	}
	if _, err := lottery.NewSeed(strings.NewReader("short")); err == nil {
		t.Error("a short source gives a seed")
	}
	for _, bad := range []string{"", "00", strings.Repeat("0", 63), strings.Repeat("0", 65), strings.Repeat("g", 64)} {
		if _, err := lottery.ParseSeed(bad); err == nil {
			t.Errorf("%q is a seed", bad)
		}
	}
}
