package organization

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/width"
)

// ValidCode reports whether code is a 全国地方公共団体コード: six ASCII digits, the last of which is the check
// digit (総務省, 検査数字).
func ValidCode(code string) bool {
	return len(code) == 6 && digits(code) && code[5] == checkDigit(code)
}

// CodeReadings gives the codes that a written one may mean: none, one, or two for five digits that
// are a code without its check digit as well as one that a spreadsheet robbed of its leading zero
// (13102 is 中央区 and might be 013102 in 北海道).
func CodeReadings(written string) []string {
	s := strings.Join(strings.Fields(width.Fold.String(clip(written))), "")
	if !digits(s) {
		return nil
	}
	var readings []string
	switch len(s) {
	case 4: // 01100 without its zero
		readings = append(readings, complete("0"+s))
	case 5:
		readings = append(readings, complete(s), "0"+s)
	case 6:
		readings = append(readings, s)
	}
	return slices.DeleteFunc(readings, func(c string) bool { return !ValidCode(c) || !assignable(c) })
}

// NormalizeCode brings a code as towns write it into its six digits: full-width digits and spaces,
// five digits without the check digit, and a lost leading zero are mended. It never guesses:
// ErrCodeInvalid when nothing fits, ErrCodeAmbiguous when two readings do (see CodeReadings).
func NormalizeCode(written string) (string, error) {
	switch readings := CodeReadings(written); len(readings) {
	case 0:
		return "", ErrCodeInvalid
	case 1:
		return readings[0], nil
	default:
		return "", ErrCodeAmbiguous
	}
}

// clip bounds the work on hostile input; cutting inside a character only makes it no digit.
func clip(s string) string {
	const most = 64
	if len(s) > most {
		return ""
	}
	return s
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// checkDigit: 11 minus (digits 1 to 5 times weights 6 to 2) modulo 11, of which the last digit.
func checkDigit(code string) byte {
	sum := 0
	for i := range 5 {
		sum += int(code[i]-'0') * (6 - i)
	}
	return byte('0' + (11-sum%11)%10)
}

func complete(five string) string { return five + string(checkDigit(five)) }

// assignable looks at the parts: prefecture 01 to 47, then 000 for the prefecture itself, 1xx wards
// and designated cities, 2xx cities, 3xx to 7xx towns. Numbers from 800 are unions of
// municipalities.
func assignable(code string) bool {
	prefecture, _ := strconv.Atoi(code[:2])
	number, _ := strconv.Atoi(code[2:5])
	return prefecture >= 1 && prefecture <= 47 && (number == 0 || number >= 100 && number < 800)
}
