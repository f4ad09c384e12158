package i18n

import (
	"fmt"
	"slices"
	"strings"
	"text/template"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

const idNeutral = "neutral"

// Localizer gives texts in one language; safe for concurrent use.
type Localizer struct {
	lang    Lang
	plain   map[string]string // texts without blanks need no template
	plural  map[string]bool   // ids that ask for a count
	filled  map[string]bool
	library *goi18n.Localizer
}

func newLocalizer(lang Lang, messages map[string]*goi18n.Message) (*Localizer, error) {
	// A bundle for each language: the library's own matching knows no private
	// use tags and would answer a missing English text in Japanese.
	tag := language.Make(strings.TrimSuffix(string(lang), "-easy"))
	bundle := goi18n.NewBundle(tag)
	l := &Localizer{lang: lang, plain: map[string]string{}, plural: map[string]bool{}, filled: map[string]bool{}}
	for id, m := range messages {
		for _, text := range []string{m.Zero, m.One, m.Two, m.Few, m.Many, m.Other} {
			if _, err := template.New(id).Parse(text); err != nil {
				return nil, fmt.Errorf("load messages: %s %q: %w", lang, id, err)
			}
		}
		if err := bundle.AddMessages(tag, m); err != nil {
			return nil, fmt.Errorf("load messages: %s %q: %w", lang, id, err)
		}
		switch {
		case m.One != "":
			l.plural[id] = true
		case strings.Contains(m.Other, "{{"):
			l.filled[id] = true
		default:
			l.plain[id] = m.Other
		}
	}
	l.library = goi18n.NewLocalizer(bundle, tag.String())
	return l, nil
}

// Lang is the localizer's language.
func (l *Localizer) Lang() Lang { return l.lang }

// Has reports whether there is a text of this id.
func (l *Localizer) Has(id string) bool {
	_, plain := l.plain[id]
	return plain || l.filled[id] || l.plural[id]
}

// IDs lists every id, sorted.
func (l *Localizer) IDs() []string {
	ids := make([]string, 0, len(l.plain)+len(l.filled)+len(l.plural))
	for id := range l.plain {
		ids = append(ids, id)
	}
	for _, m := range []map[string]bool{l.filled, l.plural} {
		for id := range m {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// T gives the text of an id with its blanks filled from params, which may be
// nil; "count" chooses the plural, and moments (time.Time) and days (clock.Date)
// are put into the language's words. It never fails: what is missing, id or
// param, turns the whole text into the neutral one.
func (l *Localizer) T(id string, params map[string]any) string {
	if text, ok := l.plain[id]; ok {
		return text
	}
	if text, ok := l.fill(id, params); ok {
		return text
	}
	return l.plain[idNeutral]
}

// Title gives the title of a kind of problem, as fault.Kind names it.
func (l *Localizer) Title(kind string) string { return l.first(nil, "kind."+kind, "kind.internal") }

// Problem gives what a fault's code means and what to do next.
func (l *Localizer) Problem(code string, params map[string]any) string {
	return l.first(params, "problem."+code)
}

// Field gives what the code of one field means; "invalid" stands in for unknown ones.
func (l *Localizer) Field(code string, params map[string]any) string {
	return l.first(params, "field."+code, "field.invalid")
}

func (l *Localizer) first(params map[string]any, ids ...string) string {
	for _, id := range ids {
		if text, ok := l.plain[id]; ok {
			return text
		}
		if text, ok := l.fill(id, params); ok {
			return text
		}
	}
	return l.plain[idNeutral]
}

func (l *Localizer) fill(id string, params map[string]any) (string, bool) {
	if !l.filled[id] && !l.plural[id] {
		return "", false
	}
	c := &goi18n.LocalizeConfig{MessageID: id, TemplateData: l.readable(params)}
	if l.plural[id] {
		c.PluralCount = params["count"]
	}
	text, err := l.library.Localize(c)
	return text, err == nil && !strings.Contains(text, "<no value>")
}
