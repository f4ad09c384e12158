// Package migrations holds the schema of the database as SQL files.
//
// tables/ has numbered files by concept, each with its tables, constraints, indexes, policies and
// grants. A file that has landed is never edited; a change of tables is a new file that keeps the
// previous program working (expand, migrate, contract).
//
// functions/ has each function once, in the file of its name, with its triggers, owner and grants.
// It is edited in place: migrating creates anew what changed and drops what is gone.
//
// schema.sql is the whole as it stands in a migrated database. It is generated, to be read.
package migrations

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// FS holds tables/*.sql and functions/*.sql.
//
//go:embed tables/*.sql functions/*.sql
var FS embed.FS

// A Schema is what the files say.
type Schema struct {
	Tables    []Table // by number
	Functions map[string]Function
}

// A Table file is applied once.
type Table struct {
	File
	Number int64
}

// A Function file is applied whenever its text changed. Function names the function, and the file.
type Function struct {
	File
	Function string
}

// A File is one SQL file.
type File struct {
	Name     string // tables/00001_roles
	Text     string
	Checksum string
	// Needs are the functions that must be there before, from a first line "-- needs: a, b". Only
	// what PostgreSQL resolves at once needs them: defaults, checks, policies and functions with a
	// body in standard SQL.
	Needs []string
}

var needs = regexp.MustCompile(`^-- needs: ([a-z_, ]+)\n`)

// Read reads the files of FS, or of a test's.
func Read(files fs.FS) (Schema, error) {
	s := Schema{Functions: map[string]Function{}}
	tables, err := read(files, "tables")
	if err != nil {
		return Schema{}, err
	}
	for _, file := range tables {
		digits, _, _ := strings.Cut(path.Base(file.Name), "_")
		number, err := strconv.ParseInt(digits, 10, 64)
		if err != nil {
			return Schema{}, fmt.Errorf("read migrations: %s.sql has no number", file.Name)
		}
		if n := len(s.Tables); n > 0 && s.Tables[n-1].Number >= number {
			return Schema{}, fmt.Errorf("read migrations: number %d is there twice", number)
		}
		// A landed file may get a better comment, never another statement.
		file.Checksum = checksum(withoutComments(file.Text))
		s.Tables = append(s.Tables, Table{File: file, Number: number})
	}
	functions, err := read(files, "functions")
	if err != nil {
		return Schema{}, err
	}
	for _, file := range functions {
		name := path.Base(file.Name)
		file.Checksum = checksum(file.Text)
		s.Functions[name] = Function{File: file, Function: name}
	}
	for _, file := range slices.Concat(tables, functions) {
		for _, need := range file.Needs {
			if _, ok := s.Functions[need]; !ok {
				return Schema{}, fmt.Errorf("read migrations: %s.sql needs %s, which is no function", file.Name, need)
			}
		}
	}
	return s, nil
}

// Newest gives the number of the newest table file.
func (s Schema) Newest() int64 {
	if len(s.Tables) == 0 {
		return 0
	}
	return s.Tables[len(s.Tables)-1].Number
}

func read(files fs.FS, folder string) ([]File, error) {
	names, err := fs.Glob(files, folder+"/*.sql") // in order of names
	if err != nil {
		return nil, fmt.Errorf("list migrations: %w", err)
	}
	all := make([]File, 0, len(names))
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("read migration: %w", err)
		}
		file := File{Name: strings.TrimSuffix(name, ".sql"), Text: string(text)}
		if first := needs.FindStringSubmatch(file.Text); first != nil {
			file.Needs = strings.Split(first[1], ", ")
		}
		all = append(all, file)
	}
	return all, nil
}

var comment = regexp.MustCompile(`(?m)^\s*--.*$`)

// withoutComments takes away the lines that are comments, and how the rest is broken into lines.
func withoutComments(text string) string {
	return strings.Join(strings.Fields(comment.ReplaceAllString(text, "")), " ")
}

func checksum(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
