package ical

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

func mustHeader(t *testing.T, c Calendar) string {
	t.Helper()
	head, err := c.header()
	if err != nil {
		t.Fatalf("header: %v", err)
	}
	return string(head)
}

func TestHeaderProperties(t *testing.T) {
	t.Parallel()
	head := mustHeader(t, testCalendar())
	checkLines(t, []byte(head))
	want := []string{
		"BEGIN:VCALENDAR",
		"VERSION:2.0",
		"PRODID:-//Tonarimachi//Tonarimachi//JA",
		"CALSCALE:GREGORIAN",
		"NAME:豊島区のイベント",
		"X-WR-CALNAME:豊島区のイベント",
		"DESCRIPTION:となりまち、豊島区の予定です。",
		"X-WR-CALDESC:となりまち、豊島区の予定です。",
		"X-WR-TIMEZONE:Asia/Tokyo",
		"URL;VALUE=URI:https://tonarimachi.example/organizations/toshima",
		"REFRESH-INTERVAL;VALUE=DURATION:PT1H",
		"X-PUBLISHED-TTL:PT1H",
		"COLOR:teal",
		"BEGIN:VTIMEZONE",
		"TZID:Asia/Tokyo",
		"BEGIN:STANDARD",
		"DTSTART:19700101T000000",
		"TZOFFSETFROM:+0900",
		"TZOFFSETTO:+0900",
		"TZNAME:JST",
		"END:STANDARD",
		"END:VTIMEZONE",
	}
	if got := unfold(head); !slices.Equal(got, want) {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestHeaderLeavesOutWhatIsEmptyOrUnusable(t *testing.T) {
	t.Parallel()
	head := mustHeader(t, Calendar{
		Name: "名\r\nMETHOD:CANCEL", ProductID: "-//x//JA", Description: "\x00 ",
		URL: "javascript:x", Color: "#00ff00", Refresh: -time.Hour,
	})
	checkLines(t, []byte(head))
	for _, content := range unfold(head) {
		name, value, _ := strings.Cut(content, ":")
		if value == "" {
			t.Errorf("empty property %q", content)
		}
		if slices.Contains([]string{"METHOD", "UID", "URL", "COLOR", "DESCRIPTION", "X-WR-CALDESC",
			"REFRESH-INTERVAL", "X-PUBLISHED-TTL", "BEGIN:VALARM"}, strings.SplitN(name, ";", 2)[0]) {
			t.Errorf("unwanted %q", content)
		}
	}
	if got := property(t, head, "NAME"); got != "NAME:名 METHOD:CANCEL" {
		t.Errorf("got %q", got)
	}
}

func TestCalendarNeedsNameAndProduct(t *testing.T) {
	t.Parallel()
	for _, c := range []Calendar{{Name: "\r\n", ProductID: "x"}, {Name: "x", ProductID: "\x00"}} {
		if doc, err := NewBuilder(0).Build(c, nil); !errors.Is(err, ErrInvalidCalendar) || doc != nil {
			t.Errorf("Build(%+v) = %v, %v; want ErrInvalidCalendar", c, doc, err)
		}
	}
}

func TestDuration(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		time.Hour:                         "PT1H",
		30 * time.Minute:                  "PT30M",
		90 * time.Minute:                  "PT1H30M",
		time.Hour + time.Second:           "PT1H0M1S",
		36 * time.Hour:                    "PT36H",
		1500 * time.Millisecond:           "PT1S",
		time.Minute + 5*time.Second:       "PT1M5S",
		2*time.Hour + 3*time.Minute + 4e9: "PT2H3M4S",
	} {
		if got := duration(d); got != want {
			t.Errorf("duration(%v) = %s, want %s", d, got, want)
		}
	}
}
