package courier

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/config"
	"github.com/tonarimachi/tonarimachi/internal/notice"
)

// Folder writes each mail into a file, for the demo and for machines that send nothing. The same
// mail twice is one file.
type Folder struct {
	dir   string
	from  string
	clock clock.Clock
}

// NewFolder makes the folder when it is not there; only its owner can look into it.
func NewFolder(dir string, from config.MailAddress, c clock.Clock) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make mail folder: %w", err)
	}
	return &Folder{dir: dir, from: string(from), clock: c}, nil
}

// Open gives the folder itself.
func (f *Folder) Open(context.Context) (notice.Outbox, error) { return f, nil }

// Close does nothing.
func (f *Folder) Close() error { return nil }

// Send writes <id>.eml.
func (f *Folder) Send(ctx context.Context, m notice.Mail, handover notice.Handover) error {
	msg, err := compose(m, f.from, f.clock.Now())
	if err != nil {
		return fmt.Errorf("%w: %w", notice.ErrRefused, err)
	}
	file, err := os.CreateTemp(f.dir, "new-*")
	if err != nil {
		return fmt.Errorf("%w: mail folder: %w", notice.ErrUnreachable, err)
	}
	err = errors.Join(write(msg, file), file.Close())
	if err == nil {
		err = handover(ctx)
	}
	if err == nil {
		err = os.Rename(file.Name(), filepath.Join(f.dir, m.ID+".eml"))
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}
