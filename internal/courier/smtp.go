package courier

import (
	"context"
	"errors"
	"fmt"
	"net/textproto"
	"time"

	"github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/config"
	"github.com/tonarimachi/tonarimachi/internal/notice"
)

// patience is how long one step of the talk with a mail server may take.
const patience = 30 * time.Second

// SMTP sends mail through one server. TLS is demanded of every server that is not on this machine;
// a password never goes out without it.
type SMTP struct {
	client *mail.Client
	from   string
	clock  clock.Clock
}

// NewSMTP prepares it; nothing is dialled yet. name is how we greet the server, our own host name.
func NewSMTP(server config.MailServer, from config.MailAddress, name string, c clock.Clock) (*SMTP, error) {
	options := []mail.Option{mail.WithPort(server.Port), mail.WithTimeout(patience), mail.WithHELO(name)}
	switch {
	case server.Implicit:
		options = append(options, mail.WithSSL())
	case server.Loopback:
		options = append(options, mail.WithTLSPolicy(mail.TLSOpportunistic))
	default:
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if server.User != "" {
		options = append(
			options,
			mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover),
			mail.WithUsername(server.User),
			mail.WithPassword(server.Password.Reveal()),
		)
	}
	client, err := mail.NewClient(server.Host, options...)
	if err != nil {
		return nil, fmt.Errorf("prepare mail: %w", err)
	}
	return &SMTP{client: client, from: string(from), clock: c}, nil
}

// Open connects and logs in.
func (s *SMTP) Open(ctx context.Context) (notice.Outbox, error) {
	o := &outbox{SMTP: s}
	return o, o.dial(ctx)
}

// outbox is one connection; a broken one is dialled anew by the next Send.
type outbox struct {
	*SMTP
	talk *smtp.Client
}

func (o *outbox) dial(ctx context.Context) error {
	talk, err := o.client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return fmt.Errorf("%w: mail server: %s", notice.ErrUnreachable, code(err))
	}
	o.talk = talk
	return nil
}

// Close says goodbye.
func (o *outbox) Close() error {
	if o.talk == nil {
		return nil
	}
	talk := o.talk
	o.talk = nil
	if err := talk.UpdateDeadline(patience); err != nil {
		return errors.Join(fmt.Errorf("leave mail server: %w", err), talk.Close())
	}
	if err := talk.Quit(); err != nil {
		return errors.Join(fmt.Errorf("leave mail server: %s", code(err)), talk.Close())
	}
	return nil
}

// Send brings one mail to the server, which has it when Send returns nil (RFC 5321 section 6.1).
func (o *outbox) Send(ctx context.Context, m notice.Mail, handover notice.Handover) error {
	msg, err := compose(m, o.from, o.clock.Now())
	if err != nil {
		return fmt.Errorf("%w: %w", notice.ErrRefused, err)
	}
	if o.talk == nil {
		if err := o.dial(ctx); err != nil {
			return err
		}
	}
	if err := o.talk.UpdateDeadline(patience); err != nil {
		return o.broken("begin", err)
	}
	if err := o.talk.Mail(o.from); err != nil {
		if permanent(err) { // it is us that the server does not want
			return errors.Join(
				fmt.Errorf("%w: mail server refuses the sender: %s", notice.ErrUnreachable, code(err)),
				o.Close(),
			)
		}
		return o.refused("sender", err)
	}
	if err := o.talk.Rcpt(m.To.Quoted()); err != nil {
		return o.refused("addressee", err)
	}
	data, err := o.talk.Data()
	if err != nil {
		return o.refused("data", err)
	}
	if err := write(msg, data); err != nil {
		return o.broken("data", err)
	}
	// All but the last dot has left; until that one does, the server must not deliver.
	if err := handover(ctx); err != nil {
		talk := o.talk
		o.talk = nil
		return errors.Join(err, talk.Close()) // hung up on, without the dot
	}
	if err := o.talk.UpdateDeadline(patience); err != nil {
		return o.broken("data", err)
	}
	if err := data.Close(); err != nil {
		var reply *textproto.Error
		if errors.As(err, &reply) {
			return o.refused("message", err)
		}
		o.hangUp()
		return fmt.Errorf("%w: mail server, message", notice.ErrUnclear)
	}
	return nil
}

// refused sorts a server's no.
func (o *outbox) refused(what string, err error) error {
	var reply *textproto.Error
	if !errors.As(err, &reply) || reply.Code == 421 {
		return o.broken(what, err)
	}
	if o.talk.Reset() != nil {
		o.hangUp()
	}
	kind := notice.ErrLater
	if permanent(err) {
		kind = notice.ErrRefused
	}
	return fmt.Errorf("%w: mail server, %s: %s", kind, what, code(err))
}

func (o *outbox) broken(what string, err error) error {
	o.hangUp()
	return fmt.Errorf("%w: mail server, %s: %s", notice.ErrLater, what, code(err))
}

func (o *outbox) hangUp() {
	if o.talk != nil {
		_ = o.talk.Close() // it is of no use any more
		o.talk = nil
	}
}

func permanent(err error) bool {
	var reply *textproto.Error
	return errors.As(err, &reply) && reply.Code >= 500
}

// code is all that is told of an error: servers like to repeat the address in their texts.
func code(err error) string {
	var reply *textproto.Error
	if errors.As(err, &reply) {
		return fmt.Sprint("code ", reply.Code)
	}
	return fmt.Sprintf("%T", err)
}
