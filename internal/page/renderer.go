package page

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/config"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
	"github.com/tonarimachi/tonarimachi/internal/organization"
)

// Directory knows organizations and partnerships; organization.Directory is one.
type Directory interface {
	View(ctx context.Context) (*organization.View, error)
}

// Options are what pages are made of; all are required.
type Options struct {
	Directory Directory
	Clock     clock.Clock
	Messages  *i18n.Bundle
	Templates fs.FS // web.Templates
	Static    fs.FS // web.Static
	BaseURL   config.BaseURL
	// Folder holds the pages among the templates. Views has an empty view for each of them, by the
	// name of its file without .html; every template is tried with it at the start.
	Folder string
	Views  map[string]any
}

// Renderer fills templates and answers with them. Safe for concurrent use.
type Renderer struct {
	Words     *i18n.Localizer
	directory Directory
	Clock     clock.Clock
	Base      config.BaseURL
	Host      string // of base, with its port
	assets    *assets
	templates templates
}

// New reads all templates and assets; a template that is not declared, missing or broken stops
// the start.
func New(o Options) (*Renderer, error) {
	if o.Directory == nil || o.Clock == nil || o.Messages == nil || o.Templates == nil || o.Static == nil {
		return nil, errors.New("make renderer: an option is missing")
	}
	base, err := url.Parse(string(o.BaseURL))
	if err != nil || base.Host == "" {
		return nil, errors.New("make renderer: the base URL is not absolute")
	}
	a, err := readAssets(o.Static)
	if err != nil {
		return nil, fmt.Errorf("read assets: %w", err)
	}
	t, err := parseTemplates(o.Templates, o.Folder, o.Views, a)
	if err != nil {
		return nil, fmt.Errorf("parse templates: %w", err)
	}
	return &Renderer{
		Words:     o.Messages.Localizer(i18n.Japanese),
		directory: o.Directory,
		Clock:     o.Clock,
		Base:      o.BaseURL,
		Host:      base.Host,
		assets:    a,
		templates: t,
	}, nil
}
