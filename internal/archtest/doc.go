// Package archtest keeps the rules of dependency: which package may import which, where a library
// may stand, which calls belong to one package only, how long a file may be. DESIGN.md, "The
// house", says why; the Rule constants list them.
//
// It reads every Go file of the module, for whatever system it is meant. Its own test runs it on
// testdata/broken, a module that breaks each rule once: a rule that no longer bites fails there.
package archtest

//go:generate go run ./generate ../../.golangci.yml
