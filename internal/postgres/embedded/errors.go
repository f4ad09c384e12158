package embedded

import (
	"fmt"
	"strings"
)

// NotFoundError says that no usable PostgreSQL is installed and none could be downloaded.
type NotFoundError struct {
	// Unsuitable lists binaries that were found but cannot be used, each with the reason.
	Unsuitable []string
	// Download is why the download failed.
	Download error
}

// Error tells the reader, in English and in Japanese, what to install.
func (e *NotFoundError) Error() string {
	var b strings.Builder
	fmt.Fprintf(
		&b,
		"PostgreSQL %d or newer was not found on this machine and could not be downloaded; install it and start again "+
			"(Debian, Ubuntu: sudo apt-get install postgresql; Fedora: sudo dnf install postgresql-server "+
			"postgresql-contrib; "+
			"macOS: brew install postgresql@17).\n",
		minimumMajor,
	)
	fmt.Fprintf(&b, "PostgreSQL %d 以上が見つからず、ダウンロードもできませんでした。上のコマンドでインストールしてから、もう一度起動してください。", minimumMajor)
	if len(e.Unsuitable) > 0 {
		fmt.Fprintf(&b, "\n(not usable: %s)", strings.Join(e.Unsuitable, "; "))
	}
	if e.Download != nil {
		fmt.Fprintf(&b, "\n(download: %v)", e.Download)
	}
	return b.String()
}

// Unwrap gives the reason the download failed.
func (e *NotFoundError) Unwrap() error { return e.Download }

// RunningError says that another living program runs a server in the same data folder.
type RunningError struct {
	Dir string
	// PID is the other program's process number, 0 if it is not known.
	PID int
}

func (e *RunningError) Error() string {
	who := "another process"
	if e.PID > 0 {
		who = fmt.Sprintf("PID %d", e.PID)
	}
	return fmt.Sprintf("data folder %s: already running by %s; stop it or choose another folder", e.Dir, who)
}

// VersionError says that the cluster in the data folder was made by a major version that is not
// installed.
type VersionError struct {
	Dir       string
	Cluster   int
	Installed []int
}

func (e *VersionError) Error() string {
	return fmt.Sprintf(
		"data folder %s was made by PostgreSQL %d, but only %v is installed; install version %d or start afresh",
		e.Dir,
		e.Cluster,
		e.Installed,
		e.Cluster,
	)
}
