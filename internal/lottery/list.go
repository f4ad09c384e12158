package lottery

import (
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// List is what is fixed when applications close.
type List struct {
	Draw    string // names the draw
	Pools   []Pool
	Takes   []Take
	Entries []Entry
}

// Pool is what is drawn for: so many seats, or one room at one time.
type Pool struct {
	Name  string
	Seats int
}

// Take says which floor goes with a pool, so that a hall and its halves are not both given. A pool
// can be had while nobody who was drawn before took any of its spaces for a time that overlaps.
// Times are minutes since 1970, [From, To). A space named with Common behind it is used in common:
// those who share it don't keep each other out, and whoever takes it whole keeps out all.
type Take struct {
	Pool     string
	From, To int
	Spaces   []string
}

// Common stands behind the name of a space that is used in common.
const Common = ":common"

// Entry is one application. Nothing in it says who it is of.
type Entry struct {
	Number  string   // 16 characters of Crockford's base 32
	Size    int      // drawn whole
	Choices []string // names of pools, the dearest first
}

// Bounds of a list. They keep a hostile text from costing much.
const (
	MaxEntries = 100_000
	MaxPools   = 20_000 // 2,000 applications for rooms with 10 wishes each
	MaxChoices = 50
	maxName    = 100
	maxCount   = 1_000_000
	maxSpaces  = 60 // of one room
	maxMinute  = 100_000_000
	maxText    = 64 << 20
	header     = "tonarimachi lottery list v1"
)

// ErrList is a list that no draw can be made from; what is wrong is in the text of the error that
// wraps it.
var ErrList = errors.New("not a lottery list")

// Text is the one way to write a list: a line for the draw, one for each pool, one for the floor of
// each that has some, and one for each entry; each in the order of their names' bytes. Its SHA-256
// is the digest.
func (l List) Text() string {
	pools, takes, entries := slices.Clone(l.Pools), slices.Clone(l.Takes), slices.Clone(l.Entries)
	slices.SortFunc(takes, func(a, b Take) int { return cmp.Compare(a.Pool, b.Pool) })
	slices.SortFunc(pools, func(a, b Pool) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(entries, func(a, b Entry) int { return cmp.Compare(a.Number, b.Number) })
	var b strings.Builder
	fmt.Fprintf(&b, "%s\ndraw %s\n", header, l.Draw)
	for _, p := range pools {
		fmt.Fprintf(&b, "pool %s %d\n", p.Name, p.Seats)
	}
	for _, t := range takes {
		fmt.Fprintf(&b, "takes %s %d %d %s\n", t.Pool, t.From, t.To, strings.Join(t.Spaces, " "))
	}
	for _, e := range entries {
		fmt.Fprintf(&b, "entry %s %d %s\n", e.Number, e.Size, strings.Join(e.Choices, " "))
	}
	return b.String()
}

// Digest is the SHA-256 of the text.
func (l List) Digest() Digest { return sha256.Sum256([]byte(l.Text())) }

// Check fails with ErrList for a list that can't be drawn from or that Text could not write so that
// Parse reads the same.
func (l List) Check() error {
	if !isName(l.Draw) {
		return wrong("the name of the draw")
	}
	if len(l.Pools) > MaxPools || len(l.Entries) > MaxEntries {
		return wrong("more than %d pools or %d entries", MaxPools, MaxEntries)
	}
	pools := make(map[string]bool, len(l.Pools))
	for _, p := range l.Pools {
		if !isName(p.Name) || pools[p.Name] || p.Seats < 0 || p.Seats > maxCount {
			return wrong("pool %q", short(p.Name))
		}
		pools[p.Name] = true
	}
	floors := make(map[string]bool, len(l.Takes))
	for _, t := range l.Takes {
		if !pools[t.Pool] || floors[t.Pool] || !t.valid() {
			return wrong("the floor of pool %q", short(t.Pool))
		}
		floors[t.Pool] = true
	}
	numbers := make(map[string]bool, len(l.Entries))
	for _, e := range l.Entries {
		if !isNumber(e.Number) || numbers[e.Number] || e.Size < 1 || e.Size > maxCount || len(e.Choices) < 1 ||
			len(e.Choices) > MaxChoices {
			return wrong("entry %q", short(e.Number))
		}
		numbers[e.Number] = true
		for i, choice := range e.Choices {
			if !pools[choice] || slices.Contains(e.Choices[:i], choice) {
				return wrong("choice %d of entry %q", i+1, short(e.Number))
			}
		}
	}
	return nil
}

func (t Take) valid() bool {
	if t.From < 0 || t.From >= t.To || t.To > maxMinute || len(t.Spaces) < 1 || len(t.Spaces) > maxSpaces {
		return false
	}
	for i, space := range t.Spaces {
		// A colon is only before "common": docs/rounds.md takes what stands before the first one
		// for the name.
		name := strings.TrimSuffix(space, Common)
		if !isName(space) || name == "" || strings.Contains(name, ":") || i > 0 && t.Spaces[i-1] >= space {
			return false
		}
	}
	return true
}

// Parse reads a text exactly as Text writes it; ErrList for anything else.
func Parse(text string) (List, error) {
	var l List
	if len(text) > maxText {
		return List{}, wrong("too long")
	}
	rest, ok := strings.CutPrefix(text, header+"\ndraw ")
	if !ok {
		return List{}, wrong("it does not begin as one")
	}
	l.Draw, rest, _ = strings.Cut(rest, "\n")
	for n := 3; rest != ""; n++ {
		var line string
		if line, rest, ok = strings.Cut(rest, "\n"); !ok {
			return List{}, wrong("line %d has no end", n)
		}
		words := strings.Split(line, " ")
		var count int
		if len(words) >= 3 {
			var err error
			if count, err = strconv.Atoi(words[2]); err != nil {
				return List{}, wrong("line %d", n)
			}
		}
		switch {
		case words[0] == "pool" && len(words) == 3:
			l.Pools = append(l.Pools, Pool{Name: words[1], Seats: count})
		case words[0] == "takes" && len(words) >= 5:
			to, err := strconv.Atoi(words[3])
			if err != nil {
				return List{}, wrong("line %d", n)
			}
			l.Takes = append(l.Takes, Take{Pool: words[1], From: count, To: to, Spaces: words[4:]})
		case words[0] == "entry" && len(words) >= 4:
			l.Entries = append(l.Entries, Entry{Number: words[1], Size: count, Choices: words[3:]})
		default:
			return List{}, wrong("line %d", n)
		}
	}
	if err := l.Check(); err != nil {
		return List{}, err
	}
	if l.Text() != text {
		return List{}, wrong("its lines are not in order, or written another way")
	}
	return l, nil
}

func wrong(what string, args ...any) error {
	return fmt.Errorf("%w: "+what, append([]any{ErrList}, args...)...)
}

func short(s string) string { return s[:min(len(s), 20)] }

func isName(s string) bool {
	return s != "" && len(s) <= maxName && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '-' && r != '.' &&
			r != '_' && r != ':'
	})
}

// NumberLength is how many characters a number has: 80 bits.
const NumberLength = 16

const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ" // Crockford's

func isNumber(s string) bool {
	return len(s) == NumberLength &&
		!strings.ContainsFunc(s, func(r rune) bool { return !strings.ContainsRune(alphabet, r) })
}

// NewNumber draws the number of an entry from r, which must be cryptographically random.
func NewNumber(r io.Reader) (string, error) {
	var b [NumberLength * 5 / 8]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return "", fmt.Errorf("draw number: %w", err)
	}
	return base32.NewEncoding(alphabet).WithPadding(base32.NoPadding).EncodeToString(b[:]), nil
}
