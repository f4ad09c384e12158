package staff

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/unicode/norm"
)

// Lengths of passwords in characters, after normalisation. There is no rule about kinds of
// characters (NIST SP 800-63B, 5.1.1.2).
const (
	MinPassword = 12
	MaxPassword = 128
)

// 19 MiB, two passes: OWASP's figures for Argon2id, small enough for the memory one replica may
// use.
var cost = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// hashing bounds the memory and the cores that logins can take.
var hashing = make(chan struct{}, 2)

var errHash = errors.New("stored password hash can't be read")

// normal makes the same password of what different keyboards send (NIST SP 800-63B: NFKC before
// hashing).
func normal(password string) string { return norm.NFKC.String(password) }

// passwordRule gives the code of the rule that a new password breaks and its limit, "" for none.
func passwordRule(password string) (code string, limit int) {
	switch {
	case len(password) > 16*MaxPassword: // before any work on it
		return "too_long", MaxPassword
	case !utf8.ValidString(password):
		return "invalid_characters", 0
	}
	switch n := utf8.RuneCountInString(normal(password)); {
	case n < MinPassword:
		return "too_short", MinPassword
	case n > MaxPassword:
		return "too_long", MaxPassword
	}
	return "", 0
}

func hashPassword(ctx context.Context, password string) (string, error) {
	if err := takeHashing(ctx); err != nil {
		return "", err
	}
	defer func() { <-hashing }()
	hash, err := argon2id.CreateHash(normal(password), cost)
	if err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	return hash, nil
}

// CheckPassword compares in constant time. A password no member can have costs as much as any
// other.
func CheckPassword(ctx context.Context, password, hash string) (bool, error) {
	possible := true
	if code, _ := passwordRule(password); code != "" {
		password, possible = "", false
	}
	if err := takeHashing(ctx); err != nil {
		return false, err
	}
	defer func() { <-hashing }()
	match, err := argon2id.ComparePasswordAndHash(normal(password), hash)
	if err != nil {
		return false, errHash
	}
	return match && possible, nil
}

func takeHashing(ctx context.Context) error {
	select {
	case hashing <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for hashing: %w", ctx.Err())
	}
}

// nobody is the hash that unknown addresses are compared with, of a password that nobody knows.
var nobody = sync.OnceValues(func() (string, error) { return argon2id.CreateHash(rand.Text(), cost) })
