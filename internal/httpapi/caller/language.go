package caller

import (
	"context"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/i18n"
)

// Language is the one a request is answered in.
type Language struct {
	Chosen i18n.Lang
	// Used tells that the answer has words in it, so that caches keep one answer a language.
	Used bool
}

// WithLanguage notes the language of the answer.
func WithLanguage(c echo.Context, l *Language) echo.Context { return with(c, languageKey{}, l) }

// Words finds the words that a request is answered in.
type Words struct {
	Messages *i18n.Bundle
}

// Of gives the words in the language of a public or staff request, and notes that they were asked
// for.
func (w Words) Of(ctx context.Context) *i18n.Localizer {
	lang := i18n.Japanese
	if l, ok := ctx.Value(languageKey{}).(*Language); ok {
		l.Used, lang = true, l.Chosen
	}
	return w.Messages.Localizer(lang)
}
