package staff

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/audit"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/text"
)

// MaxTokenAge is how long a token may be valid at most.
const MaxTokenAge = 366 * 24 * time.Hour

// Service is what one can do with members and tokens. Safe for concurrent use.
type Service struct {
	db        *postgres.DB
	directory *organization.Directory
	keys      *secret.Keys
	random    io.Reader
	known     sessions
}

// NewService makes the service; random must be cryptographically random and safe for concurrent
// use.
func NewService(db *postgres.DB, directory *organization.Directory, keys *secret.Keys, random io.Reader) *Service {
	return &Service{db: db, directory: directory, keys: keys, random: random}
}

// VerifyPassword recognises a member by address and password. Unknown organization, unknown address
// and wrong password are one answer, ErrCredentials, after the same work; ErrDisabled and
// organization.ErrClosed are only said to someone who knows the password.
func (s *Service) VerifyPassword(ctx context.Context, slug, email, password string) (Session, error) {
	hash, err := nobody()
	if err != nil {
		return Session{}, fmt.Errorf("verify password: %w", err)
	}
	email = lowerEmail(email)
	var member *Member
	org, err := s.directory.BySlug(ctx, slug)
	switch {
	case fault.KindOf(err) == fault.KindNotFound:
	case err != nil:
		return Session{}, fmt.Errorf("verify password: %w", err)
	case possibleEmail(email):
		err = s.db.ReadOrganization(ctx, org.ID, func(tx *postgres.Tx) error {
			m, stored, err := memberByEmail(tx, org.ID, email)
			if fault.KindOf(err) == fault.KindNotFound {
				return nil
			}
			member, hash = &m, stored
			return err
		})
		if err != nil {
			return Session{}, fmt.Errorf("verify password: %w", err)
		}
	}
	match, err := CheckPassword(ctx, password, hash)
	switch {
	case err != nil:
		return Session{}, fmt.Errorf("verify password: %w", err)
	case !match || member == nil:
		return Session{}, ErrCredentials
	case member.Disabled:
		return Session{}, ErrDisabled
	case org.Closed():
		return Session{}, organization.ErrClosed
	}
	return Session{Organization: org.Ref(), Member: *member}, nil
}

// Members lists the organization's staff by address, the disabled ones too. Needs StaffManage.
func (s *Service) Members(ctx context.Context, by Session) ([]Member, error) {
	if err := Require(by, by.Organization.Slug, StaffManage); err != nil {
		return nil, err
	}
	var all []Member
	err := s.db.ReadOrganization(ctx, by.Organization.ID, func(tx *postgres.Tx) (err error) {
		all, err = members(tx, by.Organization.ID)
		return err
	})
	return all, err
}

// Disable shuts a member out, with all their tokens. Needs StaffManage; ErrNotFound, and
// ErrDisableSelf, so that someone is left to undo it.
func (s *Service) Disable(ctx context.Context, by Session, member uuid.UUID) error {
	if err := Require(by, by.Organization.Slug, StaffManage); err != nil {
		return err
	}
	if member == by.Member.ID {
		return ErrDisableSelf
	}
	err := s.db.InOrganization(ctx, by.Organization.ID, by.Actor(), func(tx *postgres.Tx) error {
		changed, err := disable(tx, member)
		if err != nil || !changed {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{Action: "staff.disable", SubjectKind: "staff", SubjectID: member})
	})
	if err != nil {
		return fmt.Errorf("disable staff: %w", err)
	}
	s.known.clear()
	return nil
}

// Tokens lists the organization's tokens, newest first. Needs TokensManage.
func (s *Service) Tokens(ctx context.Context, by Session) ([]Token, error) {
	if err := Require(by, by.Organization.Slug, TokensManage); err != nil {
		return nil, err
	}
	var all []Token
	err := s.db.ReadOrganization(ctx, by.Organization.ID, func(tx *postgres.Tx) (err error) {
		all, err = tokens(ctx, tx, by.Organization.ID)
		return err
	})
	return all, err
}

// IssueToken makes a token for a member of the session's organization. Needs TokensManage.
// ErrTokenInvalid names the fields: name, and expires_at, which must be ahead and within
// MaxTokenAge; ErrNotFound for a member who is of another organization or disabled.
func (s *Service) IssueToken(
	ctx context.Context,
	by Session,
	member uuid.UUID,
	name string,
	expiresAt time.Time,
) (Issued, error) {
	if err := Require(by, by.Organization.Slug, TokensManage); err != nil {
		return Issued{}, err
	}
	var issued Issued
	err := s.db.InOrganization(ctx, by.Organization.ID, by.Actor(), func(tx *postgres.Tx) (err error) {
		issued, err = s.issue(ctx, tx, by.Organization.ID, by.Organization.Slug, member, name, expiresAt)
		return err
	})
	if err != nil {
		return Issued{}, fmt.Errorf("issue token: %w", err)
	}
	return issued, nil
}

// IssueTokenOperator is IssueToken for the operator's set-up of an organization.
func (s *Service) IssueTokenOperator(
	ctx context.Context,
	organizationID, member uuid.UUID,
	name string,
	expiresAt time.Time,
) (Issued, error) {
	var issued Issued
	err := s.db.InOperator(ctx, func(tx *postgres.Tx) error {
		slug, err := slugOf(tx, organizationID)
		if err != nil {
			return err
		}
		issued, err = s.issue(ctx, tx, organizationID, slug, member, name, expiresAt)
		return err
	})
	if err != nil {
		return Issued{}, fmt.Errorf("issue token: %w", err)
	}
	return issued, nil
}

func (s *Service) issue(
	ctx context.Context,
	tx *postgres.Tx,
	organizationID uuid.UUID,
	slug string,
	member uuid.UUID,
	name string,
	expiresAt time.Time,
) (Issued, error) {
	expiresAt = expiresAt.UTC().Truncate(time.Microsecond)
	invalid := ErrTokenInvalid
	name, ok := text.Line(name)
	switch n := utf8.RuneCountInString(name); {
	case !ok:
		invalid = invalid.Field("name", "invalid_characters")
	case n == 0:
		invalid = invalid.Field("name", "required")
	case n > maxName:
		invalid = invalid.Field("name", "too_long", "max", maxName)
	}
	if !expiresAt.After(tx.Now) || expiresAt.After(tx.Now.Add(MaxTokenAge)) {
		invalid = invalid.Field("expires_at", "token_period")
	}
	if err := invalid.Or(); err != nil {
		return Issued{}, err
	}
	token, err := secret.NewAPIToken(slug, s.random)
	if err != nil {
		return Issued{}, err
	}
	row, err := insertToken(ctx, tx, organizationID, member, name, s.keys.TokenMAC(token), expiresAt)
	if err != nil {
		return Issued{}, err
	}
	entry := audit.Entry{
		Organization: organizationID,
		Action:       "token.issue",
		SubjectKind:  "token",
		SubjectID:    row.ID,
		Detail:       map[string]any{"staff_id": member},
	}
	if err := audit.Record(ctx, tx, entry); err != nil {
		return Issued{}, err
	}
	return Issued{Token: row, Secret: token}, nil
}

// RevokeToken ends a token for good; once more does nothing. Needs TokensManage; ErrTokenNotFound.
func (s *Service) RevokeToken(ctx context.Context, by Session, token uuid.UUID) error {
	if err := Require(by, by.Organization.Slug, TokensManage); err != nil {
		return err
	}
	err := s.db.InOrganization(ctx, by.Organization.ID, by.Actor(), func(tx *postgres.Tx) error {
		changed, err := revoke(tx, token)
		if err != nil || !changed {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{Action: "token.revoke", SubjectKind: "token", SubjectID: token})
	})
	if err != nil {
		return fmt.Errorf("revoke token: %w", err)
	}
	s.known.clear()
	return nil
}

const (
	maxEmail = 254 // RFC 5321, 4.5.3.1.3, less the brackets
	maxName  = 100
)

// ASCII only, so that the database's lower() agrees whatever its locale.
var emailForm = regexp.MustCompile(`^[!-?A-~]+@[!-?A-~]+$`)

func lowerEmail(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

func possibleEmail(s string) bool { return len(s) <= maxEmail && emailForm.MatchString(s) }

// AddOperator adds a member as the operator. ErrInvalid names the fields; ErrEmailTaken;
// organization.ErrNotFound.
func (s *Service) AddOperator(
	ctx context.Context,
	organizationID uuid.UUID,
	email, name string,
	role Role,
	password string,
) (Member, error) {
	invalid := ErrInvalid
	email = lowerEmail(email)
	if !possibleEmail(email) {
		invalid = invalid.Field("email", "invalid_format")
	}
	name, ok := text.Line(name)
	switch {
	case !ok:
		invalid = invalid.Field("name", "invalid_characters")
	case utf8.RuneCountInString(name) > maxName:
		invalid = invalid.Field("name", "too_long", "max", maxName)
	}
	if !role.Valid() {
		invalid = invalid.Field("role", "unknown_value")
	}
	switch code, limit := passwordRule(password); code {
	case "too_short":
		invalid = invalid.Field("password", "too_short", "min", limit)
	case "too_long":
		invalid = invalid.Field("password", "too_long", "max", limit)
	case "invalid_characters":
		invalid = invalid.Field("password", "invalid_characters")
	}
	if err := invalid.Or(); err != nil {
		return Member{}, err
	}
	hash, err := hashPassword(ctx, password)
	if err != nil {
		return Member{}, fmt.Errorf("add staff: %w", err)
	}
	added := Member{OrganizationID: organizationID, Email: email, Name: name, Role: role}
	err = s.db.InOperator(ctx, func(tx *postgres.Tx) (err error) {
		if added.ID, err = insertMember(tx, added, hash); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{
			Organization: organizationID,
			Action:       "staff.add",
			SubjectKind:  "staff",
			SubjectID:    added.ID,
			Detail:       map[string]any{"role": role},
		})
	})
	if err != nil {
		return Member{}, fmt.Errorf("add staff: %w", err)
	}
	return added, nil
}
