package demo

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/staff"
)

const bookName = "accounts.json"

// Book is what the demo must remember beside its database: the key, the staff's credentials, a day
// link and some tickets. It is kept in DIR/accounts.json, mode 0600.
type Book struct {
	SecretKey  string     `json:"secret_key"`
	ContactKey string     `json:"contact_key"` // the worker's
	Accounts   []*Account `json:"accounts"`
	Door       DoorLink   `json:"door"`    // zero until there is one
	Tickets    []Held     `json:"tickets"` // of the event that is full: with a seat, in line, and asked
	Lottery    Lottery    `json:"lottery"` // zero until there is one
	Paper      Paper      `json:"paper"`   // zero until there is one
	path       string
}

// Account is the administrator of one organization; Second, where it has one, the member who gives
// the second approval of a booking.
type Account struct {
	Slug         string    `json:"slug"`
	Email        string    `json:"email"`
	Password     string    `json:"password"`
	Token        string    `json:"token"` // "" until it is issued
	TokenExpires time.Time `json:"token_expires"`
	Second       *Account  `json:"second,omitempty"`
}

// OpenBook reads the book in dir, or begins one.
func OpenBook(dir string) (*Book, error) {
	b := &Book{path: filepath.Join(dir, bookName)}
	text, err := os.ReadFile(b.path)
	if errors.Is(err, fs.ErrNotExist) {
		b.SecretKey, b.ContactKey = newKey(), newKey()
		return b, b.save()
	}
	if err != nil {
		return nil, fmt.Errorf("open demo accounts: %w", err)
	}
	if err := json.Unmarshal(text, b); err != nil {
		return nil, fmt.Errorf("read demo accounts %s (--fresh starts over): %w", b.path, err)
	}
	if b.ContactKey == "" { // from before there were contacts
		b.ContactKey = newKey()
		return b, b.save()
	}
	return b, nil
}

func newKey() string {
	var key [32]byte
	_, _ = rand.Read(key[:]) // never fails
	return base64.StdEncoding.EncodeToString(key[:])
}

// ForgetBook removes the book in dir, for starting over.
func ForgetBook(dir string) error {
	if err := os.Remove(filepath.Join(dir, bookName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove demo accounts: %w", err)
	}
	return nil
}

func (b *Book) save() error { return WritePrivate(b.path, b) }

// WritePrivate writes v as JSON, readable by this account only, whole or not at all.
func WritePrivate(path string, v any) error {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	half := path + ".tmp"
	if err := os.Remove(half); err != nil && !errors.Is(err, fs.ErrNotExist) { // its mode would stay
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := os.WriteFile(half, append(text, '\n'), 0o600); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := os.Rename(half, path); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// account gives the organization's entry, a new one with a random password if there is none. It is
// saved before it is used, so that no start that was cut off leaves a password nobody knows.
func (b *Book) account(slug string) (*Account, error) {
	for _, a := range b.Accounts {
		if a.Slug == slug {
			return a, nil
		}
	}
	a := &Account{Slug: slug, Email: "staff@" + slug + ".example", Password: rand.Text()}
	b.Accounts = append(b.Accounts, a)
	return a, b.save()
}

// ErrForeignBook says that book and database do not belong together.
var ErrForeignBook = errors.New("the accounts kept in the data folder don't fit its database; start over with --fresh")

const (
	tokenAge     = 365 * 24 * time.Hour
	tokenRenewal = 30 * 24 * time.Hour // before the end
)

// second gives the account of the organization's other member, as account does.
func (b *Book) second(a *Account) (*Account, error) {
	if a.Second != nil {
		return a.Second, nil
	}
	a.Second = &Account{Slug: a.Slug, Email: "staff2@" + a.Slug + ".example", Password: rand.Text()}
	return a.Second, b.save()
}

// enlist sees that the organization has its administrator with a token, and gives that person's
// session.
func (l *loader) enlist(ctx context.Context, in organization.Input, book *Book) (staff.Session, error) {
	a, err := book.account(in.Slug)
	if err != nil {
		return staff.Session{}, err
	}
	return l.admit(ctx, in, member{Account: a, name: "デモ担当", role: staff.Admin}, book)
}

// enlistSecond sees that the organization has another member, for rooms that ask for two steps of
// approval.
func (l *loader) enlistSecond(ctx context.Context, in organization.Input, book *Book) error {
	a, err := book.account(in.Slug)
	if err != nil {
		return err
	}
	if a, err = book.second(a); err != nil {
		return err
	}
	_, err = l.admit(ctx, in, member{Account: a, name: "デモ担当（2人目）", role: staff.Publisher, byOperator: true}, book)
	return err
}

// member is whom an account is for. They give themselves their token, unless the operator does: a
// token from the administrator's hand would count as the administrator where a second person is
// asked for.
type member struct {
	*Account
	name       string
	role       staff.Role
	byOperator bool
}

func (l *loader) admit(ctx context.Context, in organization.Input, m member, book *Book) (staff.Session, error) {
	now := l.Clock.Now()
	if m.Token != "" && now.Add(tokenRenewal).Before(m.TokenExpires) {
		if session, err := l.Staff.Authenticate(ctx, m.Token); err == nil {
			return session, nil
		}
	}
	var session staff.Session
	err := error(staff.ErrCredentials)
	if m.Token != "" { // hired before; hashing is dear, so whoever is new is hired without asking first
		session, err = l.Staff.VerifyPassword(ctx, m.Slug, m.Email, m.Password)
	}
	if errors.Is(err, staff.ErrCredentials) {
		session, err = l.hire(ctx, in, m)
	}
	if err != nil {
		return staff.Session{}, err
	}
	issue := func() (staff.Issued, error) {
		return l.Staff.IssueToken(ctx, session, session.Member.ID, "デモ", now.Add(tokenAge))
	}
	if m.byOperator {
		issue = func() (staff.Issued, error) {
			return l.StaffOperator.IssueTokenOperator(
				ctx,
				session.Organization.ID,
				session.Member.ID,
				"デモ",
				now.Add(tokenAge),
			)
		}
	}
	issued, err := issue()
	if err != nil {
		return staff.Session{}, err
	}
	m.Token, m.TokenExpires = issued.Secret.Reveal(), issued.ExpiresAt
	return session, book.save()
}

func (l *loader) hire(ctx context.Context, in organization.Input, m member) (staff.Session, error) {
	refs, err := l.OrganizationOperator.Establish(ctx, []organization.Input{in}) // known already: gives its id
	if err != nil {
		return staff.Session{}, err
	}
	hired, err := l.StaffOperator.AddOperator(ctx, refs[0].ID, m.Email, m.name, m.role, m.Password)
	if errors.Is(err, staff.ErrEmailTaken) {
		session, err := l.Staff.VerifyPassword(ctx, m.Slug, m.Email, m.Password)
		if errors.Is(err, staff.ErrCredentials) {
			return staff.Session{}, ErrForeignBook
		}
		return session, err
	}
	if err != nil {
		return staff.Session{}, err
	}
	return staff.Session{Organization: refs[0], Member: hired}, nil
}
