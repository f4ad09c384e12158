package postgres_test

import (
	"iter"
	"strings"
)

func splitSeq(s string) iter.Seq[string] { return strings.SplitSeq(s, "|") }

func contains(err error, s string) bool { return strings.Contains(err.Error(), s) }
