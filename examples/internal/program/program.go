// Package program has what all example programs share: flags with a usage text, an end at Ctrl-C,
// and errors that say what to do.
package program

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Run parses the flags and runs f. Ctrl-C and SIGTERM end ctx; f then has to return, and a second
// Ctrl-C kills the program. out is standard output; a failed write to it ends ctx too. If f fails,
// Run prints its error on standard error and exits with status 1; if the command line is wrong,
// with status 2. A negative number or time of a flag is wrong too. The error of a call that Ctrl-C
// ended is no failure. usage is the help text: the command line, an empty line, and what the
// program does.
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
	flag.Visit(func(f *flag.Flag) {
		if isNegative(f.Value) {
			exit(name, UsageError(fmt.Sprintf("-%s takes no negative value: %v", f.Name, f.Value)))
		}
	})

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

// isNegative reports whether the value of a flag is a number or a time below 0. No program has a
// use for one.
func isNegative(v flag.Value) bool {
	getter, ok := v.(flag.Getter)
	if !ok {
		return false
	}
	switch n := getter.Get().(type) {
	case int:
		return n < 0
	case int64:
		return n < 0
	case time.Duration:
		return n < 0
	}
	return false
}

func exit(name string, err error) { os.Exit(report(os.Stderr, name, err)) }

// report prints an error and what the user can do about it, and returns the exit status.
func report(out io.Writer, name string, err error) (status int) {
	fmt.Fprintf(out, "%s: %v\n", name, err)
	var usage UsageError
	if errors.As(err, &usage) {
		fmt.Fprintf(out, "%s -h prints the usage.\n", name)
		return 2
	}
	if hint := advice(err); hint != "" {
		fmt.Fprintln(out, hint)
	}
	return 1
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
