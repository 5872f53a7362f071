//go:build linux

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// csock compiles against headers that have names of newer kernels, as those of distributions with
// backports do.
func TestHeaderWithBackports(t *testing.T) {
	if _, err := exec.LookPath(compiler()); err != nil {
		t.Skip("needs a C compiler: ", err)
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "linux"), 0o777); err != nil {
		t.Fatal(err)
	}
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
		if err := os.WriteFile(filepath.Join(dir, "linux", path), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	// A copy, so that go test sees what the compiler reads.
	source := t.TempDir()
	if err := os.CopyFS(source, os.DirFS("../../csock")); err != nil {
		t.Fatal(err)
	}
	for _, flags := range [][]string{nil, {"-I", dir}} {
		args := append([]string{"-std=gnu11", "-Wall", "-Werror", "-fsyntax-only"}, flags...)
		if out, err := exec.Command(compiler(), append(args, filepath.Join(source, "cgo_helpers.c"))...).CombinedOutput(); err != nil {
			t.Errorf("%s %q: %v\n%s", compiler(), flags, err, out)
		}
	}
}
