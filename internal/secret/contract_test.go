package secret_test

import (
	"encoding/hex"
	"errors"
	"math/big"
	"regexp"
	"testing"

	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/openapi"
)

// Programs make codes by what the contract says. Its alphabet, its example and its last characters
// are computed here from numbers alone, not by the package's encoder.
func TestContractSaysHowACodeIsWritten(t *testing.T) {
	t.Parallel()
	said := regexp.MustCompile(
		"characters of `([0-9A-Z]{32})`[^`]+`=`[^`]+`([0-9A-Z]{8})`[^`]+`([0-9a-f]{32})` \\(hex\\) are the code " +
			"`([0-9A-Z]{26})`",
	).FindSubmatch(
		openapi.YAML,
	)
	if said == nil {
		t.Fatal("the contract does not say how a code is written")
	}
	alphabet, last, example := string(said[1]), string(said[2]), string(said[4])
	bits, err := hex.DecodeString(string(said[3]))
	if err != nil {
		t.Fatal(err)
	}
	// write gives the number in 26 digits of base 32.
	write := func(n *big.Int) string {
		digits, n := make([]byte, 26), new(big.Int).Set(n)
		for i := range digits {
			digit := new(big.Int)
			n.DivMod(n, big.NewInt(32), digit)
			digits[25-i] = alphabet[digit.Int64()]
		}
		return string(digits)
	}
	number := new(big.Int).SetBytes(bits)
	spareLast, spareFirst := write(new(big.Int).Lsh(number, 2)), write(number)
	if spareLast != example {
		t.Errorf("the bits are written %s, the contract's example is %s", spareLast, example)
	}
	if code, err := secret.ParseTicket(example); err != nil || code.Reveal() != example {
		t.Errorf("the example is read as %q, %v", code.Reveal(), err)
	}
	if _, err := secret.ParseTicket(spareFirst); !errors.Is(err, secret.ErrTicketMistyped) {
		t.Errorf("zeros in front: %v", err)
	}
	allowed := ""
	for _, c := range alphabet {
		if _, err := secret.ParseTicket(example[:25] + string(c)); err == nil {
			allowed += string(c)
		}
	}
	if allowed != last {
		t.Errorf("a code may end in %s, the contract says %s", allowed, last)
	}
}
