// Sockopts prints the options of a socket, with the values that this kernel gives a new one.
//
//	go run ./examples/sockopts                    a TCP socket's
//	go run ./examples/sockopts -kind udp6         a UDP socket's, over IPv6
//	go run ./examples/sockopts -kind tcp4 -connected -json
//	go run ./examples/sockopts -h                 all flags
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"text/tabwriter"

	"github.com/csock/go-csock/csock"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "sockopts:", err)
			os.Exit(1)
		}
	}
}

func run(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("sockopts", flag.ContinueOnError)
	flags.SetOutput(out)
	kindName := flags.String("kind", "tcp4", "the socket to ask; the names are below")
	domain := flags.String("domain", "",
		"in place of -kind's: an address family, such as AF_INET6 or 10")
	typ := flags.String("type", "", "in place of -kind's: a type, such as SOCK_DGRAM or 2")
	protocol := flags.String("protocol", "",
		"in place of -kind's: a protocol, such as IPPROTO_UDP or 17")
	connected := flags.Bool("connected", false,
		"connect the socket first, on this machine: some options have a value only then")
	all := flags.Bool("all", false, "also list options that cannot be read, that this kernel lacks or "+
		"that belong to\nother levels, and all fields of structs")
	asJSON := flags.Bool("json", false, "print JSON")
	flags.Usage = func() {
		fmt.Fprint(out, `Sockopts prints the socket options of a kind of socket, level by level, with
the values that this kernel gives to a new one.

Usage: sockopts [-kind name] [-connected] [-all] [-json]
       sockopts -domain AF_INET -type SOCK_DGRAM [-protocol IPPROTO_UDP] …

`)
		flags.PrintDefaults()
		fmt.Fprintln(out, "\nKinds:")
		w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
		for _, k := range kinds {
			fmt.Fprintf(w, "  %s\t%s\n", k.name, k.about)
		}
		w.Flush()
	}
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q: see -h", flags.Arg(0))
	}
	i := slices.IndexFunc(kinds, func(k kind) bool { return k.name == *kindName })
	if i < 0 {
		return fmt.Errorf("no kind %q: see -h", *kindName)
	}
	k := kinds[i]
	if *domain != "" || *typ != "" || *protocol != "" {
		k.protocol = 0 // the kind's own would mostly not fit
	}
	if err := errors.Join(
		parse(*domain, &k.domain, 0, 64),
		parse(*typ, &k.typ, 0, 16),
		parse(*protocol, &k.protocol, 0, 512),
	); err != nil {
		return err
	}

	s, err := csock.New(k.domain, k.typ, k.protocol)
	if err != nil {
		return fmt.Errorf("%v %v %v: %w", k.domain, k.typ, k.protocol, err)
	}
	defer s.Close()
	if *connected {
		other, err := connect(s, k)
		if err != nil {
			return fmt.Errorf("-connected: %w", err)
		}
		defer other.Close()
	}
	answers := ask(s, k, *all)
	if *asJSON {
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(answers)
	}
	return table(out, k, answers, *all)
}
