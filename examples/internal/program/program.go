// Package program has what all example programs share: flags with a usage text, an end at Ctrl-C,
// and errors that say what to do.
package program

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
)

// Run parses the flags and runs f. Ctrl-C and SIGTERM end ctx; f then has to return, and a second
// Ctrl-C kills the program. out is standard output; a failed write to it ends ctx too. If f fails,
// Run prints its error on standard error and exits with status 1; if the command line is wrong,
// with status 2. The error of a call that Ctrl-C ended is no failure. usage is the help text: the
// command line, an empty line, and what the program does.
func Run(usage string, f func(ctx context.Context, out io.Writer) error) {
	name := filepath.Base(os.Args[0])
	flag.CommandLine.Init(name, flag.ContinueOnError)
	flag.CommandLine.SetOutput(io.Discard)
	switch err := flag.CommandLine.Parse(os.Args[1:]); {
	case errors.Is(err, flag.ErrHelp):
		fmt.Printf("usage: %s\n\nFlags:\n", strings.TrimSpace(usage))
		flag.CommandLine.SetOutput(os.Stdout)
		flag.PrintDefaults()
		os.Exit(0)
	case err != nil:
		exit(name, UsageError(err.Error()))
	}

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // from then on a signal kills
	signaled := ctx
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	out := &output{cancel: cancel}
	err := f(ctx, out)
	ended := errors.Is(err, context.Canceled) || errors.Is(err, net.ErrClosed)
	switch {
	case out.err != nil:
		exit(name, out.err)
	case err != nil && !(ended && signaled.Err() != nil):
		exit(name, err)
	}
}

// A UsageError reports a wrong command line.
type UsageError string

func (e UsageError) Error() string { return string(e) }

func exit(name string, err error) {
	status := 1
	fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
	var usage UsageError
	if errors.As(err, &usage) {
		status = 2
		fmt.Fprintf(os.Stderr, "%s -h prints the usage.\n", name)
	} else if hint := advice(err); hint != "" {
		fmt.Fprintln(os.Stderr, hint)
	}
	os.Exit(status)
}

// advice returns what the user can do about a common error.
func advice(err error) string {
	var path *fs.PathError
	switch {
	case errors.As(err, &path):
		return "" // its text names the file
	case errors.Is(err, syscall.EPERM), errors.Is(err, syscall.EACCES):
		return "This needs a privilege: run the program as root, or give it a capability by setcap(8)."
	case errors.Is(err, syscall.EADDRINUSE):
		return "Another socket has this address: choose another port, or end the program that has it " +
			"(ss -lntup shows it)."
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return "No interface of this host has this address: ip address lists its addresses."
	case errors.Is(err, syscall.ECONNREFUSED):
		return "Nothing listens at this address: start the server first."
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		return "There is no route to this address: ip route get ADDRESS shows the kernel's choice."
	case errors.Is(err, errors.ErrUnsupported), errors.Is(err, syscall.EAFNOSUPPORT),
		errors.Is(err, syscall.EPROTONOSUPPORT), errors.Is(err, syscall.ENOPROTOOPT):
		return "This kernel lacks it: use a newer kernel, or load the module that has it."
	}
	return ""
}

// An output is standard output. It keeps the first error of a write.
type output struct {
	cancel func()
	err    error
}

func (o *output) Write(p []byte) (int, error) {
	n, err := os.Stdout.Write(p)
	if err != nil && o.err == nil {
		o.err = err
		o.cancel()
	}
	return n, err
}
