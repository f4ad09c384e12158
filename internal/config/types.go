package config

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/loglimit"
)

var errSetting = errors.New("not a value this setting takes")

const hiddenPlaceholder = "[hidden]"

// Hidden is a setting that must not be printed: passwords stand in database addresses.
type Hidden struct {
	text func() string // a function, because fmt looks into unexported strings
}

// Hide wraps a secret setting.
func Hide(text string) Hidden { return Hidden{text: func() string { return text }} }

// UnmarshalText reads the setting.
func (h *Hidden) UnmarshalText(text []byte) error {
	*h = Hide(string(text))
	return nil
}

// Reveal gives the text, "" when it was not set.
func (h Hidden) Reveal() string {
	if h.text == nil {
		return ""
	}
	return h.text()
}

// Format hides the text from every fmt verb.
func (Hidden) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hiddenPlaceholder) }

// LogValue hides the text from slog.
func (Hidden) LogValue() slog.Value { return slog.StringValue(hiddenPlaceholder) }

// MarshalText hides the text from encoders.
func (Hidden) MarshalText() ([]byte, error) { return []byte(hiddenPlaceholder), nil }

// Address is host:port to listen on; the host may be empty for every interface.
type Address string

// UnmarshalText reads host:port.
func (a *Address) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*a = ""
		return nil
	}
	host, port, err := net.SplitHostPort(string(text))
	if err != nil || strings.ContainsAny(host, "/ @") {
		return errSetting
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return errSetting
	}
	*a = Address(text)
	return nil
}

// Folder is the absolute path of a folder.
type Folder string

// UnmarshalText reads an absolute path.
func (f *Folder) UnmarshalText(text []byte) error {
	if len(text) > 0 && !filepath.IsAbs(string(text)) {
		return errSetting
	}
	*f = Folder(text)
	return nil
}

// BaseURL is an absolute http or https address without path, query or final slash.
type BaseURL string

// UnmarshalText reads the address; one slash at the end is forgiven.
func (b *BaseURL) UnmarshalText(text []byte) error {
	s := strings.TrimSuffix(string(text), "/")
	if s == "" {
		*b = ""
		return nil
	}
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" ||
		u.Path != "" || u.RawQuery != "" || u.ForceQuery || strings.Contains(s, "#") || u.User != nil {
		return errSetting
	}
	*b = BaseURL(s)
	return nil
}

// Host is the host name without port, for stable ids.
func (b BaseURL) Host() string {
	u, err := url.Parse(string(b))
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// Secure reports whether people reach the program by https.
func (b BaseURL) Secure() bool { return strings.HasPrefix(string(b), "https:") }

// LogFormat is "text" or "json".
type LogFormat string

// The formats.
const (
	LogText LogFormat = "text"
	LogJSON LogFormat = "json"
)

// UnmarshalText reads the format.
func (l *LogFormat) UnmarshalText(text []byte) error {
	switch f := LogFormat(strings.ToLower(string(text))); f {
	case LogText, LogJSON:
		*l = f
		return nil
	}
	return errSetting
}

// Logger writes to w in the format and level of the settings, at most ten lines a second for one
// cause of trouble.
func (c Config) Logger(w io.Writer) *slog.Logger {
	o := &slog.HandlerOptions{Level: c.LogLevel}
	if c.LogFormat == LogJSON {
		return slog.New(loglimit.New(slog.NewJSONHandler(w, o)))
	}
	return slog.New(loglimit.New(slog.NewTextHandler(w, o)))
}

// PoolSize is a number of connections.
type PoolSize int32

// UnmarshalText reads 1 to 1000.
func (p *PoolSize) UnmarshalText(text []byte) error {
	n, err := strconv.ParseInt(string(text), 10, 32)
	if err != nil || n < 1 || n > 1000 {
		return errSetting
	}
	*p = PoolSize(n)
	return nil
}

// Grace is a duration from 0 to 10 minutes.
type Grace time.Duration

// UnmarshalText reads a Go duration.
func (g *Grace) UnmarshalText(text []byte) error {
	d, err := time.ParseDuration(string(text))
	if err != nil || d < 0 || d > 10*time.Minute {
		return errSetting
	}
	*g = Grace(d)
	return nil
}
