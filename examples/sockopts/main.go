// Sockopts prints the options of a socket, with the values that this kernel gives a new one.
//
//	go run ./examples/sockopts                    a TCP socket's
//	go run ./examples/sockopts -kind udp6         a UDP socket's, over IPv6
//	go run ./examples/sockopts -kind tcp4 -connected -json
//	go run ./examples/sockopts -h                 what else there is
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"text/tabwriter"

	"github.com/csock/go-csock/csock"
)

// A kind is a name for the three arguments of socket(2).
type kind struct {
	name     string
	domain   csock.Domain
	typ      csock.Type
	protocol csock.Protocol
	about    string
}

var kinds = []kind{
	{"tcp4", csock.AF_INET, csock.SOCK_STREAM, csock.IPPROTO_TCP, "TCP over IPv4"},
	{"tcp6", csock.AF_INET6, csock.SOCK_STREAM, csock.IPPROTO_TCP, "TCP over IPv6"},
	{"mptcp4", csock.AF_INET, csock.SOCK_STREAM, csock.IPPROTO_MPTCP, "Multipath TCP over IPv4"},
	{"mptcp6", csock.AF_INET6, csock.SOCK_STREAM, csock.IPPROTO_MPTCP, "Multipath TCP over IPv6"},
	{"udp4", csock.AF_INET, csock.SOCK_DGRAM, csock.IPPROTO_UDP, "UDP over IPv4"},
	{"udp6", csock.AF_INET6, csock.SOCK_DGRAM, csock.IPPROTO_UDP, "UDP over IPv6"},
	{"udplite4", csock.AF_INET, csock.SOCK_DGRAM, csock.IPPROTO_UDPLITE, "UDP-Lite over IPv4"},
	{"udplite6", csock.AF_INET6, csock.SOCK_DGRAM, csock.IPPROTO_UDPLITE, "UDP-Lite over IPv6"},
	{"sctp4", csock.AF_INET, csock.SOCK_STREAM, csock.IPPROTO_SCTP, "SCTP over IPv4"},
	{"sctp6", csock.AF_INET6, csock.SOCK_STREAM, csock.IPPROTO_SCTP, "SCTP over IPv6"},
	{"dccp4", csock.AF_INET, csock.SOCK_DCCP, csock.IPPROTO_DCCP, "DCCP over IPv4"},
	{"dccp6", csock.AF_INET6, csock.SOCK_DCCP, csock.IPPROTO_DCCP, "DCCP over IPv6"},
	{"ping4", csock.AF_INET, csock.SOCK_DGRAM, csock.IPPROTO_ICMP, "ICMP echo without privilege"},
	{"ping6", csock.AF_INET6, csock.SOCK_DGRAM, csock.IPPROTO_ICMPV6, "ICMPv6 echo without privilege"},
	{"raw4", csock.AF_INET, csock.SOCK_RAW, csock.IPPROTO_ICMP, "raw ICMP (needs CAP_NET_RAW)"},
	{"raw6", csock.AF_INET6, csock.SOCK_RAW, csock.IPPROTO_ICMPV6, "raw ICMPv6 (needs CAP_NET_RAW)"},
	{"unix", csock.AF_UNIX, csock.SOCK_STREAM, 0, "Unix stream"},
	{"unixgram", csock.AF_UNIX, csock.SOCK_DGRAM, 0, "Unix datagram"},
	{"seqpacket", csock.AF_UNIX, csock.SOCK_SEQPACKET, 0, "Unix sequenced packets"},
	{"netlink", csock.AF_NETLINK, csock.SOCK_RAW, 0, "netlink, family NETLINK_ROUTE"},
	{"packet", csock.AF_PACKET, csock.SOCK_RAW, 0, "link layer (needs CAP_NET_RAW)"},
	{"vsock", csock.AF_VSOCK, csock.SOCK_STREAM, 0, "between a virtual machine and its host"},
}

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
	domain := flags.String("domain", "", "in place of -kind's: an address family, such as AF_INET6 or 10")
	typ := flags.String("type", "", "in place of -kind's: a type, such as SOCK_DGRAM or 2")
	protocol := flags.String("protocol", "", "in place of -kind's: a protocol, such as IPPROTO_UDP or 17")
	connected := flags.Bool("connected", false, "connect the socket first, on this machine: some options have a value only then")
	all := flags.Bool("all", false, "also list options that cannot be read, that this kernel lacks or that belong to\nother levels, and all fields of structs")
	asJSON := flags.Bool("json", false, "print JSON")
	flags.Usage = func() {
		fmt.Fprint(out, `Sockopts prints the socket options of a kind of socket, level by level, with the values that this
kernel gives to a new one.

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

// parse reads a number, or the C name of a number from first to last. An empty text changes nothing.
func parse[T interface {
	~int
	fmt.Stringer
}](text string, v *T, first, last T) error {
	if text == "" {
		return nil
	}
	if n, err := strconv.ParseInt(text, 0, 32); err == nil {
		*v = T(n)
		return nil
	}
	for n := first; n <= last; n++ {
		if n.String() == text {
			*v = n
			return nil
		}
	}
	return fmt.Errorf("no number or known name: %q", text)
}

// connect connects s to a socket of its kind, which it returns, or to itself.
func connect(s *csock.Socket, k kind) (*csock.Socket, error) {
	var here csock.SockAddr
	switch k.domain {
	case csock.AF_INET:
		here = csock.InetAddr(netip.MustParseAddrPort("127.0.0.1:0"))
	case csock.AF_INET6:
		here = csock.InetAddr(netip.MustParseAddrPort("[::1]:0"))
	case csock.AF_UNIX: // unnamed: the kernel chooses an abstract name
		var err error
		if here, err = csock.UnixAddr(""); err != nil {
			return nil, err
		}
	default:
		return nil, fmt.Errorf("not for %v", k.domain)
	}
	peer, err := csock.New(k.domain, k.typ, k.protocol)
	if err != nil {
		return nil, err
	}
	if err := peer.Bind(here); err != nil {
		peer.Close()
		return nil, err
	}
	if k.typ == csock.SOCK_STREAM || k.typ == csock.SOCK_SEQPACKET {
		if err := peer.Listen(1); err != nil {
			peer.Close()
			return nil, err
		}
	}
	there, err := peer.LocalAddr()
	if err == nil {
		err = s.Connect(there)
	}
	if err != nil {
		peer.Close()
		return nil, err
	}
	return peer, nil
}

// An answer is what the kernel reports of an option.
type answer struct {
	Level string `json:"level"`
	Name  string `json:"option"`
	Kind  string `json:"type"`
	Get   bool   `json:"get"`
	Set   bool   `json:"set"`
	Value any    `json:"value,omitempty"`
	Error string `json:"error,omitempty"`
	value any    // as Go has it
	known bool   // false: neither the kernel nor the headers know the option
}

// ask gets the options of s. Without all, it returns only those of its levels that have a value, or an
// error worth showing.
func ask(s *csock.Socket, k kind, all bool) []answer {
	levels := levelsOf(k)
	var answers []answer
	for o := range csock.Options() {
		if !all && !slices.Contains(levels, o.Level().String()) {
			continue
		}
		a := answer{Level: o.Level().String(), Name: o.String(), Kind: o.NativeType(),
			Get: o.CanGet(), Set: o.CanSet()}
		switch {
		case !o.Supported():
			a.Error = "not of this system"
		case o.CanGet():
			v, err := o.GetAny(s)
			a.known = !unknown(err)
			if f, ok := v.(*os.File); ok && err == nil {
				v = int(f.Fd())
				f.Close()
			}
			if err != nil {
				a.Error = reason(err)
			} else {
				a.value, a.Value = v, plain(v)
			}
		default:
			a.known = true
		}
		if all || a.known && a.Get {
			answers = append(answers, a)
		}
	}
	// Stable: within a level the order is that of the files.
	slices.SortStableFunc(answers, func(a, b answer) int {
		return order(levels, a.Level) - order(levels, b.Level)
	})
	return answers
}

// levelsOf are the levels whose options a kind of socket has, the lowest protocol first.
func levelsOf(k kind) []string {
	levels := []string{"SOL_SOCKET"}
	switch k.domain {
	case csock.AF_INET:
		levels = append(levels, "IPPROTO_IP")
	case csock.AF_INET6:
		levels = append(levels, "IPPROTO_IPV6")
	case csock.AF_NETLINK:
		return append(levels, "SOL_NETLINK")
	case csock.AF_PACKET:
		return append(levels, "SOL_PACKET")
	case csock.AF_VSOCK:
		return append(levels, "AF_VSOCK")
	default:
		return levels
	}
	p := k.protocol
	switch {
	case k.typ == csock.SOCK_RAW && p == csock.IPPROTO_ICMPV6:
		levels = append(levels, "IPPROTO_ICMPV6")
	case k.typ == csock.SOCK_RAW:
		levels = append(levels, "SOL_RAW")
	case p == csock.IPPROTO_TCP, p == 0 && k.typ == csock.SOCK_STREAM:
		levels = append(levels, "IPPROTO_TCP", "SOL_TLS")
	case p == csock.IPPROTO_MPTCP:
		levels = append(levels, "IPPROTO_TCP", "SOL_MPTCP")
	case p == csock.IPPROTO_UDP, p == 0 && k.typ == csock.SOCK_DGRAM:
		levels = append(levels, "IPPROTO_UDP")
	case p == csock.IPPROTO_UDPLITE:
		levels = append(levels, "IPPROTO_UDP", "IPPROTO_UDPLITE")
	case p == csock.IPPROTO_SCTP:
		levels = append(levels, "IPPROTO_SCTP")
	case p == csock.IPPROTO_DCCP:
		levels = append(levels, "SOL_DCCP")
	}
	return levels
}

func order(levels []string, level string) int {
	if i := slices.Index(levels, level); i >= 0 {
		return i
	}
	return len(levels)
}

// unknown reports whether an error means that the kernel, or the kind of socket, lacks the option.
func unknown(err error) bool {
	return errors.Is(err, syscall.ENOPROTOOPT) || errors.Is(err, syscall.EOPNOTSUPP) ||
		errors.Is(err, errors.ErrUnsupported)
}

// reason returns in words why there is no value.
func reason(err error) string {
	switch {
	case unknown(err):
		return "this kind of socket or this kernel does not have it"
	case errors.Is(err, syscall.ENOTCONN):
		return "not connected"
	}
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return errno.Error()
	}
	return err.Error()
}

func table(out io.Writer, k kind, answers []answer, all bool) error {
	fmt.Fprintf(out, "%v %v %v\n\n", k.domain, k.typ, k.protocol)
	var lines bytes.Buffer
	w := tabwriter.NewWriter(&lines, 0, 8, 2, ' ', 0)
	fmt.Fprint(w, "OPTION\tVALUE\tTYPE\tACCESS\n")
	level := ""
	for _, a := range answers {
		if a.Level != level {
			level = a.Level
			fmt.Fprintf(w, "\t\t\t\n%s\t\t\t\n", level)
		}
		access := "get, set"
		switch {
		case !a.Set:
			access = "get"
		case !a.Get:
			access = "set"
		}
		value, fields := "", []string(nil)
		switch {
		case a.Error != "":
			value = "– " + a.Error
		case !a.Get:
			value = "– cannot be read"
		default:
			value, fields = text(a.value, a.Kind, all)
		}
		fmt.Fprintf(w, "  %s\t%s\t%s\t%s\n", a.Name, value, a.Kind, access)
		for _, f := range fields {
			fmt.Fprintf(w, "    %s\t\t\n", f)
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for line := range strings.Lines(lines.String()) { // without the spaces that fill empty cells
		if _, err := fmt.Fprintln(out, strings.TrimRight(line, " \n")); err != nil {
			return err
		}
	}
	if !all {
		fmt.Fprint(out, "\n-all lists options that can only be set, or that this kernel lacks.\n")
	}
	return nil
}
