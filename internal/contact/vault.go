package contact

import (
	"crypto/ecdh"
	"crypto/hpke"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/secret"
)

// The purposes under which the worker's contact key seals what is in the folder.
const (
	purposeKey  secret.Purpose = "contact key seal v1"
	purposePush secret.Purpose = "push key seal v1"
)

// errVault is what the seal of a file answers when the contact key is another one.
var errVault = &fault.Error{Kind: fault.KindInternal, Code: "contact_key_wrong"}

const (
	idFile   = "store"
	pushFile = "push.key"
	keyEnd   = ".key"
)

// Vault is the worker's key store: a folder with one small file for each date's private key.
// Neither the folder alone nor the contact key alone opens anything. All workers of an installation
// share one folder; it must not be part of any backup or snapshot. Safe for concurrent use, in
// other processes too, as long as whoever makes and destroys keys holds the lock of Keeper.
type Vault struct {
	dir    string
	seal   *secret.Sealer
	push   *secret.Sealer
	random io.Reader
}

// OpenVault opens the folder and makes it when it is not there. keys is the worker's contact key.
func OpenVault(dir string, keys *secret.Keys, random io.Reader) (*Vault, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the contact key store: %w", err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		return nil, fmt.Errorf("look at the contact key store: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("the contact key store %s is open to other accounts: chmod 700 it", dir)
	}
	return &Vault{
		dir:    dir,
		seal:   keys.Sealer(purposeKey, errVault),
		push:   keys.Sealer(purposePush, errVault),
		random: random,
	}, nil
}

// ID tells stores apart; a new folder gets one.
func (v *Vault) ID() (uuid.UUID, error) {
	id, err := uuid.NewRandomFromReader(v.random)
	if err != nil {
		return uuid.Nil, fmt.Errorf("name the contact key store: %w", err)
	}
	text, err := v.once(idFile, func() (string, error) { return id.String(), nil })
	if err != nil {
		return uuid.Nil, err
	}
	if id, err = uuid.Parse(strings.TrimSpace(text)); err != nil {
		return uuid.Nil, fmt.Errorf("read the contact key store: %s is not readable", idFile)
	}
	return id, nil
}

// Make gives the public half of the key with an id, a new one where there is none yet.
func (v *Vault) Make(id uuid.UUID) ([]byte, error) {
	text, err := v.once(id.String()+keyEnd, func() (string, error) {
		private, err := kem.GenerateKey()
		if err != nil {
			return "", err
		}
		raw, err := private.Bytes()
		if err != nil {
			return "", err
		}
		defer clear(raw)
		return v.seal.Seal(raw, id.String()), nil
	})
	if err != nil {
		return nil, err
	}
	private, err := v.read(id, text)
	if err != nil {
		return nil, err
	}
	return private.PublicKey().Bytes(), nil
}

// Open gives the contact that was sealed for the key with an id and a ticket. ErrNoKey when the key
// was destroyed, ErrSealed when it is not of that key and ticket.
func (v *Vault) Open(key, ticket uuid.UUID, sealed []byte) (Contact, error) {
	text, err := os.ReadFile(v.path(key.String() + keyEnd))
	if errors.Is(err, fs.ErrNotExist) {
		return Contact{}, ErrNoKey
	}
	if err != nil {
		return Contact{}, fmt.Errorf("read contact key: %w", err)
	}
	private, err := v.read(key, string(text))
	if err != nil {
		return Contact{}, err
	}
	return open(private, key, ticket, sealed)
}

func (v *Vault) read(id uuid.UUID, text string) (hpke.PrivateKey, error) {
	raw, err := v.seal.Open(strings.TrimSpace(text), id.String())
	if err != nil {
		return nil, fmt.Errorf("open contact key: the contact key is not the one it was sealed under")
	}
	defer clear(raw)
	private, err := kem.NewPrivateKey(raw)
	if err != nil {
		return nil, fmt.Errorf("open contact key: %w", err)
	}
	return private, nil
}

// PushKeys gives the pair with which pushes are signed (VAPID, RFC 8292): the private scalar and
// the public point, both base64url. A new store gets one.
func (v *Vault) PushKeys() (private, public string, err error) {
	text, err := v.once(pushFile, func() (string, error) {
		k, err := ecdh.P256().GenerateKey(v.random)
		if err != nil {
			return "", err
		}
		return v.push.Seal(k.Bytes()), nil
	})
	if err != nil {
		return "", "", err
	}
	raw, err := v.push.Open(strings.TrimSpace(text))
	if err != nil {
		return "", "", fmt.Errorf("open push key: the contact key is not the one it was sealed under")
	}
	k, err := ecdh.P256().NewPrivateKey(raw)
	if err != nil {
		return "", "", fmt.Errorf("open push key: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(raw), base64.RawURLEncoding.EncodeToString(k.PublicKey().Bytes()), nil
}

// Keys gives the ids of all keys that are there.
func (v *Vault) Keys() ([]uuid.UUID, error) {
	files, err := os.ReadDir(v.dir)
	if err != nil {
		return nil, fmt.Errorf("list contact keys: %w", err)
	}
	var ids []uuid.UUID
	for _, f := range files {
		name, ok := strings.CutSuffix(f.Name(), keyEnd)
		if !ok {
			continue
		}
		if id, err := uuid.Parse(name); err == nil && id.String() == name {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// Reseal seals everything anew under the first contact key, so that an older one can be taken out
// of the setting. Only under the lock of Keeper.
func (v *Vault) Reseal() error {
	ids, err := v.Keys()
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := v.reseal(id.String()+keyEnd, v.seal, id.String()); err != nil {
			return err
		}
	}
	return v.reseal(pushFile, v.push)
}

func (v *Vault) reseal(name string, s *secret.Sealer, bound ...string) error {
	text, err := os.ReadFile(v.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read contact key: %w", err)
	}
	raw, err := s.Open(strings.TrimSpace(string(text)), bound...)
	if err != nil {
		return fmt.Errorf("seal %s anew: it was sealed under a contact key that is not given", name)
	}
	defer clear(raw)
	temporary, err := v.write(s.Seal(raw, bound...))
	if err != nil {
		return err
	}
	if err := os.Rename(temporary, v.path(name)); err != nil {
		return errors.Join(fmt.Errorf("seal %s anew: %w", name, err), os.Remove(temporary))
	}
	return v.settle()
}

// Destroy makes a key unreadable for ever; one that is gone already is no error. Only under the
// lock of Keeper.
func (v *Vault) Destroy(id uuid.UUID) error {
	name := v.path(id.String() + keyEnd)
	f, err := os.OpenFile(name, os.O_WRONLY, 0) //nolint:gosec // a name made of an id
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("destroy contact key: %w", err)
	}
	// Overwritten first: where the file system writes in place, nothing is left in free blocks.
	info, err := f.Stat()
	if err == nil {
		_, err = f.Write(make([]byte, info.Size()))
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("destroy contact key: %w", err)
	}
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("destroy contact key: %w", err)
	}
	return v.settle()
}

// once gives the text of a file, and writes it first when there is none. Of several that write at
// once one wins, and all read what it wrote.
func (v *Vault) once(name string, text func() (string, error)) (string, error) {
	old, err := os.ReadFile(v.path(name))
	if err == nil {
		return string(old), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("read the contact key store: %w", err)
	}
	fresh, err := text()
	if err != nil {
		return "", fmt.Errorf("make contact key: %w", err)
	}
	temporary, err := v.write(fresh)
	if err != nil {
		return "", err
	}
	defer func() { _ = os.Remove(temporary) }()
	// A hard link, which unlike a rename takes no other's place.
	if err := os.Link(temporary, v.path(name)); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("write the contact key store: %w", err)
	}
	if err := v.settle(); err != nil {
		return "", err
	}
	now, err := os.ReadFile(v.path(name))
	if err != nil {
		return "", fmt.Errorf("read the contact key store: %w", err)
	}
	return string(now), nil
}

func (v *Vault) path(name string) string { return filepath.Join(v.dir, name) }

// write puts text into a file of its own, on disk when it returns.
func (v *Vault) write(text string) (string, error) {
	f, err := os.CreateTemp(v.dir, "new-*")
	if err != nil {
		return "", fmt.Errorf("write the contact key store: %w", err)
	}
	_, err = f.WriteString(text + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", errors.Join(fmt.Errorf("write the contact key store: %w", err), os.Remove(f.Name()))
	}
	return f.Name(), nil
}

// settle brings the folder's own entries to disk.
func (v *Vault) settle() error {
	d, err := os.Open(v.dir)
	if err != nil {
		return fmt.Errorf("settle the contact key store: %w", err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("settle the contact key store: %w", err)
	}
	return nil
}
