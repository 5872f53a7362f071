package main

import (
	"io"
	"net"
	"strings"
	"testing"

	"github.com/csock/go-csock/examples/internal/exampletest"
	"github.com/csock/go-csock/tests/kernel"
	"github.com/csock/go-csock/tests/need"
)

func TestMain(m *testing.M) { exampletest.Main(m, main) }

func TestCommandLine(t *testing.T) { exampletest.Self.CommandLine(t) }

// Ctrl-C ends the program while it waits for a connection, and while it has one.
func TestInterrupt(t *testing.T) {
	need.IPv4(t)
	waits := exampletest.Self.Start(t, nil, "-l", "127.0.0.1:0")
	kernel.Eventually(t, "a listener", func() bool {
		return strings.Contains(waits.Stderr.String(), "listening at 127.0.0.1:")
	})
	waits.Interrupt(t)

	l, err := net.Listen("tcp", "127.0.0.1:0")
	need.OK(t, err)
	defer l.Close()
	talks := exampletest.Self.Start(t, nil, l.Addr().String())
	c, err := l.Accept()
	need.OK(t, err)
	defer c.Close()
	_, err = io.WriteString(c, "hello\n")
	need.OK(t, err)
	talks.WaitFor(t, "hello")
	if out := talks.Interrupt(t); out != "hello\n" {
		t.Errorf("it prints %q", out)
	}
}
