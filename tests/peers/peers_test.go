//go:build linux

// Package peers tests csock with third-party modules, on which the library itself does not depend.
package peers

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
	"github.com/miekg/dns"
	"github.com/quic-go/quic-go"
	"go.uber.org/goleak"
	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
	"golang.org/x/net/nettest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var loopback = csock.InetAddr(netip.MustParseAddrPort("127.0.0.1:0"))

func listener(t testing.TB, domain csock.Domain, typ csock.Type, addr csock.SockAddr) *csock.Listener {
	t.Helper()
	s, err := csock.New(domain, typ, 0)
	need.OK(t, err, s.Bind(addr), s.Listen(128))
	l, err := s.IntoListener()
	need.OK(t, err)
	return l
}

func dial(domain csock.Domain, typ csock.Type, to csock.SockAddr) (*csock.Conn, error) {
	s, err := csock.New(domain, typ, 0)
	if err != nil {
		return nil, err
	}
	c, err := s.IntoConn()
	if err != nil {
		return nil, err
	}
	if err := c.Connect(context.Background(), to); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

func packetConn(t testing.TB) *csock.UDPConn {
	t.Helper()
	s, err := csock.New(csock.AF_INET, csock.SOCK_DGRAM, 0)
	need.OK(t, err, s.Bind(loopback))
	c, err := s.IntoUDPConn()
	need.OK(t, err)
	t.Cleanup(func() { c.Close() })
	return c
}

// The standard conformance test of a net.Conn, for each kind of stream that has a loopback.
func TestConn(t *testing.T) {
	type kind struct {
		name   string
		domain csock.Domain
		proto  csock.Protocol
		addr   func(*testing.T) csock.SockAddr
	}
	fixed := func(a csock.SockAddr) func(*testing.T) csock.SockAddr {
		return func(*testing.T) csock.SockAddr { return a }
	}
	unix := func(name string) func(*testing.T) csock.SockAddr {
		return func(t *testing.T) csock.SockAddr {
			return need.Value[csock.SockAddr](t)(csock.UnixAddr(name + filepath.Join(t.TempDir(), "s")))
		}
	}
	for _, k := range []kind{
		{"tcp4", csock.AF_INET, csock.IPPROTO_TCP, fixed(loopback)},
		{"tcp6", csock.AF_INET6, csock.IPPROTO_TCP, fixed(csock.InetAddr(netip.MustParseAddrPort("[::1]:0")))},
		{"mptcp", csock.AF_INET, csock.IPPROTO_MPTCP, fixed(loopback)},
		{"unix", csock.AF_UNIX, 0, unix("")},
		{"unix, abstract", csock.AF_UNIX, 0, unix("@")},
		{"vsock", csock.AF_VSOCK, 0, fixed(csock.VsockAddr(csock.VMADDR_CID_LOCAL, csock.VMADDR_PORT_ANY))},
	} {
		t.Run(k.name, func(t *testing.T) {
			need.Family(t, k.domain)
			probe, err := csock.New(k.domain, csock.SOCK_STREAM, k.proto)
			need.Feature(t, k.name, err)
			// Without a virtual machine's transport there is no local address.
			need.Feature(t, k.name, probe.Bind(k.addr(t)), syscall.EADDRNOTAVAIL, syscall.ENODEV)
			need.OK(t, probe.Close())
			nettest.TestConn(t, func() (a, b net.Conn, stop func(), err error) {
				s, err := csock.New(k.domain, csock.SOCK_STREAM, k.proto)
				need.OK(t, err, s.Bind(k.addr(t)), s.Listen(1))
				to, err := s.LocalAddr()
				need.OK(t, err)
				l, err := s.IntoListener()
				need.OK(t, err)
				defer l.Close()
				c, err := csock.New(k.domain, csock.SOCK_STREAM, k.proto)
				need.OK(t, err)
				conn, err := c.IntoConn()
				need.OK(t, err, conn.Connect(t.Context(), to))
				b, err = l.Accept()
				need.OK(t, err)
				switch b.(type) { // as the listener's end is
				case *csock.TCPConn:
					a = &csock.TCPConn{Conn: conn}
				case *csock.UnixConn:
					a = &csock.UnixConn{Conn: conn}
				default:
					a = conn
				}
				return a, b, func() { a.Close(); b.Close() }, nil
			})
		})
	}
	t.Run("socketpair", func(t *testing.T) {
		nettest.TestConn(t, func() (a, b net.Conn, stop func(), err error) {
			x, y, err := csock.Pair(csock.AF_UNIX, csock.SOCK_STREAM, 0)
			need.OK(t, err)
			a, err = x.IntoConn()
			need.OK(t, err)
			b, err = y.IntoConn()
			need.OK(t, err)
			return a, b, func() { a.Close(); b.Close() }, nil
		})
	})
}

// A server that closes under load leaves no goroutine behind: goleak checks when all tests are
// done.
func TestHTTP(t *testing.T) {
	l := listener(t, csock.AF_INET, csock.SOCK_STREAM, loopback)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Write(body)
	})}
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	transport := &http.Transport{MaxIdleConnsPerHost: 8}
	client := &http.Client{Transport: transport}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				resp, err := client.Post("http://"+l.Addr().String(), "text/plain", bytes.NewReader(make([]byte, 10000)))
				if err != nil {
					t.Error(err)
					return
				}
				if n, err := io.Copy(io.Discard, resp.Body); n != 10000 || err != nil {
					t.Errorf("%d bytes, %v", n, err)
				}
				resp.Body.Close()
			}
		})
	}
	wg.Wait()
	need.OK(t, server.Close())
	<-served
	transport.CloseIdleConnections()
}

// A DNS server and its client over PacketConn.
func TestDNS(t *testing.T) {
	c := packetConn(t)
	started := make(chan bool)
	server := &dns.Server{PacketConn: c, NotifyStartedFunc: func() { close(started) }, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		r := new(dns.Msg)
		r.SetReply(q)
		r.Answer = []dns.RR{&dns.A{Hdr: dns.RR_Header{Name: q.Question[0].Name, Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: 1}, A: net.IPv4(192, 0, 2, 1)}}
		w.WriteMsg(r)
	})}
	done := make(chan error, 1)
	go func() { done <- server.ActivateAndServe() }()
	<-started
	var to csock.SockAddr
	need.OK(t, csock.Borrow(c, func(s *csock.Socket) (err error) { to, err = s.LocalAddr(); return err }))
	conn, err := dial(csock.AF_INET, csock.SOCK_DGRAM, to)
	need.OK(t, err)
	client := &dns.Conn{Conn: &csock.UDPConn{Conn: conn}}
	defer client.Close()
	q := new(dns.Msg)
	q.SetQuestion("example.org.", dns.TypeA)
	need.OK(t, client.SetDeadline(time.Now().Add(30*time.Second)), client.WriteMsg(q))
	p := make([]byte, dns.MaxMsgSize)
	n, err := conn.Read(p)
	need.OK(t, err)
	r := new(dns.Msg)
	need.OK(t, r.Unpack(p[:n]))
	if r.Id != q.Id || len(r.Answer) != 1 || r.Answer[0].(*dns.A).A.String() != "192.0.2.1" {
		t.Errorf("answer: %v", r)
	}
	need.OK(t, server.Shutdown(), <-done)
}

// x/net's batches, which use the connection's RawConn.
func TestIPv4Batch(t *testing.T) {
	a, b := packetConn(t), packetConn(t)
	const n = 8
	out, in := make([]ipv4.Message, n), make([]ipv4.Message, n)
	for i := range n {
		out[i] = ipv4.Message{Buffers: [][]byte{{'m', byte('0' + i)}}, Addr: b.LocalAddr()}
		in[i].Buffers = [][]byte{make([]byte, 8)}
	}
	sent, err := ipv4.NewPacketConn(a).WriteBatch(out, 0)
	need.OK(t, err)
	need.OK(t, b.SetReadDeadline(time.Now().Add(30*time.Second)))
	for got := 0; got < sent; {
		k, err := ipv4.NewPacketConn(b).ReadBatch(in, 0)
		need.OK(t, err)
		for i := range k {
			if text := string(in[i].Buffers[0][:in[i].N]); text != string(out[got].Buffers[0]) || in[i].Addr.String() != a.LocalAddr().String() {
				t.Errorf("message %d: %q from %v", got, text, in[i].Addr)
			}
			got++
		}
	}
}

// x/net works over a UDPConn, without change but for the calls that assert package net's types. As
// docs/porting-from-net.md says, ReadFrom returns an error, and NewRawConn panics.
func TestIPv4PacketConn(t *testing.T) {
	need.IPv4(t)
	s, err := csock.New(csock.AF_INET, csock.SOCK_DGRAM, 0)
	need.OK(t, err, s.Bind(loopback))
	u, err := s.IntoUDPConn()
	need.OK(t, err)
	defer u.Close()
	need.OK(t, u.SetDeadline(time.Now().Add(30*time.Second)))
	p := ipv4.NewPacketConn(u)
	need.OK(t, p.SetControlMessage(ipv4.FlagTTL, true), p.SetTTL(3), ipv4.NewConn(u).SetTOS(4))
	n, err := p.WriteTo([]byte("hi"), nil, u.LocalAddr())
	need.OK(t, err)
	need.Same(t, "sent", n, 2)
	in := []ipv4.Message{{Buffers: [][]byte{make([]byte, 8)}, OOB: ipv4.NewControlMessage(ipv4.FlagTTL)}}
	_, err = p.ReadBatch(in, 0)
	need.OK(t, err)
	var cm ipv4.ControlMessage
	need.OK(t, cm.Parse(in[0].OOB[:in[0].NN]))
	need.Same(t, "message", string(in[0].Buffers[0][:in[0].N]), "hi")
	need.Same(t, "TTL", cm.TTL, 3)

	if _, _, _, err := p.ReadFrom(make([]byte, 8)); err == nil || !strings.Contains(err.Error(), "invalid conn type") {
		t.Errorf("ipv4's ReadFrom: %v", err)
	}
	if _, _, _, err := ipv6.NewPacketConn(u).ReadFrom(make([]byte, 8)); err == nil || !strings.Contains(err.Error(), "invalid conn type") {
		t.Errorf("ipv6's ReadFrom: %v", err)
	}

	s, err = csock.FromNet(u)
	need.OK(t, err)
	theirs, err := s.IntoNetPacketConn()
	need.OK(t, err)
	defer theirs.Close()
	_, err = p.WriteTo([]byte("hi"), nil, u.LocalAddr())
	need.OK(t, err)
	n, _, _, err = ipv4.NewPacketConn(theirs).ReadFrom(make([]byte, 8))
	need.OK(t, err)
	need.Same(t, "received over IntoNetPacketConn", n, 2)
}

// See TestIPv4PacketConn.
func TestIPv4RawConn(t *testing.T) {
	need.NetRaw(t)
	s, err := csock.New(csock.AF_INET, csock.SOCK_RAW, 254)
	need.OK(t, err, s.Bind(loopback))
	c, err := s.IntoIPConn()
	need.OK(t, err)
	defer c.Close()
	_, err = ipv4.NewPacketConn(c).WriteTo([]byte("hi"), nil, c.LocalAddr())
	need.OK(t, err)
	defer func() {
		if recover() == nil {
			t.Error("ipv4.NewRawConn does not panic: docs/porting-from-net.md may say so")
		}
	}()
	_, err = ipv4.NewRawConn(c)
	t.Errorf("ipv4.NewRawConn: %v", err)
}

// QUIC, with its segmentation offload, packet info and ECN by control messages.
func TestQUIC(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	need.OK(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"csock"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	need.OK(t, err)
	cert, err := x509.ParseCertificate(der)
	need.OK(t, err)
	roots := x509.NewCertPool()
	roots.AddCert(cert)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()

	serving, dialing := packetConn(t), packetConn(t)
	server := &quic.Transport{Conn: serving}
	defer server.Close()
	l, err := server.Listen(&tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, NextProtos: []string{"echo"}}, nil)
	need.OK(t, err)
	defer l.Close()
	echoed := make(chan error, 1)
	go func() {
		c, err := l.Accept(ctx)
		if err != nil {
			echoed <- err
			return
		}
		s, err := c.AcceptStream(ctx)
		if err == nil {
			_, err = io.Copy(s, s)
			s.Close()
		}
		echoed <- err
	}()
	client := &quic.Transport{Conn: dialing}
	defer client.Close()
	c, err := client.Dial(ctx, serving.LocalAddr(), &tls.Config{RootCAs: roots, ServerName: "csock", NextProtos: []string{"echo"}}, nil)
	need.OK(t, err)
	s, err := c.OpenStreamSync(ctx)
	need.OK(t, err)
	content := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	sent := make(chan error, 1)
	go func() {
		_, err := s.Write(content)
		s.Close()
		sent <- err
	}()
	got, err := io.ReadAll(s)
	need.OK(t, err, <-sent, <-echoed)
	if !bytes.Equal(got, content) {
		t.Errorf("%d of %d bytes came back", len(got), len(content))
	}
	need.OK(t, c.CloseWithError(0, ""))
}
