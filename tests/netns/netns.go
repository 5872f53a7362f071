//go:build linux

// Package netns gives tests network namespaces of their own: hosts on one machine.
package netns

import (
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/csock/go-csock/tests/kernel"
	"github.com/csock/go-csock/tests/need"
)

// An NS is a network namespace. A socket that is made in it stays in it, and can be used from
// anywhere.
type NS struct {
	tid  int
	work chan func()
}

// New makes a namespace with its loopback interface up. The namespace disappears when the test has
// ended and its last socket is closed. New skips the test, with the reason, if this machine cannot
// make one.
func New(t testing.TB) *NS {
	t.Helper()
	need.Netns(t)
	ns := &NS{work: make(chan func())}
	made := make(chan error)
	go onThread(func() {
		if err := syscall.Unshare(syscall.CLONE_NEWNET); err != nil {
			made <- err
			return
		}
		ns.tid = syscall.Gettid()
		made <- nil
		for f := range ns.work {
			f()
		}
	})
	need.OK(t, <-made)
	t.Cleanup(func() { close(ns.work) })
	ns.IP(t, "link set lo up")
	return ns
}

// onThread runs f on a thread that ends with it, and so does the namespace that the thread moved
// to. It is never the main thread, which does not end, and to which /proc/self refers.
func onThread(f func()) {
	runtime.LockOSThread()
	if syscall.Gettid() != syscall.Getpid() {
		f()
		return
	}
	// While this goroutine waits, no other goroutine can run on the main thread.
	other := make(chan struct{})
	go onThread(func() { close(other); f() })
	<-other
	runtime.UnlockOSThread()
}

// Do runs f in the namespace and returns when it is done. f must not end the test's goroutine
// (t.Fatal, t.Skip): it runs on another.
func (ns *NS) Do(f func()) {
	done := make(chan struct{})
	ns.work <- func() { defer close(done); f() }
	<-done
}

// Run runs a program in the namespace and returns its output. If the program fails, so does the
// test; if the machine lacks it, the test is skipped.
func (ns *NS) Run(t testing.TB, name string, args ...string) string {
	t.Helper()
	need.Tool(t, name)
	var out []byte
	var err error
	ns.Do(func() { out, err = need.Command(t, name, args...).CombinedOutput() })
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// IP runs ip(8), its arguments written as in a shell, without quotes. Several commands, without
// options, run in one process.
func (ns *NS) IP(t testing.TB, commands ...string) string {
	t.Helper()
	if len(commands) == 1 {
		return ns.Run(t, "ip", strings.Fields(commands[0])...)
	}
	batch := filepath.Join(t.TempDir(), "batch")
	need.OK(t, os.WriteFile(batch, []byte(strings.Join(commands, "\n")), 0o600))
	return ns.Run(t, "ip", "-batch", batch)
}

// Take moves an interface of this process's namespace to ns, and brings it up. It goes back when ns
// disappears.
func (ns *NS) Take(t testing.TB, name string) {
	t.Helper()
	cmd := need.Command(t, "ip", "link", "set", name, "netns", strconv.Itoa(ns.tid))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, out)
	}
	ns.IP(t, "link set "+name+" up")
	ns.running(t, name)
}

// running waits until the kernel has noticed an interface's cable. Packets sent before are dropped.
func (ns *NS) running(t testing.TB, name string) {
	t.Helper()
	kernel.Eventually(t, name+" running", func() bool {
		var iface *net.Interface
		var err error
		ns.Do(func() { iface, err = net.InterfaceByName(name) })
		return err == nil && iface.Flags&net.FlagRunning != 0
	})
}

// Sysctl sets a setting of the namespace's network: its file below /proc/sys/net. It skips the test
// if the kernel lacks the setting, or /proc/sys is read-only.
func (ns *NS) Sysctl(t testing.TB, name, value string) {
	t.Helper()
	var err error
	ns.Do(func() { err = os.WriteFile("/proc/sys/net/"+name, []byte(value), 0) })
	need.Feature(t, "to set "+name, err, syscall.ENOENT, syscall.EROFS, syscall.EACCES)
}

// ReadFile returns the contents of a file, such as one of /proc/net, as a thread in the namespace
// sees it.
func (ns *NS) ReadFile(t testing.TB, name string) string {
	t.Helper()
	var text []byte
	var err error
	ns.Do(func() { text, err = os.ReadFile(strings.Replace(name, "/proc/net/", "/proc/thread-self/net/", 1)) })
	need.OK(t, err)
	return string(text)
}

// Link joins two namespaces by a cable: interface name in each, up, with the addresses given as
// ip(8) takes them (10.0.0.1/24; an IPv6 one has no duplicate detection to wait for). It returns
// once packets pass.
func Link(t testing.TB, a *NS, nameA string, addrsA []string, b *NS, nameB string, addrsB []string) {
	t.Helper()
	if slices.ContainsFunc(slices.Concat(addrsA, addrsB), func(a string) bool { return strings.Contains(a, ":") }) {
		need.IPv6Stack(t)
	}
	a.IP(t, "link add "+nameA+" type veth peer name "+nameB+" netns "+strconv.Itoa(b.tid))
	ends := []struct {
		ns    *NS
		name  string
		addrs []string
	}{{a, nameA, addrsA}, {b, nameB, addrsB}}
	for _, end := range ends {
		var commands []string
		for _, addr := range end.addrs {
			nodad := ""
			if strings.Contains(addr, ":") {
				nodad = " nodad"
			}
			commands = append(commands, "addr add "+addr+" dev "+end.name+nodad)
		}
		end.ns.IP(t, append(commands, "link set "+end.name+" up")...)
	}
	for _, end := range ends {
		end.ns.running(t, end.name)
	}
}
