//go:build linux

// Package interpose runs programs with a library before libc that makes their socket calls by
// csock.
package interpose

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/csock/go-csock/tests/need"
)

func TestMain(m *testing.M) { need.Main(m) }

// library builds the library to preload, and returns its path.
func library(t *testing.T) string {
	t.Helper()
	if os.Getenv("CSOCK_TEST_INTERPOSE") == "" {
		t.Skip("runs for minutes, in a step of its own: .ci/interpose")
	}
	goCommand := need.Go(t)
	need.Glibc(t)
	path := filepath.Join(t.TempDir(), "interpose.so")
	run(t, goCommand, "build", "-buildmode=c-shared", "-o", path, "./testdata/lib")
	return path
}

func run(t *testing.T, name string, args ...string) {
	t.Helper()
	cmd := need.Command(t, name, args...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, out)
	}
}

// functions are those of FUNCTIONS in preload.c.
var functions = strings.Fields(`socket socketpair bind connect listen shutdown accept accept4
	getsockname getpeername getsockopt setsockopt send recv sendto recvfrom sendmsg recvmsg sendmmsg
	recvmmsg read write readv writev poll ppoll ioctl sendfile splice tee sockatmark`)

// reasons are those of preload.c for a call by libc, after the calls by csock.
var reasons = []string{"by csock", "early", "forked", "nested", "memory", "other"}

// counts is the file in which preload.c counts calls.
type counts string

func newCounts(t *testing.T) counts {
	t.Helper()
	path := filepath.Join(t.TempDir(), "counts")
	need.OK(t, os.WriteFile(path, make([]byte, len(functions)*len(reasons)*8), 0o600))
	return counts(path)
}

// env returns the environment of a program that runs with the library.
func (c counts) env(library string) []string {
	return append(os.Environ(), "LD_PRELOAD="+library, "CSOCK_INTERPOSE_COUNTS="+string(c))
}

// read returns the calls that csock made of each function, all of them, and a text.
func (c counts) read(t *testing.T) (by map[string]uint64, all uint64, text string) {
	t.Helper()
	data := need.Value[[]byte](t)(os.ReadFile(string(c)))
	by = map[string]uint64{}
	others := make([]uint64, len(reasons))
	for i, f := range functions {
		for j := range reasons {
			n := binary.NativeEndian.Uint64(data[(i*len(reasons)+j)*8:])
			others[j] += n
			if j == 0 && n > 0 {
				by[f] = n
				text += fmt.Sprintf(" %s %d", f, n)
			}
		}
	}
	text = fmt.Sprintf("%d calls by csock:%s; by libc:", others[0], text)
	for j, n := range others[1:] {
		if reasons[j+1] != "nested" { // csock's own calls
			text += fmt.Sprintf(" %d %s", n, reasons[j+1])
		}
	}
	return by, others[0], text
}
