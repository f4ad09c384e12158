package staff_test

import (
	"crypto/rand"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/staff"
)

func TestAuthenticate(t *testing.T) {
	t.Parallel()
	b := setup(t)
	issued := b.token(t, b.admin)
	for range 2 { // from the database, then remembered
		s, err := b.service.Authenticate(t.Context(), issued.Secret.Reveal())
		if err != nil || s.Organization != b.toshima || s.Member != b.admin || s.TokenID != issued.ID ||
			s.Actor().ID != b.admin.ID {
			t.Fatalf("Authenticate = %+v, %v", s, err)
		}
	}
	if n := b.count(t, "api_token where mac = $1", []byte(issued.Secret.Reveal())); n != 0 {
		t.Error("the token itself is stored")
	}
}

func TestAuthenticateRefuses(t *testing.T) {
	t.Parallel()
	b := setup(t)
	good := b.token(t, b.admin).Secret.Reveal()
	revoked := b.token(t, b.admin)
	if err := b.service.RevokeToken(t.Context(), b.session(b.toshima, b.admin), revoked.ID); err != nil {
		t.Fatal(err)
	}
	short, err := b.operator.IssueTokenOperator(
		t.Context(),
		b.toshima.ID,
		b.admin.ID,
		"短い",
		b.clock.Now().Add(time.Second),
	)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.service.Authenticate(
		t.Context(),
		short.Secret.Reveal(),
	); err != nil { // remembered, and yet refused in time
		t.Fatal(err)
	}
	ofDisabled := b.token(t, b.editor)
	if err := b.service.Disable(t.Context(), b.session(b.toshima, b.admin), b.editor.ID); err != nil {
		t.Fatal(err)
	}
	never, err := secret.NewAPIToken("toshima", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	nowhere, err := secret.NewAPIToken("nowhere", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	b.clock.Advance(time.Second)
	for name, tt := range map[string]struct {
		bearer string
		want   error
	}{
		"good":                       {good, nil},
		"nothing":                    {"", secret.ErrToken},
		"another scheme":             {"Bearer " + good, secret.ErrToken},
		"cut":                        {good[:len(good)-1], secret.ErrToken},
		"control":                    {good + "\x00", secret.ErrToken},
		"huge":                       {strings.Repeat("a", 1<<20), secret.ErrToken},
		"never issued":               {never.Reveal(), staff.ErrTokenUnknown},
		"no such organization":       {nowhere.Reveal(), staff.ErrTokenUnknown},
		"under another organization": {strings.Replace(good, "toshima", "bunkyo", 1), staff.ErrTokenUnknown},
		"revoked":                    {revoked.Secret.Reveal(), staff.ErrTokenUnknown},
		"expired":                    {short.Secret.Reveal(), staff.ErrTokenExpired},
		"disabled":                   {ofDisabled.Secret.Reveal(), staff.ErrDisabled},
	} {
		s, err := b.service.Authenticate(t.Context(), tt.bearer)
		if !errors.Is(err, tt.want) || (err != nil) != (s.TokenID == uuid.Nil) {
			t.Errorf("%s: %v, %v; want %v", name, s.TokenID, err, tt.want)
		}
		if err != nil && len(tt.bearer) > 20 && strings.Contains(err.Error(), tt.bearer[12:20]) {
			t.Errorf("%s: the error holds the token: %v", name, err)
		}
	}
}

func TestAuthenticateAcrossKeyRotation(t *testing.T) {
	t.Parallel()
	b := setup(t)
	old := b.token(t, b.admin).Secret.Reveal()
	if _, err := b.serve(t, newKey, oldKey).Authenticate(t.Context(), old); err != nil {
		t.Errorf("stored under the older key: %v", err)
	}
	if _, err := b.serve(t, newKey).Authenticate(t.Context(), old); !errors.Is(err, staff.ErrTokenUnknown) {
		t.Errorf("after the key was withdrawn: %v", err)
	}
}

func TestRevocationIsHeard(t *testing.T) {
	t.Parallel()
	b := setup(t)
	issued := b.token(t, b.admin)
	bearer := issued.Secret.Reveal()
	elsewhere := b.serve(t, oldKey)
	for _, s := range []*staff.Service{b.service, elsewhere} {
		if _, err := s.Authenticate(t.Context(), bearer); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.service.RevokeToken(t.Context(), b.session(b.toshima, b.admin), issued.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := b.service.Authenticate(t.Context(), bearer); !errors.Is(err, staff.ErrTokenUnknown) {
		t.Errorf("here, at once: %v", err)
	}
	if _, err := elsewhere.Authenticate(t.Context(), bearer); err != nil {
		t.Errorf("the other process asks the database every time: %v", err)
	}
	b.clock.Advance(5 * time.Second)
	if _, err := elsewhere.Authenticate(t.Context(), bearer); !errors.Is(err, staff.ErrTokenUnknown) {
		t.Errorf("elsewhere, after 5 s: %v", err)
	}
}

// However many recognise the token meanwhile, none remembers it past the revocation.
func TestRevocationAmidUse(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for range 10 {
		issued := b.token(t, b.admin)
		stop := make(chan struct{})
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
					}
					if _, err := b.service.Authenticate(
						t.Context(),
						issued.Secret.Reveal(),
					); err != nil &&
						!errors.Is(err, staff.ErrTokenUnknown) {
						t.Error(err)
						return
					}
				}
			})
		}
		if err := b.service.RevokeToken(t.Context(), b.session(b.toshima, b.admin), issued.ID); err != nil {
			t.Error(err)
		}
		if _, err := b.service.Authenticate(
			t.Context(),
			issued.Secret.Reveal(),
		); !errors.Is(
			err,
			staff.ErrTokenUnknown,
		) {
			t.Errorf("still good after its revocation: %v", err)
		}
		close(stop)
		wg.Wait()
	}
}

func TestVerifyPassword(t *testing.T) {
	t.Parallel()
	b := setup(t)
	if err := b.service.Disable(t.Context(), b.session(b.toshima, b.admin), b.editor.ID); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		slug, email, password string
		want                  error
	}{
		"right":               {"toshima", "admin@toshima.example.jp", password, nil},
		"as typed on a phone": {"toshima", " Admin@Toshima.example.jp ", "ｃｏｒｒｅｃｔ　ｈｏｒｓｅ　ｂａｔｔｅｒｙ", nil},
		"wrong password":      {"toshima", "admin@toshima.example.jp", password + "!", staff.ErrCredentials},
		"no password":         {"toshima", "admin@toshima.example.jp", "", staff.ErrCredentials},
		"huge password": {"toshima", "admin@toshima.example.jp", strings.Repeat("x", 1<<20),
			staff.ErrCredentials},
		"unknown address":        {"toshima", "nobody@toshima.example.jp", password, staff.ErrCredentials},
		"another's address":      {"toshima", "admin@bunkyo.example.jp", password, staff.ErrCredentials},
		"unknown organization":   {"nowhere", "admin@toshima.example.jp", password, staff.ErrCredentials},
		"null byte":              {"toshima", "admin\x00@toshima.example.jp", password, staff.ErrCredentials},
		"invalid UTF-8":          {"toshima\xff", "\xff@x", "\xff", staff.ErrCredentials},
		"disabled":               {"toshima", "editor@toshima.example.jp", password, staff.ErrDisabled},
		"disabled, wrong secret": {"toshima", "editor@toshima.example.jp", "something else", staff.ErrCredentials},
	} {
		s, err := b.service.VerifyPassword(t.Context(), tt.slug, tt.email, tt.password)
		if !errors.Is(err, tt.want) || (err == nil) != (s.Member == b.admin) {
			t.Errorf("%s: %v, %v; want %v", name, s.Member, err, tt.want)
		}
	}
}

func TestCheckPassword(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var hash string
	if err := b.Pool(
		t,
	).QueryRow(
		t.Context(),
		"select password_hash from staff where id = $1",
		b.admin.ID,
	).Scan(
		&hash,
	); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("hash = %.40s", hash)
	}
	if ok, err := staff.CheckPassword(t.Context(), password, hash); !ok || err != nil {
		t.Errorf("right: %v, %v", ok, err)
	}
	if ok, err := staff.CheckPassword(t.Context(), "wrong horse battery", hash); ok || err != nil {
		t.Errorf("wrong: %v, %v", ok, err)
	}
	if ok, err := staff.CheckPassword(
		t.Context(),
		password,
		"canary-hash",
	); ok || err == nil ||
		strings.Contains(err.Error(), "canary") {
		t.Errorf("no hash: %v, %v", ok, err)
	}
}
