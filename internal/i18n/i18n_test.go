package i18n_test

import (
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"unicode"

	"github.com/tonarimachi/tonarimachi/internal/i18n"
	"github.com/tonarimachi/tonarimachi/web"
)

func load(t testing.TB) *i18n.Bundle {
	t.Helper()
	b, err := i18n.Load(web.Messages)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestNegotiate(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		explicit, header string
		want             i18n.Lang
	}{
		{"", "", i18n.Japanese},
		{"", "ja", i18n.Japanese},
		{"", "ja-JP,ja;q=0.9,en-US;q=0.8,en;q=0.7", i18n.Japanese},
		{"", "en-US,en;q=0.9,ja;q=0.8", i18n.English},
		{"", "en-GB", i18n.English},
		{"", "ja;q=0.3, en;q=0.9", i18n.English},
		{"", "fr-FR,fr;q=0.9", i18n.Japanese},
		{"", "fr-FR,en;q=0.5", i18n.English},
		{"", "*", i18n.Japanese},
		{"", "ja-easy", i18n.Japanese},
		{"", ";;;q=,,,", i18n.Japanese},
		{"", strings.Repeat("en,", 5000), i18n.Japanese},
		{"ja-easy", "en", i18n.Easy},
		{"en", "ja", i18n.English},
		{"ja", "en", i18n.Japanese},
		{"xx", "en", i18n.English},
		{"\xff", "", i18n.Japanese},
	} {
		if got := i18n.Negotiate(tt.explicit, tt.header); got != tt.want {
			t.Errorf("Negotiate(%q, %.40q) = %s, want %s", tt.explicit, tt.header, got, tt.want)
		}
	}
}

func TestTextsOfThreeLanguages(t *testing.T) {
	t.Parallel()
	b := load(t)
	params := map[string]any{"length": 25, "want": 26}
	for _, tt := range []struct {
		lang i18n.Lang
		id   string
		want string
	}{
		{i18n.Japanese, "problem.ticket_code_length", "参加コードは26文字です。入力されたのは25文字でした。抜けや余分がないかご確認ください。"},
		{i18n.Easy, "problem.ticket_code_length", "参加コードは 26文字です。今は 25文字です。もう一度 見てください。"},
		{
			i18n.English,
			"problem.ticket_code_length",
			"A participation code has 26 characters; 25 were entered. Please look for a missing or an extra one.",
		},
		{i18n.Japanese, "field.required", "入力してください。"},
		{i18n.Easy, "field.duplicate", "同じものが重なっています。"}, // not said in easy Japanese
		{i18n.English, "field.required", "Please fill this in."},
		{i18n.Lang("xx"), "field.required", "入力してください。"},
	} {
		if got := b.Localizer(tt.lang).T(tt.id, params); got != tt.want {
			t.Errorf("%s %s = %q, want %q", tt.lang, tt.id, got, tt.want)
		}
	}
	if got := b.For("", "en").Lang(); got != i18n.English {
		t.Errorf("For(en) = %s", got)
	}
	if i18n.Easy.Tag() != "ja-x-easy" || i18n.English.Tag() != "en" {
		t.Error("the tags are not BCP 47")
	}
}

func TestMissingTurnsNeutral(t *testing.T) {
	t.Parallel()
	for _, lang := range i18n.Languages {
		l := load(t).Localizer(lang)
		neutral := l.T("neutral", nil)
		for name, got := range map[string]string{
			"unknown id":       l.T("no.such.text", nil),
			"unknown problem":  l.Problem("no_such_code", nil),
			"param missing":    l.T("problem.ticket_code_length", nil),
			"one of two given": l.Problem("ticket_code_length", map[string]any{"want": 26}),
		} {
			if got != neutral || neutral == "" {
				t.Errorf("%s: %s = %q, want the neutral text", lang, name, got)
			}
		}
		if got := l.Field("no_such_code", nil); got != l.T("field.invalid", nil) {
			t.Errorf("%s: unknown field code = %q", lang, got)
		}
		if got := l.Field("too_long", nil); got != l.T("field.invalid", nil) {
			t.Errorf("%s: field code without its limit = %q", lang, got)
		}
		if got := l.Title("no_such_kind"); got != l.Title("internal") {
			t.Errorf("%s: unknown kind = %q", lang, got)
		}
	}
}

// Params are data: they must not be read as templates.
func TestParamsAreNotTemplates(t *testing.T) {
	t.Parallel()
	got := load(t).Localizer(i18n.English).Field("too_long", map[string]any{"max": "{{.Secret}}"})
	if got != "Please keep this within {{.Secret}} characters." {
		t.Errorf("got %q", got)
	}
}

func TestPlural(t *testing.T) {
	t.Parallel()
	b, err := i18n.Load(fstest.MapFS{
		"a.ja.yaml":      {Data: []byte("neutral: n\nseats: '{{.count}}席'")},
		"a.ja-easy.yaml": {Data: []byte("neutral: n")},
		"a.en.yaml":      {Data: []byte("neutral: n\nseats: {one: '{{.count}} seat', other: '{{.count}} seats'}")},
	})
	if err != nil {
		t.Fatal(err)
	}
	en := b.Localizer(i18n.English)
	if got := en.T(
		"seats",
		map[string]any{"count": 1},
	) + "/" + en.T(
		"seats",
		map[string]any{"count": 3},
	); got != "1 seat/3 seats" {
		t.Errorf("got %q", got)
	}
	if got := b.Localizer(i18n.Easy).T("seats", map[string]any{"count": 3}); got != "3席" {
		t.Errorf("got %q", got)
	}
}

func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	good := func() fstest.MapFS {
		fsys := fstest.MapFS{}
		for _, l := range i18n.Languages {
			fsys["a."+string(l)+".yaml"] = &fstest.MapFile{Data: []byte("neutral: n\nx: '{{.a}}'")}
		}
		return fsys
	}
	if _, err := i18n.Load(good()); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(fstest.MapFS){
		"unknown language": func(m fstest.MapFS) { m["a.xx.yaml"] = m["a.ja.yaml"] },
		"no language":      func(m fstest.MapFS) { m["ja.yaml"] = m["a.ja.yaml"] },
		"given twice":      func(m fstest.MapFS) { m["b.ja.yaml"] = m["a.ja.yaml"] },
		"no template":      func(m fstest.MapFS) { m["b.ja.yaml"] = &fstest.MapFile{Data: []byte("y: '{{.a'")} },
		"no YAML":          func(m fstest.MapFS) { m["b.ja.yaml"] = &fstest.MapFile{Data: []byte("y: [")} },
		"no neutral":       func(m fstest.MapFS) { m["a.en.yaml"] = &fstest.MapFile{Data: []byte("y: z")} },
		"a language less":  func(m fstest.MapFS) { delete(m, "a.en.yaml") },
	} {
		fsys := good()
		change(fsys)
		if _, err := i18n.Load(fsys); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

// Japanese and English say the same things; easy Japanese says nothing of its own.
func TestLanguagesHaveTheSameTexts(t *testing.T) {
	t.Parallel()
	b := load(t)
	ja, en, easy := b.Localizer(i18n.Japanese).IDs(), b.Localizer(i18n.English).IDs(), b.Localizer(i18n.Easy).IDs()
	for _, id := range ja {
		if !slices.Contains(en, id) {
			t.Errorf("%s is not said in English", id)
		}
	}
	for _, id := range append(en, easy...) {
		if !slices.Contains(ja, id) {
			t.Errorf("%s is not said in Japanese", id)
		}
	}
}

func TestNoControlCharactersInTexts(t *testing.T) {
	t.Parallel()
	b := load(t)
	for _, lang := range i18n.Languages {
		l := b.Localizer(lang)
		for _, id := range l.IDs() {
			if i := strings.IndexFunc(l.T(id, nil), unicode.IsControl); i >= 0 {
				t.Errorf("%s %s holds a control character", lang, id)
			}
		}
	}
}

func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	b := load(t)
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			l := b.Localizer(i18n.Languages[i%3])
			l.Field("too_long", map[string]any{"max": i})
			l.T("neutral", nil)
		})
	}
	wg.Wait()
}

// Limits come as max, min or the validator's limit; zero is a limit too.
func TestLimitsOfFields(t *testing.T) {
	t.Parallel()
	l := load(t).Localizer(i18n.English)
	for _, tt := range []struct {
		code, param string
		value       any
		want        string
	}{
		{"too_long", "max", 200, "Please keep this within 200 characters."},
		{"too_long", "limit", "200", "Please keep this within 200 characters."},
		{"too_small", "min", 0, "Please use 0 or more."},
		{"too_small", "limit", "0", "Please use 0 or more."},
		{"too_big", "limit", "9", "Please use 9 or less."},
	} {
		if got := l.Field(tt.code, map[string]any{tt.param: tt.value}); got != tt.want {
			t.Errorf("%s %s = %q, want %q", tt.code, tt.param, got, tt.want)
		}
	}
}

// Pages and problems call what people may write instead of a name by one word.
func TestOneWordForWhatPeopleAreCalled(t *testing.T) {
	t.Parallel()
	read, found := 0, 0
	for _, from := range []fs.FS{web.Messages, web.Templates} {
		err := fs.WalkDir(from, ".", func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			content, err := fs.ReadFile(from, path)
			read++
			found += strings.Count(string(content), "呼び名")
			if strings.Contains(string(content), "ニックネーム") {
				t.Errorf("%s says ニックネーム: the word is 呼び名", path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if read < 40 || found < 4 {
		t.Errorf("%d files with %d times the word: the texts are not what was looked at", read, found)
	}
}
