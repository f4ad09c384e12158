// Package i18n gives the words for the codes the program speaks in, in
// Japanese, easy Japanese (やさしい日本語) and English.
package i18n

import (
	"fmt"
	"io/fs"
	"strings"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
	"gopkg.in/yaml.v3"
)

// Lang is a language the program speaks.
type Lang string

// The languages. Easy Japanese is never guessed: the reader chooses it.
const (
	Japanese Lang = "ja"
	Easy     Lang = "ja-easy"
	English  Lang = "en"
)

// Languages lists them, the default first.
var Languages = []Lang{Japanese, Easy, English}

// Tag is the BCP 47 tag, for lang attributes and Content-Language. "easy" alone
// is no registered subtag, hence the private use one.
func (l Lang) Tag() string {
	if l == Easy {
		return "ja-x-easy"
	}
	return string(l)
}

// ParseLang reads "ja", "ja-easy" or "en".
func ParseLang(s string) (Lang, bool) {
	for _, l := range Languages {
		if s == string(l) {
			return l, true
		}
	}
	return Japanese, false
}

const maxAcceptLanguage = 200

var accepted = language.NewMatcher([]language.Tag{language.Japanese, language.English})

// Negotiate picks the language: the explicit choice if it is one of ours, else
// the best of an Accept-Language header (RFC 9110 section 12.5.4), else Japanese.
func Negotiate(explicit, acceptLanguage string) Lang {
	if l, ok := ParseLang(explicit); ok {
		return l
	}
	if acceptLanguage == "" || acceptLanguage == "ja" || len(acceptLanguage) > maxAcceptLanguage {
		return Japanese
	}
	tags, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil || len(tags) == 0 {
		return Japanese
	}
	if _, i, confidence := accepted.Match(tags...); i == 1 && confidence > language.No {
		return English
	}
	return Japanese
}

// Bundle holds all texts. It does not change after Load.
type Bundle struct {
	localizers map[Lang]*Localizer
}

// Load reads every <topic>.<language>.yaml at the root of fsys. It fails on an
// unknown language, a text that is not a template, an id given twice and a missing
// "neutral" text.
func Load(fsys fs.FS) (*Bundle, error) {
	names, err := fs.Glob(fsys, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list messages: %w", err)
	}
	texts := map[Lang]map[string]*goi18n.Message{Japanese: {}, Easy: {}, English: {}}
	for _, name := range names {
		parts := strings.Split(name, ".")
		lang, ok := ParseLang(parts[max(0, len(parts)-2)])
		if !ok || len(parts) != 3 {
			return nil, fmt.Errorf("load messages: %s is not named <topic>.<language>.yaml", name)
		}
		if err := readFile(fsys, name, texts[lang]); err != nil {
			return nil, err
		}
	}
	b := &Bundle{localizers: map[Lang]*Localizer{}}
	for lang, own := range texts {
		if own[idNeutral] == nil {
			return nil, fmt.Errorf("load messages: %s has no %q text", lang, idNeutral)
		}
		all := own
		if lang == Easy {
			// What easy Japanese does not say, ordinary Japanese does.
			all = merge(texts[Japanese], own)
		}
		if b.localizers[lang], err = newLocalizer(lang, all); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func readFile(fsys fs.FS, name string, into map[string]*goi18n.Message) error {
	raw, err := fs.ReadFile(fsys, name)
	if err != nil {
		return fmt.Errorf("read messages: %w", err)
	}
	messages, err := goi18n.ParseMessageBytes(raw, yaml.Unmarshal)
	if err != nil {
		return fmt.Errorf("read messages %s: %w", name, err)
	}
	for _, m := range messages {
		if into[m.ID] != nil {
			return fmt.Errorf("read messages %s: %q is given twice", name, m.ID)
		}
		into[m.ID] = m
	}
	return nil
}

func merge(base, over map[string]*goi18n.Message) map[string]*goi18n.Message {
	all := make(map[string]*goi18n.Message, len(base))
	for id, m := range base {
		all[id] = m
	}
	for id, m := range over {
		all[id] = m
	}
	return all
}

// Localizer gives the localizer of a language; an unknown one is Japanese.
func (b *Bundle) Localizer(l Lang) *Localizer {
	if loc, ok := b.localizers[l]; ok {
		return loc
	}
	return b.localizers[Japanese]
}

// For gives the localizer for an explicit choice and an Accept-Language header.
func (b *Bundle) For(explicit, acceptLanguage string) *Localizer {
	return b.Localizer(Negotiate(explicit, acceptLanguage))
}
