package contact

import (
	"context"
	"encoding/base64"
	"fmt"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// MakeTask is the name of the task that makes keys; event_published_keys in migrations/functions
// has it too.
const MakeTask = "make_contact_keys"

const makeBatch = 200

// Keeper makes and destroys the keys of dates; it belongs to the worker. All it does happens under
// one lock of the database, so that any number of workers over one folder agree.
type Keeper struct {
	db    *postgres.DB
	vault *Vault
}

// NewKeeper makes a keeper.
func NewKeeper(db *postgres.DB, vault *Vault) *Keeper { return &Keeper{db: db, vault: vault} }

// Start ties the folder to the database, tells the faces what can be sent, and seals all keys anew
// under the first contact key. It fails with ErrForeign when the database knows another folder
// whose keys are still needed: this one was not mounted, or belongs to another installation. With
// lost, the operator says that the other one is gone for good: contacts of coming dates are
// forgotten, and their dates get other keys.
func (k *Keeper) Start(ctx context.Context, mail, lost bool) error {
	_, public, err := k.vault.PushKeys()
	if err != nil {
		return err
	}
	point, err := base64.RawURLEncoding.DecodeString(public)
	if err != nil {
		return fmt.Errorf("read push key: %w", err)
	}
	return k.locked(ctx, func(tx *postgres.Tx) error {
		mine, err := k.vault.ID()
		if err != nil {
			return err
		}
		known, found, err := readStore(ctx, tx)
		if err != nil {
			return err
		}
		files, err := k.vault.Keys()
		if err != nil {
			return err
		}
		live, err := liveKeys(ctx, tx)
		if err != nil {
			return err
		}
		switch {
		case found && known == mine:
		case !found && len(files) > 0:
			return fmt.Errorf("%w: it has keys, and the database knows none", ErrForeign)
		case len(live) > 0 && !lost:
			return fmt.Errorf(
				"%w: %d coming dates have their keys there; mount that one, or start once with --contacts-lost if it "+
					"is gone for good",
				ErrForeign,
				len(live),
			)
		case len(live) > 0:
			if _, err := forgetKeys(ctx, tx); err != nil {
				return err
			}
		}
		if err := k.vault.Reseal(); err != nil {
			return err
		}
		return writeStore(ctx, tx, mine, mail, point)
	})
}

// MakeKeys gives a key to every date that can be booked and has none, and says how many.
func (k *Keeper) MakeKeys(ctx context.Context) (int, error) {
	total := 0
	for {
		var made int
		err := k.own(ctx, func(tx *postgres.Tx) error {
			dates, err := datesWithoutKey(ctx, tx, makeBatch)
			if err != nil {
				return err
			}
			for _, d := range dates {
				// First the file, which stays on disk, then the row by which contacts are sealed.
				public, err := k.vault.Make(d.ID)
				if err != nil {
					return err
				}
				if err := insertKey(ctx, tx, d, public); err != nil {
					return err
				}
			}
			made = len(dates)
			return nil
		})
		if err != nil {
			return total, fmt.Errorf("make contact keys: %w", err)
		}
		if total += made; made < makeBatch {
			return total, nil
		}
	}
}

// DestroyKeys destroys the keys of dates that ended more than retention.AfterDate ago, and every
// key that the database does not know or knows to be gone, as after a backup was brought back. A
// key whose file is missing is written off. It says how many.
func (k *Keeper) DestroyKeys(ctx context.Context) (int, error) {
	total := 0
	err := k.own(ctx, func(tx *postgres.Tx) error {
		over, err := overKeys(ctx, tx)
		if err != nil {
			return err
		}
		live, err := liveKeys(ctx, tx)
		if err != nil {
			return err
		}
		wanted := set(live)
		for _, id := range over {
			delete(wanted, id)
		}
		files, err := k.vault.Keys()
		if err != nil {
			return err
		}
		for _, id := range files {
			if wanted[id] {
				delete(wanted, id)
				continue
			}
			if err := k.vault.Destroy(id); err != nil {
				return err
			}
			total++
		}
		// What is still wanted has no file.
		gone := over
		for id := range wanted {
			gone = append(gone, id)
		}
		return retireKeys(ctx, tx, gone)
	})
	if err != nil {
		return 0, fmt.Errorf("destroy contact keys: %w", err)
	}
	return total, nil
}

func set(ids []uuid.UUID) map[uuid.UUID]bool {
	all := make(map[uuid.UUID]bool, len(ids))
	for _, id := range ids {
		all[id] = true
	}
	return all
}

// own is locked, and sure that the folder is still the database's.
func (k *Keeper) own(ctx context.Context, fn func(tx *postgres.Tx) error) error {
	return k.locked(ctx, func(tx *postgres.Tx) error {
		mine, err := k.vault.ID()
		if err != nil {
			return err
		}
		known, found, err := readStore(ctx, tx)
		if err != nil {
			return err
		}
		if !found || known != mine {
			return ErrForeign
		}
		return fn(tx)
	})
}

func (k *Keeper) locked(ctx context.Context, fn func(tx *postgres.Tx) error) error {
	return k.db.InWorker(ctx, func(tx *postgres.Tx) error {
		if err := lockKeys(ctx, tx); err != nil {
			return err
		}
		return fn(tx)
	})
}
