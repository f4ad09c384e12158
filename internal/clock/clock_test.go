package clock_test

import (
	"database/sql/driver"
	"encoding/json"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/clock"
)

func TestTokyoIsNineHoursAhead(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 7, 1, 15, 30, 0, 0, time.UTC).In(clock.Tokyo)
	if got := at.Format(time.RFC3339); got != "2026-07-02T00:30:00+09:00" {
		t.Errorf("got %s", got)
	}
}

func TestSystemTellsTheTime(t *testing.T) {
	t.Parallel()
	before := time.Now()
	now := clock.System().Now()
	after := time.Now()
	if now.Before(before.Round(0)) || now.After(after.Round(0)) {
		t.Errorf("Now() = %v, want between %v and %v", now, before, after)
	}
	if now != now.Round(0) {
		t.Error("Now() keeps a monotonic reading")
	}
	if clock.Start().Elapsed() < 0 {
		t.Error("time runs backwards")
	}
}

func TestFakeMovesOnlyWhenTold(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)
	f := clock.NewFake(start)
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() { f.Advance(time.Minute); _ = f.Now() })
	}
	wg.Wait()
	if got := f.Now().Sub(start); got != 50*time.Minute {
		t.Errorf("advanced %v, want 50m", got)
	}
	f.Set(start)
	if !f.Now().Equal(start) {
		t.Error("Set did not move the clock")
	}
}

func TestTodayIsTheDayInTokyo(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		utc  string
		want string
	}{
		{"2026-03-31T14:59:59Z", "2026-03-31"},
		{"2026-03-31T15:00:00Z", "2026-04-01"},
		{"2025-12-31T23:00:00Z", "2026-01-01"},
	} {
		at, err := time.Parse(time.RFC3339, tt.utc)
		if err != nil {
			t.Fatal(err)
		}
		if got := clock.Today(clock.NewFake(at)).String(); got != tt.want {
			t.Errorf("Today at %s = %s, want %s", tt.utc, got, tt.want)
		}
		if got := clock.StartOfDay(at).Format(time.RFC3339); got != tt.want+"T00:00:00+09:00" {
			t.Errorf("StartOfDay(%s) = %s", tt.utc, got)
		}
	}
}

func TestParseDate(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"1900-01-01", "2024-02-29", "2026-12-31", "9999-12-31"} {
		d, err := clock.ParseDate(s)
		if err != nil || d.String() != s || !d.Valid() {
			t.Errorf("ParseDate(%q) = %v, %v", s, d, err)
		}
	}
	for _, s := range []string{
		"",
		"2026-1-01",
		"2026-01-1",
		"2026-02-29",
		"2026-13-01",
		"2026-00-01",
		"2026-04-31",
		"2026/04/01",
		" 2026-04-01",
		"2026-04-01T00:00", "20260401", "0000-00-00", "0001-01-01", "1899-12-31", "２０２６-04-01", "-026-01-01",
	} {
		if d, err := clock.ParseDate(s); !errors.Is(err, clock.ErrDate) {
			t.Errorf("ParseDate(%q) = %v, %v; want ErrDate", s, d, err)
		}
	}
}

func FuzzParseDate(f *testing.F) {
	f.Add("2026-04-01")
	f.Add("2024-02-29")
	f.Add("9999-99-99")
	f.Fuzz(func(t *testing.T, s string) {
		d, err := clock.ParseDate(s)
		if err == nil && (d.String() != s || !d.Valid()) {
			t.Errorf("ParseDate(%q) = %v", s, d)
		}
	})
}

func TestDateArithmetic(t *testing.T) {
	t.Parallel()
	d := clock.NewDate(2026, time.February, 28)
	if got := d.AddDays(1).String(); got != "2026-03-01" {
		t.Errorf("AddDays(1) = %s", got)
	}
	if got := d.AddDays(-59).String(); got != "2025-12-31" {
		t.Errorf("AddDays(-59) = %s", got)
	}
	if d.Weekday() != time.Saturday {
		t.Errorf("Weekday = %v", d.Weekday())
	}
	next := d.AddDays(400)
	if d.DaysUntil(next) != 400 || next.DaysUntil(d) != -400 {
		t.Errorf("DaysUntil = %d, %d", d.DaysUntil(next), next.DaysUntil(d))
	}
	if !d.Before(next) || !next.After(d) || d.Before(d) || d.Compare(d) != 0 {
		t.Error("order is wrong")
	}
	if got := d.At(13, 30).Format(time.RFC3339); got != "2026-02-28T13:30:00+09:00" {
		t.Errorf("At = %s", got)
	}
	if got := d.At(24, 0); !got.Equal(d.AddDays(1).Start()) {
		t.Errorf("24:00 = %v", got)
	}
	if (clock.Date{Year: 2026, Month: 2, Day: 30}).Valid() || (clock.Date{}).Valid() {
		t.Error("an unreal day is called valid")
	}
}

func TestDateJSON(t *testing.T) {
	t.Parallel()
	type doc struct {
		On   clock.Date         `json:"on"`
		Also *clock.Date        `json:"also,omitempty"`
		Map  map[clock.Date]int `json:"map,omitempty"`
	}
	in := doc{On: clock.NewDate(2026, 4, 5), Map: map[clock.Date]int{clock.NewDate(2026, 4, 6): 1}}
	b, err := json.Marshal(in)
	if err != nil || string(b) != `{"on":"2026-04-05","map":{"2026-04-06":1}}` {
		t.Fatalf("Marshal = %s, %v", b, err)
	}
	var out doc
	if err := json.Unmarshal(b, &out); err != nil || out.On != in.On || out.Map[clock.NewDate(2026, 4, 6)] != 1 {
		t.Errorf("Unmarshal = %+v, %v", out, err)
	}
	if err := json.Unmarshal([]byte(`{"on":"2026-02-30"}`), &out); err == nil {
		t.Error("30 February was accepted")
	}
	if _, err := json.Marshal(doc{}); err == nil {
		t.Error("the zero date was written as a day")
	}
}

func TestDateInColumns(t *testing.T) {
	t.Parallel()
	want := clock.NewDate(2026, 4, 5)
	for _, src := range []any{
		"2026-04-05",
		[]byte("2026-04-05"),
		time.Date(2026, 4, 5, 0, 0, 0, 0, time.UTC),
		time.Date(2026, 4, 5, 0, 0, 0, 0, clock.Tokyo),
	} {
		var d clock.Date
		if err := d.Scan(src); err != nil || d != want {
			t.Errorf("Scan(%v) = %v, %v", src, d, err)
		}
	}
	d := want
	if err := d.Scan(nil); err != nil || !d.IsZero() {
		t.Errorf("Scan(nil) = %v, %v", d, err)
	}
	for _, src := range []any{42, "yesterday", 1.5} {
		if err := d.Scan(src); err == nil {
			t.Errorf("Scan(%v) was accepted", src)
		}
	}
	if v, err := want.Value(); err != nil || v != driver.Value("2026-04-05") {
		t.Errorf("Value = %v, %v", v, err)
	}
	if v, err := (clock.Date{}).Value(); err != nil || v != nil {
		t.Errorf("zero Value = %v, %v", v, err)
	}
	if _, err := (clock.Date{Year: 2026, Month: 2, Day: 30}).Value(); err == nil {
		t.Error("30 February was stored")
	}
}
