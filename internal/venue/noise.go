package venue

// Noise is how loud a use is, and what a room bears.
type Noise string

// From quiet to loud.
const (
	Quiet  Noise = "quiet"  // a consultation: nobody outside should hear, nothing outside should be heard
	Normal Noise = "normal" // a talk, a meeting
	Loud   Noise = "loud"   // music, dance, drums
)

// Valid reports whether it is one of the three.
func (n Noise) Valid() bool { return n == Quiet || n == Normal || n == Loud }

// Bears tells whether a room of this class takes such a use: only a room for loud uses takes one,
// and every room takes what is quieter.
func (n Noise) Bears(use Noise) bool { return use != Loud || n == Loud }

// NoiseRule is what follows when a loud use and a quiet one meet in rooms that hear each other.
type NoiseRule string

// The rules.
const (
	Warn   NoiseRule = "warn"   // both are told
	Forbid NoiseRule = "forbid" // the later one is refused
)

// Clash tells what follows when two uses of neighbouring rooms overlap; "" when they don't disturb
// each other.
func Clash(rule NoiseRule, mine, theirs Noise) NoiseRule {
	if mine == Loud && theirs == Quiet || mine == Quiet && theirs == Loud {
		return rule
	}
	return ""
}
