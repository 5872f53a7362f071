// Sockopts prints the options of a socket, with the values that this kernel gives a new one.
//
//	go run ./examples/sockopts                    a TCP socket's
//	go run ./examples/sockopts -kind udp6         a UDP socket's, over IPv6
//	go run ./examples/sockopts -kind tcp4 -connected -json
//	go run ./examples/sockopts -h                 all flags
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/examples/internal/program"
)

const usage = `sockopts [-kind name] [-connected] [-all] [-json]
       sockopts -domain AF_INET -type SOCK_DGRAM [-protocol IPPROTO_UDP] …

Prints the socket options of a kind of socket, level by level, with the values
that this kernel gives to a new one. The kinds are:

`

var (
	kindName = flag.String("kind", "tcp4", "the kind of socket")
	domain   = flag.String("domain", "",
		"in place of -kind's: an address family, such as AF_INET6 or 10")
	typ      = flag.String("type", "", "in place of -kind's: a type, such as SOCK_DGRAM or 2")
	protocol = flag.String("protocol", "",
		"in place of -kind's: a protocol, such as IPPROTO_UDP or 17")
	connected = flag.Bool("connected", false,
		"connect the socket first, on this machine: some options have a value only then")
	all = flag.Bool("all", false,
		"also list options that cannot be read, that this kernel lacks or that belong to\n"+
			"other levels, and all fields of structs")
	asJSON = flag.Bool("json", false, "print JSON")
)

func main() {
	var text strings.Builder
	text.WriteString(usage)
	w := tabwriter.NewWriter(&text, 0, 8, 2, ' ', 0)
	for _, k := range kinds {
		fmt.Fprintf(w, "  %s\t%s\n", k.name, k.about)
	}
	w.Flush()
	program.Run(text.String(), run)
}

func run(_ context.Context, out io.Writer) error {
	if flag.NArg() > 0 {
		return program.UsageError(fmt.Sprintf("unexpected argument %q", flag.Arg(0)))
	}
	i := slices.IndexFunc(kinds, func(k kind) bool { return k.name == *kindName })
	if i < 0 {
		return program.UsageError(fmt.Sprintf("no kind %q", *kindName))
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
		return program.UsageError(err.Error())
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
	rows := read(s, k, *all)
	if *asJSON {
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(rows)
	}
	return table(out, k, rows, *all)
}
