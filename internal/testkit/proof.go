package testkit

import (
	"os"
	"testing"
)

// longEnv asks for proofs at full size; make proof sets it.
const longEnv = "TONARIMACHI_TEST_LONG"

// Size is how much a proof does: full under make proof, small among the other tests, where it takes
// a second or two. Proofs are tests named TestProof….
func Size(small, full int) int {
	if os.Getenv(longEnv) != "" { //nolint:forbidigo // tests have no settings
		return full
	}
	return small
}

// Figure tells what a proof found; make proof prints it.
func Figure(t testing.TB, format string, args ...any) {
	t.Helper()
	t.Logf("figure: "+format, args...)
}
