//go:build !linux

package testkit

import "os"

// serverFolder is where servers' folders go.
func serverFolder() string { return os.TempDir() }
