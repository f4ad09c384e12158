package opendata

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"

	"github.com/tonarimachi/tonarimachi/internal/text"
)

// tidy is NFC without hidden characters; line breaks stay, for descriptions.
func tidy(s string) string {
	s = norm.NFC.String(s)
	s = strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && text.Hidden(r) || r == utf8.RuneError {
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}

// fold makes digits, letters and signs narrow.
func fold(s string) string {
	return strings.NewReplacer(
		"：",
		":",
		"−",
		"-",
		"‐",
		"-",
		"‑",
		"-",
		"–",
		"-",
		"—",
		"-",
		"―",
		"-",
		"ー",
		"-",
		"ｰ",
		"-",
		"〜",
		"~",
		"～",
		"~",
		"　",
		" ",
	).
		Replace(
			width.Fold.String(strings.NewReplacer("ー", "-", "〜", "~").Replace(s)),
		)
}

var timeForm = regexp.MustCompile(`^([0-9]{1,2})(?::([0-9]{2})(?::[0-9]{2})?|時(?:([0-9]{1,2})分|(半))?)$`)

func (r *Row) mendTimes() {
	for _, c := range []struct {
		column string
		cell   *string
	}{{"開始時間", &r.Opens}, {"終了時間", &r.Closes}} {
		if *c.cell == "" {
			continue
		}
		read, ok := readTime(*c.cell)
		switch {
		case !ok:
			r.mend(c.column, TimeUnreadable)
		case read != *c.cell:
			r.mend(c.column, TimeForm)
		}
		*c.cell = read
	}
}

// readTime reads 9:00, 09:00:00, ９時, 9時30分 and 24:00.
func readTime(s string) (string, bool) {
	m := timeForm.FindStringSubmatch(strings.ReplaceAll(fold(s), " ", ""))
	if m == nil {
		return "", false
	}
	hour, _ := strconv.Atoi(m[1])
	minute, _ := strconv.Atoi(m[2] + m[3])
	if m[4] != "" {
		minute = 30
	}
	if minute > 59 || hour*60+minute > 24*60 {
		return "", false
	}
	two := func(n int) string { return strconv.Itoa(n/10) + strconv.Itoa(n%10) }
	return two(hour) + ":" + two(minute), true
}

var (
	sevenDigits = regexp.MustCompile(`^([0-9]{3})-?([0-9]{4})$`)
	phoneForm   = regexp.MustCompile(`^[0-9+() -]{1,30}$`)
	thirteen    = regexp.MustCompile(`^[0-9]{13}$`)
)

func (r *Row) mendNumbers() {
	if s := r.PostalCode; s != "" {
		m := sevenDigits.FindStringSubmatch(strings.TrimLeft(strings.ReplaceAll(fold(s), " ", ""), "〒"))
		r.PostalCode = ""
		switch {
		case m == nil:
			r.mend("郵便番号", PostalUnreadable)
		default:
			if r.PostalCode = m[1] + "-" + m[2]; r.PostalCode != s {
				r.mend("郵便番号", PostalForm)
			}
		}
	}
	if s := r.Phone; s != "" {
		switch plain := strings.TrimSpace(fold(s)); {
		case !phoneForm.MatchString(plain):
			r.Phone = ""
			r.mend("電話番号", PhoneUnreadable)
		default:
			if r.Phone = plain; plain != s {
				r.mend("電話番号", PhoneForm)
			}
		}
	}
	if s := r.CorporateNumber; s != "" {
		if r.CorporateNumber = fold(s); !thirteen.MatchString(r.CorporateNumber) {
			r.CorporateNumber = ""
			r.mend("法人番号", NumberLost)
		}
	}
}

// mendPlace reads coordinates, which are often swapped, and joins an address that lacks its
// prefecture.
func (r *Row) mendPlace(written map[string]string) {
	if written["緯度"] != "" || written["経度"] != "" {
		lat, err1 := strconv.ParseFloat(fold(written["緯度"]), 64)
		lon, err2 := strconv.ParseFloat(fold(written["経度"]), 64)
		if inJapan(lon, lat) {
			lat, lon = lon, lat
			r.mend("緯度", CoordinatesSwapped)
		}
		if err1 != nil || err2 != nil || !inJapan(lat, lon) {
			r.mend("緯度", CoordinatesLeftOut)
		} else {
			lat, lon = math.Round(lat*1e6)/1e6, math.Round(lon*1e6)/1e6
			r.Latitude, r.Longitude = &lat, &lon
		}
	}
	if r.Address != "" && r.Prefecture != "" && !strings.HasPrefix(r.Address, r.Prefecture) {
		joined := r.Address
		if !strings.HasPrefix(joined, r.City) {
			joined = r.City + joined
		}
		r.Address = r.Prefecture + joined
		r.mend("住所", AddressJoined)
	}
}

func inJapan(lat, lon float64) bool { return lat >= 20 && lat <= 46 && lon >= 122 && lon <= 154 }

// readWeekdays reads 月火水木金, 月～金, 月曜日、水曜日 and 毎日.
func (r *Row) readWeekdays(s string) {
	plain := strings.NewReplacer(
		"曜日",
		"",
		"曜",
		"",
		" ",
		"",
		",",
		"",
		"、",
		"",
		"・",
		"",
		"から",
		"~",
		"-",
		"~",
		"毎日",
		"月~日",
		";",
		"",
		"/",
		"",
		"祝",
		"",
	).Replace(
		fold(s),
	)
	var days []int
	names := []rune(weekdayNames)
	order := func(d int) int { return (d + 6) % 7 } // from Monday
	runes := []rune(plain)
	for i := 0; i < len(runes); i++ {
		d := slices.Index(names, runes[i])
		switch {
		case d >= 0:
			days = append(days, d)
		case runes[i] == '~' && i+1 < len(runes) && len(days) > 0 && slices.Contains(names, runes[i+1]):
			last := slices.Index(names, runes[i+1])
			for next := (days[len(days)-1] + 1) % 7; next != last && len(days) < 14; next = (next + 1) % 7 {
				days = append(days, next)
			}
		default:
			r.mend("利用可能曜日", WeekdaysUnreadable)
			return
		}
	}
	slices.SortFunc(days, func(a, b int) int { return order(a) - order(b) })
	r.Weekdays = slices.Compact(days)
}

func (r *Row) readFact(column, s string) {
	if r.Facts == nil {
		r.Facts = map[string]bool{}
	}
	fact := Facts[slices.Index(factColumns, column)]
	switch strings.ToUpper(fold(s)) {
	case "有", "可", "○", "〇", "◯", "1", "TRUE", "YES", "あり", "有り", "対応":
		r.Facts[fact] = true
	case "無", "不可", "×", "✕", "0", "FALSE", "NO", "なし", "無し", "非対応":
		r.Facts[fact] = false
	case "-", "不明", "該当なし", "":
	default:
		r.mend(column, AnswerUnreadable)
	}
}
