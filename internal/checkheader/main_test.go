//go:build linux

package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/csock/go-csock/tests/need"
)

func TestMain(m *testing.M) { need.Main(m) }

// csock compiles against headers that have names of newer kernels, as those of distributions with
// backports do.
func TestHeaderWithBackports(t *testing.T) {
	cc := need.CC(t)
	dir := t.TempDir()
	need.OK(t, os.Mkdir(filepath.Join(dir, "linux"), 0o777))
	for path, text := range map[string]string{
		"version.h": "#define LINUX_VERSION_CODE 0x50a00\n#define KERNEL_VERSION(a, b, c) (((a) << 16) + ((b) << 8) + (c))\n",
		// The fields that csock's C uses are enough.
		"tcp.h": `#include_next <linux/tcp.h>
#ifndef TCP_AO_MAXKEYLEN
#define TCP_AO_MAXKEYLEN 80
struct tcp_ao_add { __u32 set_current : 1, set_rnext : 1; };
struct tcp_ao_del { __u32 set_current : 1, set_rnext : 1, del_async : 1; };
struct tcp_ao_info_opt { __u32 set_current : 1, set_rnext : 1, ao_required : 1, set_counters : 1, accept_icmps : 1; };
struct tcp_ao_getsockopt { __u16 is_current : 1, is_rnext : 1, get_all : 1; };
struct tcp_ao_repair { __u32 snt_isn; };
#endif
`,
	} {
		need.OK(t, os.WriteFile(filepath.Join(dir, "linux", path), []byte(text), 0o666))
	}
	// A copy, so that go test sees what the compiler reads.
	source := t.TempDir()
	need.OK(t, os.CopyFS(source, os.DirFS("../../csock")))
	for _, flags := range [][]string{nil, {"-I", dir}} {
		args := slices.Concat(cc[1:], []string{"-std=gnu11", "-Wall", "-Werror", "-fsyntax-only"}, flags,
			[]string{filepath.Join(source, "cgo_helpers.c")})
		cmd := need.Command(t, cc[0], args...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v: %v\n%s", cmd, err, out)
		}
	}
}
