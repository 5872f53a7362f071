// Package csocknet has the parts of package net that make sockets, over csock: the same names, with
// csock's types. The suites of other modules are run over csock by calling it where they call
// package net. Package main copies it into each module, so it imports only csock and the standard
// library.
package csocknet

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/csock/go-csock/csock"
)

type (
	TCPConn  = csock.TCPConn
	UDPConn  = csock.UDPConn
	IPConn   = csock.IPConn
	UnixConn = csock.UnixConn
)

// control is the Control of a Dialer or a ListenConfig, with its context.
type control func(network, address string, c syscall.RawConn) error

// A rawSocket is a RawConn for a control.
type rawSocket struct {
	syscall.RawConn // nil: a control neither reads nor writes
	s               *csock.Socket
}

func (r rawSocket) Control(f func(fd uintptr)) error {
	f(r.s.FD())
	return nil
}

// A place is an address, and what makes sockets for it.
type place struct {
	typ   csock.Type
	proto csock.Protocol
	addr  net.Addr // nil: any

	// Of IP addresses.
	ip   net.IP
	port int
	zone string
}

func tcpPlace(a *net.TCPAddr) *place {
	if a == nil {
		return nil
	}
	return &place{csock.SOCK_STREAM, 0, a, a.IP, a.Port, a.Zone}
}

func udpPlace(a *net.UDPAddr) *place {
	if a == nil {
		return nil
	}
	return &place{csock.SOCK_DGRAM, 0, a, a.IP, a.Port, a.Zone}
}

func ipPlace(a *net.IPAddr) *place {
	if a == nil {
		return nil
	}
	return &place{csock.SOCK_RAW, 0, a, a.IP, 0, a.Zone}
}

func unixPlace(network string, a *net.UnixAddr) *place {
	if a == nil {
		return nil
	}
	typ := map[string]csock.Type{
		"unix": csock.SOCK_STREAM, "unixgram": csock.SOCK_DGRAM, "unixpacket": csock.SOCK_SEQPACKET,
	}[network]
	return &place{typ: typ, addr: a}
}

func (p *place) netAddr() net.Addr {
	if p == nil {
		return nil
	}
	return p.addr
}

func (p *place) is4() bool       { return p == nil || len(p.ip) == 0 || p.ip.To4() != nil }
func (p *place) isAnyHost() bool { return p == nil || len(p.ip) == 0 || p.ip.IsUnspecified() }

// in returns the address for a socket of a family.
func (p *place) in(family csock.Domain) (csock.SockAddr, error) {
	if a, ok := p.addr.(*net.UnixAddr); ok {
		return csock.UnixAddr(a.Name)
	}
	var ip netip.Addr
	switch ip4 := p.ip.To4(); {
	case len(p.ip) == 0 || p.ip.Equal(net.IPv4zero):
		ip = netip.IPv6Unspecified()
		if family == csock.AF_INET {
			ip = netip.IPv4Unspecified()
		}
	case family == csock.AF_INET && ip4 == nil:
		return csock.SockAddr{}, &net.AddrError{Err: "non-IPv4 address", Addr: p.ip.String()}
	case family == csock.AF_INET:
		ip = netip.AddrFrom4([4]byte(ip4))
	case p.ip.To16() == nil:
		return csock.SockAddr{}, &net.AddrError{Err: "non-IPv6 address", Addr: p.ip.String()}
	default:
		ip = netip.AddrFrom16([16]byte(p.ip.To16())).WithZone(p.zone)
	}
	return csock.InetAddr(netip.AddrPortFrom(ip, uint16(p.port))), nil
}

// family returns the family of package net's choice, and whether the socket is for IPv6 alone.
func family(network string, local, remote *place, listens bool) (csock.Domain, bool) {
	switch {
	case strings.HasPrefix(network, "unix"):
		return csock.AF_UNIX, false
	case strings.HasSuffix(network, "4"):
		return csock.AF_INET, false
	case strings.HasSuffix(network, "6"):
		return csock.AF_INET6, true
	case listens && local.isAnyHost():
		return csock.AF_INET6, false
	case local.is4() && remote.is4():
		return csock.AF_INET, false
	}
	return csock.AF_INET6, false
}

// open makes a socket as package net does, bound to local: it serves if remote is nil.
func open(network string, local, remote *place, ctl control) (s *csock.Socket, err error) {
	p := remote
	if p == nil {
		p = local
	}
	network, proto, err := protocol(network)
	if err != nil {
		return nil, err
	}
	family, only6 := family(network, local, remote, remote == nil)
	if s, err = csock.New(family, p.typ|csock.SOCK_NONBLOCK, proto); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			s.Close()
		}
	}()
	countSocket()
	if family == csock.AF_INET6 && p.typ != csock.SOCK_RAW {
		err = errors.Join(err, s.Set(csock.IPV6_V6ONLY.To(only6)))
	}
	if family != csock.AF_UNIX && p.typ != csock.SOCK_STREAM {
		err = errors.Join(err, s.Set(csock.SO_BROADCAST.To(true)))
	}
	if remote == nil && p.typ == csock.SOCK_STREAM && family != csock.AF_UNIX {
		err = errors.Join(err, s.Set(csock.SO_REUSEADDR.To(true)))
	}
	if err != nil {
		return nil, err
	}
	if ctl != nil {
		if family != csock.AF_UNIX && !strings.HasSuffix(network, "4") && !strings.HasSuffix(network, "6") {
			network += map[csock.Domain]string{csock.AF_INET: "4", csock.AF_INET6: "6"}[family]
		}
		if err = ctl(network, p.addr.String(), rawSocket{s: s}); err != nil {
			return nil, err
		}
	}
	if local == nil {
		return s, nil
	}
	if remote == nil && p.typ == csock.SOCK_DGRAM && p.ip.IsMulticast() { // each group's server
		if err = s.Set(csock.SO_REUSEADDR.To(true)); err != nil {
			return nil, err
		}
		any := *local
		any.ip = nil
		local = &any
	}
	addr, err := local.in(family)
	if err == nil {
		err = s.Bind(addr)
	}
	return s, err
}

// protocol splits a network such as "ip4:icmp".
func protocol(network string) (string, csock.Protocol, error) {
	network, name, raw := strings.Cut(network, ":")
	if !raw {
		return network, 0, nil
	}
	if p, ok := map[string]csock.Protocol{
		"icmp": csock.IPPROTO_ICMP, "igmp": csock.IPPROTO_IGMP, "tcp": csock.IPPROTO_TCP,
		"udp": csock.IPPROTO_UDP, "ipv6-icmp": csock.IPPROTO_ICMPV6,
	}[name]; ok {
		return network, p, nil
	}
	p, err := strconv.Atoi(name)
	if err != nil {
		return network, 0, net.UnknownNetworkError(network + ":" + name)
	}
	return network, csock.Protocol(p), nil
}

// opError makes a package net's error. a is the address that did not do.
func opError(op, network string, source, a net.Addr, err error) error {
	return &net.OpError{Op: op, Net: network, Source: source, Addr: a, Err: err}
}

// An ended is package net's error for the end of a context.
type ended struct {
	text string
	is   error
}

func (e *ended) Error() string   { return e.text }
func (e *ended) Timeout() bool   { return e.is == context.DeadlineExceeded }
func (e *ended) Temporary() bool { return e.Timeout() }
func (e *ended) Is(err error) bool {
	return err == e.is
}

func ofContext(err error) error {
	switch err {
	case context.Canceled:
		return &ended{"operation was canceled", err}
	case context.DeadlineExceeded:
		return &ended{"i/o timeout", err}
	}
	return err
}

// connect returns the Conn of a dialed socket.
func connect(ctx context.Context, network string, local, remote *place, ctl control) (*csock.Conn, error) {
	fail := func(err error) (*csock.Conn, error) {
		return nil, opError("dial", network, local.netAddr(), remote.addr, ofContext(err))
	}
	if err := ctx.Err(); err != nil {
		return fail(err)
	}
	if isIP(remote.addr) && len(remote.ip) == 0 { // this host
		p := *remote
		p.ip = net.IPv4zero
		remote = &p
	}
	s, err := open(network, local, remote, ctl)
	if err != nil {
		return fail(err)
	}
	defer s.Close() // refused once the Conn owns the descriptor
	domain, err := s.Domain()
	if err != nil {
		return fail(err)
	}
	to, err := remote.in(domain)
	if err != nil {
		return fail(err)
	}
	c, err := s.IntoConn()
	if err != nil {
		return fail(err)
	}
	if err := c.Connect(ctx, to); err != nil {
		c.Close()
		return fail(err)
	}
	return c, nil
}

func isIP(a net.Addr) bool {
	_, unix := a.(*net.UnixAddr)
	return !unix
}

// kind gives a Conn its type.
func kind(network string, c *csock.Conn) net.Conn {
	switch network[0] {
	case 't':
		return &TCPConn{Conn: c}
	case 'i':
		return &IPConn{Conn: c}
	}
	if strings.HasPrefix(network, "unix") {
		return &UnixConn{Conn: c}
	}
	return &UDPConn{Conn: c}
}

// fresh sets what package net sets on a new TCP connection.
func fresh(c *TCPConn, keepAlive time.Duration, config net.KeepAliveConfig) {
	c.SetNoDelay(true)
	if !config.Enable && keepAlive >= 0 {
		config = net.KeepAliveConfig{Enable: true, Idle: keepAlive}
	}
	if config.Enable {
		c.SetKeepAliveConfig(config)
	}
}

func DialTCP(network string, local, remote *net.TCPAddr) (*TCPConn, error) {
	if remote == nil {
		return nil, opError("dial", network, nil, nil, errors.New("missing address"))
	}
	c, err := connect(context.Background(), network, tcpPlace(local), tcpPlace(remote), nil)
	if err != nil {
		return nil, err
	}
	t := &TCPConn{Conn: c}
	fresh(t, 0, net.KeepAliveConfig{})
	return t, nil
}

func DialUDP(network string, local, remote *net.UDPAddr) (*UDPConn, error) {
	if remote == nil {
		return nil, opError("dial", network, nil, nil, errors.New("missing address"))
	}
	c, err := connect(context.Background(), network, udpPlace(local), udpPlace(remote), nil)
	if err != nil {
		return nil, err
	}
	return &UDPConn{Conn: c}, nil
}

func DialUnix(network string, local, remote *net.UnixAddr) (*UnixConn, error) {
	c, err := connect(context.Background(), network, unixPlace(network, local), unixPlace(network, remote), nil)
	if err != nil {
		return nil, err
	}
	return &UnixConn{Conn: c}, nil
}

// A Dialer is package net's, without its race between IPv6 and IPv4.
type Dialer struct {
	Timeout         time.Duration
	Deadline        time.Time
	LocalAddr       net.Addr
	DualStack       bool
	FallbackDelay   time.Duration
	KeepAlive       time.Duration
	KeepAliveConfig net.KeepAliveConfig
	Resolver        *net.Resolver
	Cancel          <-chan struct{}
	Control         func(network, address string, c syscall.RawConn) error
	ControlContext  func(ctx context.Context, network, address string, c syscall.RawConn) error
}

func Dial(network, address string) (net.Conn, error) { return new(Dialer).Dial(network, address) }

func DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	return (&Dialer{Timeout: timeout}).Dial(network, address)
}

func (d *Dialer) Dial(network, address string) (net.Conn, error) {
	return d.DialContext(context.Background(), network, address)
}

func (d *Dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	if d.Timeout != 0 {
		var cancel func()
		ctx, cancel = context.WithTimeout(ctx, d.Timeout)
		defer cancel()
	}
	if !d.Deadline.IsZero() {
		var cancel func()
		ctx, cancel = context.WithDeadline(ctx, d.Deadline)
		defer cancel()
	}
	if d.Cancel != nil {
		var cancel func()
		ctx, cancel = context.WithCancel(ctx)
		defer cancel()
		go func() {
			select {
			case <-d.Cancel:
				cancel()
			case <-ctx.Done():
			}
		}()
	}
	remotes, err := d.resolve(ctx, network, address)
	if err != nil {
		return nil, opError("dial", network, nil, nil, err)
	}
	local, err := localPlace(network, d.LocalAddr)
	if err != nil {
		return nil, opError("dial", network, nil, d.LocalAddr, err)
	}
	var ctl control
	if d.ControlContext != nil {
		ctl = func(network, address string, c syscall.RawConn) error {
			return d.ControlContext(ctx, network, address, c)
		}
	} else if d.Control != nil {
		ctl = d.Control
	}
	var first error
	for _, remote := range remotes {
		c, err := connect(ctx, network, local, remote, ctl)
		if err == nil {
			conn := kind(network, c)
			if t, ok := conn.(*TCPConn); ok {
				fresh(t, d.KeepAlive, d.KeepAliveConfig)
			}
			return conn, nil
		}
		if first == nil {
			first = err
		}
	}
	return nil, first
}

func localPlace(network string, a net.Addr) (*place, error) {
	switch a := a.(type) {
	case nil:
		return nil, nil
	case *net.TCPAddr:
		return tcpPlace(a), nil
	case *net.UDPAddr:
		return udpPlace(a), nil
	case *net.IPAddr:
		return ipPlace(a), nil
	case *net.UnixAddr:
		return unixPlace(network, a), nil
	}
	return nil, &net.AddrError{Err: "mismatched local address type", Addr: a.String()}
}

// resolve returns the places of an address, IPv4 ones first, as package net tries them on a host
// whose IPv6 has no route.
func (d *Dialer) resolve(ctx context.Context, network, address string) ([]*place, error) {
	r := d.Resolver
	if r == nil {
		r = net.DefaultResolver
	}
	host, port, err := net.SplitHostPort(address)
	isIP := network[0] == 't' || strings.HasPrefix(network, "udp")
	if !isIP || err != nil || host == "" {
		p, err := resolve(network, address)
		return []*place{p}, err
	}
	if _, err := netip.ParseAddr(host); err == nil {
		p, err := resolve(network, address)
		return []*place{p}, err
	}
	number, err := r.LookupPort(ctx, network, port)
	if err != nil {
		return nil, err
	}
	ips, err := r.LookupIPAddr(ctx, host)
	if err != nil {
		return nil, err
	}
	var v4, v6 []*place
	for _, ip := range ips {
		var p *place
		if network[0] == 't' {
			p = tcpPlace(&net.TCPAddr{IP: ip.IP, Port: number, Zone: ip.Zone})
		} else {
			p = udpPlace(&net.UDPAddr{IP: ip.IP, Port: number, Zone: ip.Zone})
		}
		switch is4 := p.is4(); {
		case is4 && !strings.HasSuffix(network, "6"):
			v4 = append(v4, p)
		case !is4 && !strings.HasSuffix(network, "4"):
			v6 = append(v6, p)
		}
	}
	if len(v4)+len(v6) == 0 {
		return nil, &net.AddrError{Err: "no suitable address found", Addr: host}
	}
	return append(v4, v6...), nil
}

func resolve(network, address string) (*place, error) {
	switch network, _, _ := strings.Cut(network, ":"); network {
	case "tcp", "tcp4", "tcp6":
		a, err := net.ResolveTCPAddr(network, address)
		return tcpPlace(a), err
	case "udp", "udp4", "udp6":
		a, err := net.ResolveUDPAddr(network, address)
		return udpPlace(a), err
	case "ip", "ip4", "ip6":
		a, err := net.ResolveIPAddr(network, address)
		return ipPlace(a), err
	case "unix", "unixgram", "unixpacket":
		a, err := net.ResolveUnixAddr(network, address)
		return unixPlace(network, a), err
	}
	return nil, net.UnknownNetworkError(network)
}
