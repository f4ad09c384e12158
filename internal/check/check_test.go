package check_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/tonarimachi/tonarimachi/internal/check"
	"github.com/tonarimachi/tonarimachi/internal/fault"
)

type input struct {
	Title   string   `json:"title"   validate:"required,max=5,line,filled"`
	Note    *string  `json:"note"    validate:"omitempty,paragraphs"`
	Website string   `json:"website" validate:"web"`
	Link    string   `json:"link"    validate:"omitempty,https"`
	Starts  string   `json:"starts"  validate:"omitempty,time_of_day"`
	Month   string   `json:"month"   validate:"omitempty,month"`
	Colour  string   `json:"colour"  validate:"omitempty,colour"`
	Names   []string `json:"names"   validate:"max=2,dive,max=3,line"`
	Tables  []table  `json:"tables"  validate:"dive"`
	Count   int      `json:"count"   validate:"max=9"`
	Raw     string   `json:"raw"`
}

type table struct {
	Name string `json:"name" validate:"required,line"`
}

func rules() *check.Rules {
	return check.New(
		map[string]func(string) bool{"colour": func(s string) bool { return s == "red" }},
		func(b check.Broken) (string, []any) {
			return b.Tag + " " + b.Kind.String(), []any{"max", b.Param}
		},
	)
}

func broken(t *testing.T, in input) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, f := range rules().Struct(fault.Invalid("input_invalid"), in).Fields {
		found[f.Name] = f.Code
	}
	return found
}

func TestStruct(t *testing.T) {
	t.Parallel()
	fine := input{Title: "五文字です"}
	for _, c := range []struct {
		name   string
		change func(*input)
		field  string
		code   string
	}{
		{"as long as it may be", func(*input) {}, "", ""},
		{"one character longer", func(in *input) { in.Title = "六文字ですね" }, "title", "max string"},
		{"missing", func(in *input) { in.Title = "" }, "title", "required string"},
		{"nothing but spaces", func(in *input) { in.Title = " 　" }, "title", "filled string"},
		{"hidden characters in a line", func(in *input) { in.Title = "a\u202eb" }, "title", "line string"},
		{"hidden characters in paragraphs", func(in *input) { in.Note = new("a\u202eb") }, "note", "paragraphs string"},
		{"line breaks in paragraphs", func(in *input) { in.Note = new("a\nb") }, "", ""},
		{"an address of the web", func(in *input) { in.Website = "http://example.jp/" }, "", ""},
		{
			"an address that is a program",
			func(in *input) { in.Website = "javascript:alert(1)" },
			"website",
			"web string",
		},
		{"an address with a user", func(in *input) { in.Website = "https://a@example.jp/" }, "website", "web string"},
		{"an address with a space", func(in *input) { in.Website = "https://example.jp/a b" }, "website", "web string"},
		{"an address without a host", func(in *input) { in.Website = "https:///a" }, "website", "web string"},
		{"a link by https", func(in *input) { in.Link = "https://example.jp/" }, "", ""},
		{"a link by http", func(in *input) { in.Link = "http://example.jp/" }, "link", "https string"},
		{"the last minute", func(in *input) { in.Starts = "23:59" }, "", ""},
		{"after the last minute", func(in *input) { in.Starts = "24:00" }, "starts", "time_of_day string"},
		{"the last minute of an hour and one", func(in *input) { in.Starts = "12:60" }, "starts", "time_of_day string"},
		{"an hour of one digit", func(in *input) { in.Starts = "9:00" }, "starts", "time_of_day string"},
		{"December", func(in *input) { in.Month = "2026-12" }, "", ""},
		{"a thirteenth month", func(in *input) { in.Month = "2026-13" }, "month", "month string"},
		{"a month zero", func(in *input) { in.Month = "2026-00" }, "month", "month string"},
		{"a tag of the concept", func(in *input) { in.Colour = "red" }, "", ""},
		{"a tag of the concept, broken", func(in *input) { in.Colour = "blue" }, "colour", "colour string"},
		{"the longest list", func(in *input) { in.Names = []string{"a", "b"} }, "", ""},
		{"too long a list", func(in *input) { in.Names = []string{"a", "b", "c"} }, "names", "max slice"},
		{"within a list", func(in *input) { in.Names = []string{"a", "bbbb"} }, "names.1", "max string"},
		{
			"within a list of structs",
			func(in *input) { in.Tables = []table{{"a"}, {}} },
			"tables.1.name",
			"required string",
		},
		{"the largest number", func(in *input) { in.Count = 9 }, "", ""},
		{"too large a number", func(in *input) { in.Count = 10 }, "count", "max int"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			in := fine
			c.change(&in)
			want := map[string]string{}
			if c.field != "" {
				want[c.field] = c.code
			}
			if got := broken(t, in); !reflect.DeepEqual(got, want) {
				t.Errorf("broken rules: %v, want %v", got, want)
			}
		})
	}
}

func TestStructTellsEveryRuleWithItsParameter(t *testing.T) {
	t.Parallel()
	refusal := rules().Struct(fault.Invalid("input_invalid"), input{Title: strings.Repeat("あ", 6), Count: 10})
	if len(refusal.Fields) != 2 || refusal.Fields[0].Params["max"] != "5" || refusal.Fields[1].Params["max"] != "9" {
		t.Errorf("fields: %+v", refusal.Fields)
	}
	if err := rules().Struct(fault.Invalid("input_invalid"), &input{Title: "a"}).Or(); err != nil {
		t.Errorf("what breaks no rule was refused: %v", err)
	}
}

func TestTidyLeavesWhatTheCallerHolds(t *testing.T) {
	t.Parallel()
	note, names, tables := " a \r\n\r\n\r\n\r\nb ", []string{" か\u3099 "}, []table{{" x "}}
	in := input{Title: "  t  u ", Note: &note, Names: names, Tables: tables, Raw: " raw ", Website: " w "}
	tidied := check.Tidy(in)
	if tidied.Title != "t  u" || tidied.Names[0] != "が" || tidied.Tables[0].Name != "x" {
		t.Errorf("tidied: %q %q %q", tidied.Title, tidied.Names, tidied.Tables)
	}
	if strings.HasPrefix(*tidied.Note, " ") || strings.Contains(*tidied.Note, "\r") {
		t.Errorf("tidied paragraphs: %q", *tidied.Note)
	}
	if tidied.Raw != " raw " || tidied.Website != " w " {
		t.Errorf("texts without a rule were changed: %q %q", tidied.Raw, tidied.Website)
	}
	if note != " a \r\n\r\n\r\n\r\nb " || names[0] != " か\u3099 " || tables[0].Name != " x " {
		t.Errorf("the caller's texts were changed: %q %q %q", note, names, tables)
	}
}

func TestTidyLeavesWhatIsRefused(t *testing.T) {
	t.Parallel()
	in := check.Tidy(input{Title: " a\u202eb"})
	if _, refused := broken(t, in)["title"]; !refused {
		t.Errorf("hidden characters vanished by tidying: %q", in.Title)
	}
	if tidied := check.Tidy(input{}); tidied.Note != nil || tidied.Names != nil {
		t.Errorf("nothing became something: %+v", tidied)
	}
}
