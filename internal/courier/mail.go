package courier

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/notice"
)

// sender is the name that mail comes from: it says nothing of who we are.
const sender = "お知らせ"

// compose makes the message of a mail: plain text, one part, in base64, so that no server on the
// way has a reason to change it.
func compose(m notice.Mail, from string, at time.Time) (*mail.Msg, error) {
	msg := mail.NewMsg(
		mail.WithCharset(mail.CharsetUTF8),
		mail.WithEncoding(mail.EncodingB64),
		mail.WithNoDefaultUserAgent(),
	)
	if err := msg.FromFormat(sender, from); err != nil {
		return nil, fmt.Errorf("compose mail: the sender is no address")
	}
	if err := msg.To(m.To.Quoted()); err != nil {
		return nil, fmt.Errorf("compose mail: the addressee is no address")
	}
	if strings.ContainsAny(m.ID+m.Subject, "\r\n\x00") {
		return nil, fmt.Errorf("compose mail: a header holds a line break")
	}
	_, domain, _ := strings.Cut(from, "@")
	msg.SetMessageIDWithValue(m.ID + "@" + domain)
	msg.SetDateWithValue(at.In(clock.Tokyo))
	msg.Subject(m.Subject)
	// RFC 3834, and what Exchange heeds: nobody's absence note is wanted.
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetGenHeader("X-Auto-Response-Suppress", "All")
	// Lines of text end in CRLF before they are encoded (RFC 2045 section 6.8).
	msg.SetBodyString(mail.TypeTextPlain, strings.ReplaceAll(strings.ReplaceAll(m.Text, "\r\n", "\n"), "\n", "\r\n"))
	return msg, nil
}

// write writes the message without saying what failed: the cause could quote it.
func write(msg *mail.Msg, w io.Writer) error {
	if _, err := msg.WriteTo(w); err != nil {
		return fmt.Errorf("write mail: %T", err)
	}
	return nil
}
