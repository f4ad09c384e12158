package lottery_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tonarimachi/tonarimachi/internal/lottery"
)

const halls = "tonarimachi lottery list v1\ndraw d\n"

// seeded finds a seed by which the numbers come out in this order, so that a test can say who is
// first.
func seeded(t *testing.T, l lottery.List, order ...string) lottery.Seed {
	t.Helper()
	for n := range 10_000 {
		s := lottery.Seed{byte(n), byte(n >> 8)}
		var got []string
		for _, d := range lottery.Draw(l, s, nil) {
			got = append(got, d.Number)
		}
		if slices.Equal(got, order) {
			return s
		}
	}
	t.Fatal("no seed gives this order")
	return lottery.Seed{}
}

// What the floor of a pool that was given leaves of the others; entries are drawn from the first to
// the last.
func TestFloorIsGivenOnce(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		takes   string   // lines; pools are named by them
		wishes  []string // of number(0), number(1) ...
		want    []string
		seats   map[string]int // 1 unless told
		left    int            // the place of who withdrew, from 1
		doubles bool           // entries of size 2
	}{
		"a hall and then its halves": {
			takes:  "a 0 60 A\nb 0 60 B\nw 0 60 A B",
			wishes: []string{"w", "a", "b"},
			want:   []string{"w", "", ""},
		},
		"its halves and then the hall": {
			takes:  "a 0 60 A\nb 0 60 B\nw 0 60 A B",
			wishes: []string{"a", "w", "b"},
			want:   []string{"a", "", "b"},
		},
		"the second wish": {
			takes:  "a 0 60 A\nb 0 60 B\nw 0 60 A B",
			wishes: []string{"a", "w b", "a b w"},
			want:   []string{"a", "b", ""},
		},
		"spans touch": {
			takes:  "a 0 60 A\nb 60 90 A",
			wishes: []string{"a", "b"},
			want:   []string{"a", "b"},
		},
		"spans meet by a minute": {
			takes:  "a 0 61 A\nb 60 90 A",
			wishes: []string{"a", "b"},
			want:   []string{"a", ""},
		},
		"within": {
			takes:  "a 0 90 A\nb 30 60 A",
			wishes: []string{"a", "b"},
			want:   []string{"a", ""},
		},
		"around": {
			takes:  "a 30 60 A\nb 0 90 A",
			wishes: []string{"a", "b"},
			want:   []string{"a", ""},
		},
		"a foyer in common": {
			takes:  "a 0 60 A F:common\nb 0 60 B F:common",
			wishes: []string{"a", "b"},
			want:   []string{"a", "b"},
		},
		"a foyer in common and whole": {
			takes:  "a 0 60 A F:common\nw 0 60 F",
			wishes: []string{"a", "w"},
			want:   []string{"a", ""},
		},
		"a foyer whole and in common": {
			takes:  "a 0 60 A F:common\nw 0 60 F",
			wishes: []string{"w", "a"},
			want:   []string{"w", ""},
		},
		"a foyer whole, later": {
			takes:  "a 0 60 A F:common\nw 60 90 F",
			wishes: []string{"a", "w"},
			want:   []string{"a", "w"},
		},
		"two who share and one who can't": {
			takes:  "a 0 60 A F:common\nb 30 90 B F:common\nw 70 80 F",
			wishes: []string{"a", "b", "w"},
			want:   []string{"a", "b", ""},
		},
		"no seat": {
			takes:  "a 0 60 A\nw 0 60 A",
			wishes: []string{"a w"},
			seats:  map[string]int{"a": 0},
			want:   []string{"w"},
		},
		"no seat takes no floor": {
			takes:  "a 0 60 A\nw 0 60 A",
			wishes: []string{"a", "w"},
			seats:  map[string]int{"a": 0},
			want:   []string{"", "w"},
		},
		"who withdrew takes no floor": {
			takes:  "a 0 60 A\nw 0 60 A",
			wishes: []string{"a", "w"},
			left:   1,
			want:   []string{"", "w"},
		},
		"seats of one pool, floor of one": {
			takes:  "a 0 60 A",
			wishes: []string{"a", "a"},
			seats:  map[string]int{"a": 2},
			want:   []string{"a", ""},
		},
		"seats of one pool, in common": {
			takes:  "a 0 60 F:common",
			wishes: []string{"a", "a", "a"},
			seats:  map[string]int{"a": 2},
			want:   []string{"a", "a", ""},
		},
		"too large takes no floor": {
			takes:   "a 0 60 A\nw 0 60 A",
			wishes:  []string{"a", "w"},
			seats:   map[string]int{"w": 2},
			doubles: true,
			want:    []string{"", "w"},
		},
		"names that begin alike": {
			takes:  "a 0 60 A\nb 0 60 AA\nc 0 60 A-common",
			wishes: []string{"a", "b", "c"},
			want:   []string{"a", "b", "c"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var text strings.Builder
			text.WriteString(halls)
			for line := range strings.Lines(c.takes) {
				pool, _, _ := strings.Cut(line, " ")
				seats, told := c.seats[pool]
				if !told {
					seats = 1
				}
				fmt.Fprintf(&text, "pool %s %d\n", pool, seats)
			}
			for line := range strings.Lines(c.takes) {
				fmt.Fprintf(&text, "takes %s\n", strings.TrimSuffix(line, "\n"))
			}
			size, order := 1, []string{}
			if c.doubles {
				size = 2
			}
			for n, wish := range c.wishes {
				order = append(order, number(n))
				fmt.Fprintf(&text, "entry %s %d %s\n", number(n), size, wish)
			}
			l, err := lottery.Parse(text.String())
			if err != nil {
				t.Fatal(err)
			}
			s, withdrawn, got := seeded(t, l, order...), map[string]bool{}, []string{}
			if c.left > 0 {
				withdrawn[number(c.left-1)] = true
			}
			for _, d := range lottery.Draw(l, s, withdrawn) {
				got = append(got, d.Pool)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("given %q, want %q", got, c.want)
			}
		})
	}
}

// mark is one minute of one space in the naive calendar.
type mark struct {
	space  string
	minute int
}

// againOnFloor is again for lists with floor, made from docs/rounds.md alone: strings, and a
// calendar that is marked minute by minute. who says who stands in it: "" nobody, "+" those who
// share.
func againOnFloor(text, seed string, withdrawn map[string]bool, struck ...lottery.Struck) []string {
	calendar := map[mark]string{}
	marks := func(pool string) map[mark]string {
		all := map[mark]string{}
		for line := range strings.Lines(text) {
			words := strings.Fields(line)
			if words[0] != "takes" || words[1] != pool {
				continue
			}
			from, _ := strconv.Atoi(words[2])
			to, _ := strconv.Atoi(words[3])
			for _, space := range words[4:] {
				name, how, _ := strings.Cut(space, ":")
				for minute := from; minute < to; minute++ {
					if at := (mark{name, minute}); all[at] == "" || how == "" {
						all[at] = map[string]string{"": "whole", "common": "+"}[how]
					}
				}
			}
		}
		return all
	}
	free := func(pool string) bool {
		for at, how := range marks(pool) {
			if there := calendar[at]; there != "" && (there != "+" || how != "+") {
				return false
			}
		}
		return true
	}
	room := map[string]int{}
	for line := range strings.Lines(text) {
		if words := strings.Fields(line); words[0] == "pool" {
			room[words[1]], _ = strconv.Atoi(words[2])
		}
	}
	// again, on a list of which every pool has room for all, gives order and wishes; here only its
	// order is used.
	var out []string
	for _, line := range again(text, seed, map[string]bool{}, nil) {
		number, _, _ := strings.Cut(line, " ")
		got := ""
		for entry := range strings.Lines(text) {
			words := strings.Fields(entry)
			if words[0] != "entry" || words[1] != number || withdrawn[number] {
				continue
			}
			size, _ := strconv.Atoi(words[2])
			for _, pool := range words[3:] {
				if got == "" && room[pool] >= size && free(pool) &&
					!slices.Contains(struck, lottery.Struck{Number: number, Pool: pool}) {
					got = pool
				}
			}
			if got != "" {
				room[got] -= size
				for at, how := range marks(got) {
					calendar[at] = how
				}
			}
		}
		out = append(out, number+" "+got)
	}
	return out
}

// floors gives lists whose pools take floor.
func floors() *rapid.Generator[lottery.List] {
	return rapid.Custom(func(t *rapid.T) lottery.List {
		l := lottery.List{Draw: "d"}
		var names []string
		for i := range rapid.IntRange(1, 9).Draw(t, "pools") {
			names = append(names, fmt.Sprint("pool-", i))
			l.Pools = append(
				l.Pools,
				lottery.Pool{Name: names[i], Seats: rapid.SampledFrom([]int{1, 1, 1, 0, 2, 3}).Draw(t, "seats")},
			)
			if rapid.IntRange(0, 8).Draw(t, "has floor") == 0 {
				continue
			}
			from := rapid.IntRange(0, 20).Draw(t, "from")
			take := lottery.Take{Pool: names[i], From: from, To: from + rapid.IntRange(1, 12).Draw(t, "length")}
			take.Spaces = rapid.SliceOfNDistinct(
				rapid.SampledFrom([]string{"A", "B", "C", "F", "F:common", "G:common"}),
				1,
				4,
				rapid.ID[string],
			).Draw(
				t,
				"spaces",
			)
			slices.Sort(take.Spaces)
			l.Takes = append(l.Takes, take)
		}
		for _, n := range rapid.SliceOfNDistinct(rapid.IntRange(0, 99), 0, 20, rapid.ID[int]).Draw(t, "numbers") {
			choices := rapid.Permutation(names).Draw(t, "choices")
			l.Entries = append(l.Entries, lottery.Entry{
				Number: number(
					n,
				),
				Size:    rapid.SampledFrom([]int{1, 1, 1, 2}).Draw(t, "size"),
				Choices: choices[:rapid.IntRange(1, len(choices)).Draw(t, "of them")],
			})
		}
		return l
	})
}

func TestDrawOnFloorIsWhatAnyoneElseGets(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := floors().Draw(t, "list")
		if read, err := lottery.Parse(l.Text()); err != nil || read.Text() != l.Text() {
			t.Fatalf("%v, read back as\n%s\nwant\n%s", err, read.Text(), l.Text())
		}
		s := lottery.Seed(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "seed"))
		withdrawn, struck := map[string]bool{}, map[lottery.Struck]bool{}
		for _, e := range l.Entries {
			withdrawn[e.Number] = rapid.IntRange(0, 4).Draw(t, "withdraws") == 0
			if rapid.IntRange(0, 4).Draw(t, "is struck") == 0 {
				struck[lottery.Struck{Number: e.Number, Pool: rapid.SampledFrom(e.Choices).Draw(t, "which")}] = true
			}
		}
		var got []string
		for _, d := range lottery.DrawWithout(l, s, withdrawn, struck) {
			got = append(got, d.Number+" "+d.Pool)
		}
		if want := againOnFloor(
			l.Text(),
			s.Reveal(),
			withdrawn,
			slices.Collect(maps.Keys(struck))...); !slices.Equal(
			got,
			want,
		) {
			t.Fatalf("drawn %q, want %q from\n%s", got, want, l.Text())
		}
		mixed := l
		mixed.Takes, mixed.Pools = rapid.Permutation(
			l.Takes,
		).Draw(
			t,
			"mixed floor",
		), rapid.Permutation(
			l.Pools,
		).Draw(
			t,
			"mixed pools",
		)
		if mixed.Digest() != l.Digest() ||
			fmt.Sprint(lottery.Draw(mixed, s, withdrawn)) != fmt.Sprint(lottery.Draw(l, s, withdrawn)) {
			t.Fatal("the order of the lines changes the draw")
		}
	})
}

// A list without its floor is another list, and by it a hall and its halves are both given: the
// model above would notice a draw that forgets the floor.
func TestFloorIsWhatKeepsHalvesApart(t *testing.T) {
	t.Parallel()
	l, err := lottery.Parse(
		halls + "pool a 1\npool w 1\ntakes a 0 60 A\ntakes w 0 60 A B\nentry " + number(
			0,
		) + " 1 a\nentry " + number(
			1,
		) + " 1 w\n",
	)
	if err != nil {
		t.Fatal(err)
	}
	given := func(l lottery.List) (n int) {
		for _, d := range lottery.Draw(l, seed, nil) {
			if d.Pool != "" {
				n++
			}
		}
		return n
	}
	bare := l
	bare.Takes = nil
	if given(l) != 1 || given(bare) != 2 || bare.Digest() == l.Digest() {
		t.Errorf("with floor %d are given, without %d", given(l), given(bare))
	}
	c := claimOf(bare, seed, nil)
	c.List, c.Digest = l.Text(), l.Digest().String()
	if c.Faults() == nil {
		t.Error("a draw that forgot the floor is taken for true")
	}
}

func TestParseRefusesFloor(t *testing.T) {
	t.Parallel()
	const good = halls + "pool p 1\npool q 1\npool r 1\ntakes p 0 60 A F:common\ntakes q 30 90 A B\nentry " +
		"0123456789ABCDEF 1 p q\n"
	if _, err := lottery.Parse(good); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string][2]string{
		"unknown pool": {"takes q", "takes x"},
		"twice":        {"takes q", "takes p"},
		"not in order": {
			"takes p 0 60 A F:common\ntakes q 30 90 A B\n",
			"takes q 30 90 A B\ntakes p 0 60 A F:common\n",
		},
		"after the entries": {
			"takes q 30 90 A B\nentry 0123456789ABCDEF 1 p q\n",
			"entry 0123456789ABCDEF 1 p q\ntakes q 30 90 A B\n",
		},
		"before the pools":      {"pool r 1\ntakes p 0 60 A F:common\n", "takes p 0 60 A F:common\npool r 1\n"},
		"no space":              {"30 90 A B", "30 90"},
		"an empty space":        {"30 90 A B", "30 90 A "},
		"no end":                {"30 90 A B", "30 A B"},
		"empty":                 {"30 90", "30 30"},
		"inverted":              {"30 90", "90 30"},
		"before 1970":           {"0 60 A", "-1 60 A"},
		"a zero before":         {"30 90", "030 90"},
		"a zero before the end": {"30 90", "30 090"},
		"a sign":                {"30 90", "30 +90"},
		"minus nothing":         {"p 0 60", "p -0 60"},
		"beyond all time":       {"30 90", "30 100000001"},
		"beyond all numbers":    {"30 90", "30 99999999999999999999"},
		"a fraction":            {"30 90", "30 90.5"},
		"spaces not in order":   {"90 A B", "90 B A"},
		"a space twice":         {"90 A B", "90 A A"},
		"common of nothing":     {"F:common", ":common"},
		"another way of use":    {"F:common", "F:private"},
		"common twice":          {"F:common", "F:common:common"},
		"a space with a colon":  {"90 A B", "90 A:1 B"},
		"a Japanese space":      {"90 A B", "90 A 和室"},
		"two blanks":            {"90 A B", "90 A  B"},
		"a tab":                 {"90 A B", "90 A\tB"},
		"too many spaces":       {"90 A B", "90 " + strings.Join(spaces(101), " ")},
		"a name without end":    {"90 A B", "90 A B" + strings.Repeat("B", 100)},
	} {
		bad := strings.Replace(good, change[0], change[1], 1)
		if bad == good {
			t.Fatalf("%s: nothing was changed", name)
		}
		if _, err := lottery.Parse(bad); !errors.Is(err, lottery.ErrList) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// As large as a room may be.
	if _, err := lottery.Parse(strings.Replace(good, "90 A B", "90 "+strings.Join(spaces(60), " "), 1)); err != nil {
		t.Errorf("a room of 60 spaces: %v", err)
	}
}

func spaces(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("s%03d", i)
	}
	return all
}

// What stands on a takes line is refused, or read exactly as written and within bounds, and then
// drawn as anyone else draws it.
func FuzzTakes(f *testing.F) {
	for _, line := range []string{
		"0 60 A",
		"0 60 A F:common",
		"30 60 F:common",
		"59 60 A B C",
		"60 61 A",
		"+1 2 A",
		"01 2 A",
		"5 5 A",
		"0 1 A A",
		"0 1 :common",
		"0 1 A:common:common",
		"0 1 A\ntakes q 0 1 A",
		"0 1 ",
	} {
		f.Add(line, "15 45 A F:common")
	}
	f.Fuzz(func(t *testing.T, first, second string) {
		text := halls + "pool p 1\npool q 2\npool r 1\ntakes p " + first + "\ntakes q " + second + "\nentry " + number(
			1,
		) + " 1 p q\nentry " + number(
			2,
		) + " 1 q p\nentry " + number(
			3,
		) + " 2 q r\n"
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
		for _, take := range l.Takes {
			if take.From < 0 || take.From >= take.To || len(take.Spaces) == 0 || !slices.IsSorted(take.Spaces) {
				t.Errorf("accepted: %+v", take)
			}
			if take.To > 2000 {
				return // the naive calendar goes minute by minute
			}
		}
		var got []string
		for _, d := range lottery.Draw(l, seed, nil) {
			got = append(got, d.Number+" "+d.Pool)
		}
		if want := againOnFloor(text, seed.Reveal(), nil); !slices.Equal(got, want) {
			t.Errorf("drawn %q, want %q from\n%s", got, want, text)
		}
	})
}
