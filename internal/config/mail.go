package config

import (
	"net/mail"
	"net/netip"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
)

// MailServer is where mail goes: an SMTP server, or a folder for machines that send nothing. It
// hides its password as Hidden does.
type MailServer struct {
	Host     string
	Port     int
	Implicit bool // TLS from the first byte (RFC 8314); otherwise STARTTLS
	Loopback bool // on this machine, so that TLS is used when offered and not demanded
	User     string
	Password Hidden
	Folder   string // instead of all of the above: each mail is a file there
}

// IsZero reports whether no server was given.
func (m MailServer) IsZero() bool { return m.Host == "" && m.Folder == "" }

// ParseMailServer reads smtps://user:password@host:465, smtp://user:password@host:587 or
// file:///folder. The error never repeats the text.
func ParseMailServer(text string) (MailServer, error) {
	u, err := url.Parse(text)
	if err != nil || u.RawQuery != "" || u.Fragment != "" || u.Opaque != "" {
		return MailServer{}, errSetting
	}
	if u.Scheme == "file" {
		if u.Host != "" || u.User != nil || !filepath.IsAbs(u.Path) {
			return MailServer{}, errSetting
		}
		return MailServer{Folder: filepath.Clean(u.Path)}, nil
	}
	m := MailServer{Host: u.Hostname(), Implicit: u.Scheme == "smtps", Port: 587}
	if m.Implicit {
		m.Port = 465
	}
	if m.Host == "" || strings.ContainsAny(m.Host, " /") || u.Scheme != "smtp" && u.Scheme != "smtps" ||
		u.Path != "" && u.Path != "/" {
		return MailServer{}, errSetting
	}
	if u.Port() != "" {
		port, err := strconv.ParseUint(u.Port(), 10, 16)
		if err != nil || port == 0 {
			return MailServer{}, errSetting
		}
		m.Port = int(port)
	}
	if u.User != nil {
		password, _ := u.User.Password()
		m.User, m.Password = u.User.Username(), Hide(password)
	}
	address, err := netip.ParseAddr(m.Host)
	m.Loopback = m.Host == "localhost" || err == nil && address.IsLoopback()
	return m, nil
}

// MailAddress is a bare mail address.
type MailAddress string

// UnmarshalText reads local@domain without a name.
func (a *MailAddress) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*a = ""
		return nil
	}
	parsed, err := mail.ParseAddress(string(text))
	if err != nil || parsed.Name != "" || parsed.Address != string(text) {
		return errSetting
	}
	*a = MailAddress(text)
	return nil
}
