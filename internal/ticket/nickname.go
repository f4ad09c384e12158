package ticket

import (
	"unicode"
	"unicode/utf8"

	"github.com/tonarimachi/tonarimachi/internal/text"
)

// MaxNickname is how many characters a nickname has at most, counted after normalisation.
const MaxNickname = 20

// maxNicknameBytes bounds what is looked at: twenty characters of four code points each,
// decomposed.
const maxNicknameBytes = 640

// CleanNickname brings a nickname into the form that is stored: NFC, trimmed; "" for none. It fails
// with ErrNickname for more than MaxNickname characters, and for controls, bidi controls,
// unassigned characters and those that nobody can see.
func CleanNickname(typed string) (string, error) {
	if len(typed) > maxNicknameBytes {
		return "", ErrNickname.Field("nickname", "too_long", "max", MaxNickname)
	}
	clean, ok := text.Line(typed)
	if !ok {
		return "", ErrNickname.Field("nickname", "invalid_characters")
	}
	visible := clean == ""
	for _, r := range clean {
		if !allowed(r) {
			return "", ErrNickname.Field("nickname", "invalid_characters")
		}
		visible = visible || unicode.In(r, unicode.L, unicode.N, unicode.P, unicode.S)
	}
	if !visible {
		return "", ErrNickname.Field("nickname", "invalid_characters")
	}
	if utf8.RuneCountInString(clean) > MaxNickname {
		return "", ErrNickname.Field("nickname", "too_long", "max", MaxNickname)
	}
	return clean, nil
}

// allowed takes letters, marks, numbers, punctuation, symbols, spaces and the joiners inside emoji;
// blank fillers (Unicode UAX #44, Default_Ignorable_Code_Point) are letters by category only.
func allowed(r rune) bool {
	if r == '\u200c' || r == '\u200d' {
		return true
	}
	return unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Zs) &&
		!unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) && r != '\u2800'
}
