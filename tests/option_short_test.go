//go:build linux

package tests

import (
	"encoding/hex"
	"os"
	"testing"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
)

// TestShortIntegers makes strace play systems whose integers are shorter than csock's memory for
// them: a char where an int is asked for, and an unsigned long of 32 bits.
func TestShortIntegers(t *testing.T) {
	if os.Getenv(structChild) != "" {
		s, err := csock.New(csock.AF_INET, csock.SOCK_DGRAM, 0)
		check(t, err)
		if os.Getenv(structChild) == "char" {
			same(t, "IP_MULTICAST_TTL", need.Value[int](t)(csock.IP_MULTICAST_TTL.Get(s)), 7)
		} else {
			same(t, "SO_COOKIE", need.Value[uint64](t)(csock.SO_COOKIE.Get(s)), 0x07070707)
		}
		return
	}
	for child, length := range map[string]int{"char": 1, "unsigned long": 4} {
		straced(t, child, "-e", "trace=getsockopt", "-e", "inject=getsockopt:retval=0:poke_exit=@arg4=07070707,@arg5="+hex.EncodeToString(native32(length)))
	}
}
