//go:build linux

package work

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/mdlayher/socket"
	"golang.org/x/sys/unix"
)

// memoryEnv names, for a child process, the contender whose sockets' memory is measured.
const memoryEnv = "CSOCK_BENCH_MEMORY"

// memory measures in a fresh process, where no remnants of an earlier row can serve the sockets.
func memory(contender string) Setup {
	return func(r Row, k *Case) error {
		state := r.Get("state")
		k.Measure = func() (float64, error) {
			ctx, cancel := context.WithTimeout(context.Background(), 3*ioTimeout)
			defer cancel()
			exe, err := os.Executable()
			if err != nil {
				return 0, err
			}
			cmd := exec.CommandContext(ctx, exe)
			cmd.Env = append(os.Environ(), memoryEnv+"="+contender+":"+state)
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			out, err := cmd.Output()
			if err != nil {
				return 0, fmt.Errorf("%w: %s", err, bytes.TrimSpace(stderr.Bytes()))
			}
			return strconv.ParseFloat(string(bytes.TrimSpace(out)), 64)
		}
		return nil
	}
}

// Child does the work of a child process of this program, and then exits. In any other process it
// returns at once. Both main and TestMain call it first.
func Child() {
	job := os.Getenv(memoryEnv)
	if job == "" {
		return
	}
	contender, state, _ := strings.Cut(job, ":")
	perSocket, err := measureMemory(contender, state == "reading")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(perSocket)
	os.Exit(0)
}

// A maker creates one UDP socket. It returns a value that keeps the socket, and a function that
// waits in a read of it.
type maker func() (held any, read func(), err error)

var makers = map[string]maker{
	Baseline: func() (any, func(), error) {
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
		return fd, func() { unix.Read(fd, make([]byte, 64)) }, err
	},
	"net": func() (any, func(), error) {
		c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
		return c, func() { c.Read(make([]byte, 64)) }, err
	},
	"mdlayher": func() (any, func(), error) {
		c, err := socket.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0, "bench", nil)
		return c, func() { c.Read(make([]byte, 64)) }, err
	},
}

// A holder creates sockets that stay open as long as the process, with a reader for each if reading
// is set.
type holder func(sockets int, reading bool) error

// held keeps what the makers have made.
var held [][]any

func hold(make1 maker) holder {
	return func(sockets int, reading bool) error {
		kept := make([]any, sockets)
		held = append(held, kept)
		for i := range kept {
			var read func()
			var err error
			if kept[i], read, err = make1(); err != nil {
				return err
			}
			if reading {
				go read()
			}
		}
		return nil
	}
}

func measureMemory(contender string, reading bool) (float64, error) {
	hold := hold(makers[contender])
	if contender == Floor {
		hold = cHold
	}
	sockets := 4000
	if reading {
		sockets = 200
	}
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return 0, err
	}
	if limit.Cur < 200 {
		return 0, errors.New("RLIMIT_NOFILE is too low")
	}
	sockets = min(sockets, int(limit.Cur-100))

	// The first socket brings along the poller and the like, which the others share.
	if err := hold(1, reading); err != nil {
		return 0, err
	}
	before, err := residentAnon()
	if err != nil {
		return 0, err
	}
	if err := hold(sockets, reading); err != nil {
		return 0, err
	}
	if reading {
		time.Sleep(300 * time.Millisecond) // until all are in the kernel, or parked
	}
	after, err := residentAnon()
	return max(0, float64(after-before)) / float64(sockets), err
}

// residentAnon returns the process's resident anonymous memory after a garbage collection has
// returned what it can.
func residentAnon() (int64, error) {
	runtime.GC()
	debug.FreeOSMemory()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "RssAnon:"); ok {
			kib, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
			return kib << 10, err
		}
	}
	return 0, errors.New("/proc/self/status lacks RssAnon")
}
