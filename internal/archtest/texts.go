package archtest

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Folders that are not the project's own text: other people's files, results, and this package's
// bad examples.
var foreign = []string{".git", "bin", "tmp", ".demo", "node_modules", "vendor", "testdata"}

var (
	// The words are apart so that this file does not find itself.
	marker = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME)\b`)
	// A path that exists on one machine only.
	machine = regexp.MustCompile(`(^|[^\w./-])/(wo` + `rk|ho` + `me|tm` + `p|Us` + `ers)/[\w.]`)
)

// checkTexts looks through every text file below root.
func checkTexts(root string) ([]Finding, error) {
	var found []Finding
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if path != root && slices.Contains(foreign, entry.Name()) {
				return filepath.SkipDir
			}
			return nil
		}
		if !entry.Type().IsRegular() || strings.HasSuffix(path, ".sum") ||
			entry.Name() == ".git" { // in a worktree .git is a file
			return nil
		}
		text, err := os.ReadFile(path) //nolint:gosec // a file of this module
		if err != nil {
			return err
		}
		if bytes.IndexByte(text, 0) >= 0 {
			return nil // a picture or an archive
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		found = append(found, checkText(filepath.ToSlash(name), string(text))...)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read tree: %w", err)
	}
	return found, nil
}

func checkText(name, text string) []Finding {
	var found []Finding
	at := func(offset int) string { return fmt.Sprintf("%s:%d", name, 1+strings.Count(text[:offset], "\n")) }
	for _, place := range marker.FindAllStringIndex(text, -1) {
		found = append(
			found,
			Finding{RuleMarker, at(place[0]), text[place[0]:place[1]] + " is left: do it, or open an issue"},
		)
	}
	for _, place := range machine.FindAllStringIndex(text, -1) {
		found = append(found, Finding{RuleMachine, at(place[1] - 1), "a path of one machine"})
	}
	if isWrittenSQL(name) {
		found = append(found, wideLines(name, []byte(text), func(line []byte) bool {
			// The list of what a file needs is read by migrate and stays in one line.
			return bytes.HasPrefix(line, []byte("--")) && !bytes.HasPrefix(line, []byte("-- needs: "))
		})...)
	}
	return found
}

// isWrittenSQL leaves out migrations/schema.sql, which is generated.
func isWrittenSQL(name string) bool {
	return strings.HasSuffix(name, ".sql") &&
		(strings.HasPrefix(name, "migrations/tables/") || strings.HasPrefix(name, "migrations/functions/"))
}
