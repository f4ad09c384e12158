// Command generate writes depguard's lists of packages into .golangci.yml, from the layers that
// archtest keeps.
package main

import (
	"fmt"
	"os"

	"github.com/tonarimachi/tonarimachi/internal/archtest"
)

func main() {
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func write(path string) error {
	text, err := os.ReadFile(path) //nolint:gosec // the file that go generate names
	if err != nil {
		return err
	}
	made, err := archtest.Linter(string(text))
	if err != nil {
		return err
	}
	return os.WriteFile(path, []byte(made), 0o644) //nolint:gosec // a file of the tree, as git keeps it
}
