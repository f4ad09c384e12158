package ical

import (
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// line cleans a value that is shown on one line: breaks and tabs become
// spaces, controls vanish, invalid UTF-8 becomes U+FFFD.
func line(s string) string {
	return strings.TrimSpace(clean(s, ' '))
}

// paragraphs cleans a value that may have several lines; breaks become LF.
func paragraphs(s string) string {
	return strings.TrimSpace(clean(s, '\n'))
}

func clean(s string, lineBreak rune) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '\t':
			return ' '
		case '\n', '\u2028', '\u2029':
			return lineBreak
		}
		if unsafe(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, string(utf8.RuneError)))
}

// unsafe tells the characters no value may carry: C0 and C1 controls (CR would
// end a content line, and some readers break lines at U+0085), the
// bidirectional overrides and isolates, and the byte order mark.
func unsafe(r rune) bool {
	return unicode.IsControl(r) ||
		r >= '\u202A' && r <= '\u202E' ||
		r >= '\u2066' && r <= '\u2069' ||
		r == '\uFEFF'
}

// webAddress returns s as an ASCII URI (RFC 3986), or "" when it isn't an
// absolute address of one of the schemes; a feed must carry nothing that runs.
func webAddress(s string, schemes ...string) string {
	if !utf8.ValidString(s) || strings.ContainsFunc(s, unsafe) {
		return ""
	}
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || u.User != nil {
		return ""
	}
	named := u.Host != "" || u.Scheme == "tel" && u.Opaque != ""
	if !named || !slices.Contains(schemes, u.Scheme) {
		return ""
	}
	return asciiURI(u.String())
}

// mentions tells whether text has address as a whole, not as the beginning of
// a longer one.
func mentions(text, address string) bool {
	for _, rest := range strings.Split(text, address)[1:] {
		if rest == "" || rest[0] <= ' ' || rest[0] >= utf8.RuneSelf {
			return true
		}
	}
	return false
}

// asciiURI percent-encodes what net/url leaves as it is: anything beyond
// printable ASCII and the characters RFC 3986 doesn't know.
func asciiURI(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c <= ' ' || c >= 0x7F || strings.IndexByte("\"<>\\^`{|}", c) >= 0 {
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

// quoted writes a parameter value as RFC 6868 says: in double quotes, with ^
// and " carried by a caret. A backslash has no meaning in a parameter, yet
// several readers take it for an escape, so its wide form stands in.
func quoted(s string) string {
	return `"` + parameterEscaper.Replace(s) + `"`
}

var parameterEscaper = strings.NewReplacer("^", "^^", `"`, "^'", `\`, "＼")
