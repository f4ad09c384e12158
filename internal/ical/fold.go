package ical

import (
	"strings"
	"unicode/utf8"
)

// maxOctets is the longest content line, without its CRLF (RFC 5545 §3.1).
const maxOctets = 75

const crlf = "\r\n"

// fold folds every CRLF-ended line of a serialised component.
func fold(raw string) []byte {
	dst := make([]byte, 0, len(raw)+len(raw)/16)
	for content := range strings.SplitSeq(strings.TrimSuffix(raw, crlf), crlf) {
		dst = appendFolded(dst, content)
	}
	return dst
}

// appendFolded appends one content line, folded and ended with CRLF. It breaks
// between characters only, and never inside an escape: Google Calendar drops
// an event whose "\," is split, Thunderbird garbles a split character.
func appendFolded(dst []byte, content string) []byte {
	room := maxOctets
	for len(content) > room {
		n := foldAt(content, room)
		dst = append(dst, content[:n]...)
		dst = append(dst, crlf+" "...)
		content = content[n:]
		room = maxOctets - 1 // the leading space counts
	}
	dst = append(dst, content...)
	return append(dst, crlf...)
}

// foldAt returns the longest prefix of at most room octets that ends between
// two units. A unit has five octets at most, so there always is one.
func foldAt(content string, room int) int {
	n := 0
	for n < len(content) {
		size := unit(content[n:])
		if n+size > room {
			break
		}
		n += size
	}
	return n
}

// unit is the length of the next character, or of a backslash together with
// the character it escapes.
func unit(s string) int {
	if s[0] == '\\' && len(s) > 1 {
		_, size := utf8.DecodeRuneInString(s[1:])
		return 1 + size
	}
	if s[0] < utf8.RuneSelf {
		return 1
	}
	_, size := utf8.DecodeRuneInString(s)
	return size
}
