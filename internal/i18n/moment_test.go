package i18n_test

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
	"github.com/tonarimachi/tonarimachi/web"
)

func TestMomentsAreReadableInEveryLanguage(t *testing.T) {
	t.Parallel()
	words, at := load(t), clock.NewDate(2026, 12, 1).At(9, 0).UTC()
	for lang, want := range map[i18n.Lang]string{
		i18n.Japanese: "申込みは2026年12月1日（火）9:00に始まります。それからお申し込みください。",
		i18n.Easy:     "2026年12月1日（火）9:00",
		i18n.English:  "Booking opens at 09:00 on Tuesday 1 December 2026. Please come back then.",
	} {
		params := map[string]any{"opens_at": at}
		if got := words.Localizer(lang).Problem("booking_not_open_yet", params); !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
		if params["opens_at"] != at {
			t.Errorf("%s: the caller's moment became %v", lang, params["opens_at"])
		}
	}
}

var blanks = regexp.MustCompile(`\{\{\.(\w+)`)

// Every text with a value says it readably when it is a moment or a day; none writes a time for
// machines.
func TestNoTextShowsATimeForMachines(t *testing.T) {
	t.Parallel()
	words := load(t)
	files, err := fs.Glob(web.Messages, "*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	names := map[string]bool{}
	for _, name := range files {
		raw, err := fs.ReadFile(web.Messages, name)
		if err != nil {
			t.Fatal(err)
		}
		for _, blank := range blanks.FindAllStringSubmatch(string(raw), -1) {
			names[blank[1]] = true
		}
	}
	for value, raw := range map[any]string{
		time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC): "00:00:00",
		clock.NewDate(2026, 12, 1):                   "2026-12-01",
	} {
		params := map[string]any{}
		for name := range names {
			params[name] = value
		}
		params["count"] = 2
		for _, lang := range i18n.Languages {
			l := words.Localizer(lang)
			for _, id := range l.IDs() {
				if got := l.T(id, params); strings.Contains(got, raw) {
					t.Errorf("%s %s: %q", lang, id, got)
				}
			}
		}
	}
}
