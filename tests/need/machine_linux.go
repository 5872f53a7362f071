package need

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// The machine's properties, each found by one attempt.
var (
	netRaw = sync.OnceValue(func() error {
		fd, err := socket(syscall.AF_INET, syscall.SOCK_RAW, syscall.IPPROTO_ICMP)
		if err == nil {
			syscall.Close(fd)
		}
		return err
	})
	netAdmin = sync.OnceValue(func() error {
		fd, err := socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
		if err != nil {
			return err
		}
		defer syscall.Close(fd)
		const tcpRepair = 19 // package syscall lacks it
		return syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, tcpRepair, 1)
	})
	loopback4 = sync.OnceValue(func() error {
		return sendToSelf(syscall.AF_INET, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}})
	})
	loopback6 = sync.OnceValue(func() error {
		return sendToSelf(syscall.AF_INET6, &syscall.SockaddrInet6{Addr: [16]byte{15: 1}})
	})
	ipv6Stack = sync.OnceValue(func() error {
		fd, err := socket(syscall.AF_INET6, syscall.SOCK_DGRAM, 0)
		if err == nil {
			syscall.Close(fd)
		}
		return err
	})
	strace = sync.OnceValue(func() error {
		exe, err := os.Executable()
		if err != nil {
			return err
		}
		return run(func(trace *exec.Cmd) { trace.Env = append(os.Environ(), NoLeakCheck) },
			"strace", "-o", os.DevNull, exe, "-test.run=^$")
	})
	netns = sync.OnceValue(func() error {
		return run(func(ip *exec.Cmd) { ip.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET} },
			"ip", "link", "set", "lo", "up")
	})
)

// Descriptors raises the process's limit of descriptors to n until the test's end. It skips the
// test if the limit may not be raised so far.
func Descriptors(t testing.TB, n uint64) {
	t.Helper()
	var limit syscall.Rlimit
	OK(t, syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit))
	if limit.Max < n {
		t.Skipf("needs %d descriptors: the limit is %d", n, limit.Max)
	}
	if limit.Cur < n {
		raised := limit
		raised.Cur = n
		OK(t, syscall.Setrlimit(syscall.RLIMIT_NOFILE, &raised))
		t.Cleanup(func() { syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit) })
	}
}

// AddressSpace maps size bytes of memory, whose pages do not exist yet, until the test's end.
func AddressSpace(t testing.TB, size, prot int) []byte {
	t.Helper()
	mem, err := syscall.Mmap(-1, 0, size, prot, syscall.MAP_ANON|syscall.MAP_PRIVATE|syscall.MAP_NORESERVE)
	if err != nil {
		t.Skipf("needs %d MiB of address space: %v", size>>20, err)
	}
	t.Cleanup(func() { syscall.Munmap(mem) })
	return mem
}

// Qdisc runs tc qdisc with the arguments in the namespace whose Do is given. It skips the test if
// the kernel refuses them, because it lacks the queueing discipline.
func Qdisc(t testing.TB, do func(func()), args string) {
	t.Helper()
	tc := Command(t, Tool(t, "tc"), append([]string{"qdisc"}, strings.Fields(args)...)...)
	var out []byte
	var err error
	do(func() { out, err = tc.CombinedOutput() })
	if err != nil {
		t.Skipf("needs a queueing discipline: tc qdisc %s: %v: %s", args, err, bytes.TrimSpace(out))
	}
}

// run runs a program for a limited time, after prepare.
func run(prepare func(*exec.Cmd), name string, args ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.WaitDelay = 10 * time.Second
	prepare(cmd)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w %s", err, bytes.TrimSpace(out))
	}
	return nil
}

func socket(domain, typ, protocol int) (int, error) {
	return syscall.Socket(domain, typ|syscall.SOCK_CLOEXEC, protocol)
}

// sendToSelf sends a datagram from a socket bound to addr to the socket itself.
func sendToSelf(domain int, addr syscall.Sockaddr) error {
	fd, err := socket(domain, syscall.SOCK_DGRAM, 0)
	if err != nil {
		return err
	}
	defer syscall.Close(fd)
	if err := syscall.Bind(fd, addr); err != nil {
		return fmt.Errorf("bind: %w", err)
	}
	self, err := syscall.Getsockname(fd)
	if err != nil {
		return err
	}
	// A datagram to this host has arrived when sendto returns; a missing one costs a short wait.
	for end := time.Now().Add(time.Second); ; time.Sleep(10 * time.Millisecond) {
		if err := syscall.Sendto(fd, []byte{1}, 0, self); err != nil {
			return fmt.Errorf("sendto: %w", err)
		}
		_, _, err := syscall.Recvfrom(fd, make([]byte, 1), syscall.MSG_DONTWAIT)
		if err == nil {
			return nil
		}
		if time.Now().After(end) {
			return errors.New("what is sent to it does not arrive")
		}
	}
}
