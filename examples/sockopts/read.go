package main

import (
	"errors"
	"os"
	"slices"
	"syscall"

	"github.com/csock/go-csock/csock"
)

// A row is the kernel's value of an option.
type row struct {
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

// read gets the options of s. Without all, it returns only those of its levels that have a value,
// or an error worth showing.
func read(s *csock.Socket, k kind, all bool) []row {
	levels := levelsOf(k)
	var rows []row
	for o := range csock.Options() {
		if !all && !slices.Contains(levels, o.Level().String()) {
			continue
		}
		a := row{Level: o.Level().String(), Name: o.String(), Kind: o.NativeType(),
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
			rows = append(rows, a)
		}
	}
	// Stable: within a level the order is that of the files.
	slices.SortStableFunc(rows, func(a, b row) int {
		return order(levels, a.Level) - order(levels, b.Level)
	})
	return rows
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
