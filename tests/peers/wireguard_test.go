//go:build linux

package peers

import (
	"bytes"
	"crypto/ecdh"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"runtime/pprof"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
	"go.uber.org/goleak"
	"golang.zx2c4.com/wireguard/conn"
	"golang.zx2c4.com/wireguard/device"
	"golang.zx2c4.com/wireguard/tun"
	"golang.zx2c4.com/wireguard/tun/tuntest"
)

const wgBatch = 64 // the number of packets that wireguard moves at once

// A wgBind is wireguard's network interface: a Conn on one address, which moves Batches without a
// copy.
type wgBind struct {
	t    *testing.T
	ip   netip.Addr
	conn atomic.Pointer[csock.Conn] // nil while it is closed

	sending sync.Mutex // wireguard sends from many goroutines, and a Batch serves one
	out     *csock.Batch

	sent, received wgCount
}

type wgCount struct{ calls, messages atomic.Int64 }

func (c *wgCount) add(n int) {
	c.calls.Add(1)
	c.messages.Add(int64(n))
}

func (b *wgBind) BatchSize() int { return wgBatch }

func (b *wgBind) Open(port uint16) ([]conn.ReceiveFunc, uint16, error) {
	addr := csock.InetAddr(netip.AddrPortFrom(b.ip, port))
	s, err := csock.New(addr.Domain(), csock.SOCK_DGRAM, 0)
	if err != nil {
		return nil, 0, err
	}
	defer s.Close() // no effect once the Conn has the descriptor
	if err := s.Bind(addr); err != nil {
		return nil, 0, err
	}
	if addr, err = s.LocalAddr(); err != nil {
		return nil, 0, err
	}
	in, err := csock.NewBatch(wgBatch, csock.BatchRoom{})
	if err != nil {
		return nil, 0, err
	}
	c, err := s.IntoConn()
	if err != nil {
		return nil, 0, err
	}
	if !b.conn.CompareAndSwap(nil, c) {
		c.Close()
		return nil, 0, conn.ErrBindAlreadyOpen
	}
	receive := func(bufs [][]byte, sizes []int, from []conn.Endpoint) (int, error) {
		for i, p := range bufs { // wireguard's kept ones are replaced now
			if err := in.SetBuffer(i, p); err != nil {
				return 0, err
			}
		}
		if err := in.SetRange(0, len(bufs)); err != nil {
			return 0, err
		}
		n, err := c.RecvBatch(in, 0)
		if err != nil && !errors.Is(err, net.ErrClosed) {
			b.t.Error(err) // which wireguard ignores
		}
		for i := range n {
			sizes[i], from[i] = in.Len(i), wgEndpoint{in.Addr(i)}
		}
		b.received.add(n)
		return n, err
	}
	ap, _ := addr.AddrPort()
	return []conn.ReceiveFunc{receive}, ap.Port(), nil
}

func (b *wgBind) Close() error {
	if c := b.conn.Swap(nil); c != nil { // wireguard closes what is not open yet
		return c.Close()
	}
	return nil
}

func (b *wgBind) SetMark(mark uint32) error { return b.conn.Load().Set(csock.SO_MARK.To(mark)) }

func (b *wgBind) Send(bufs [][]byte, to conn.Endpoint) error {
	b.sending.Lock()
	defer b.sending.Unlock()
	for i, p := range bufs {
		if err := errors.Join(b.out.SetBuffer(i, p), b.out.SetAddr(i, to.(wgEndpoint).SockAddr)); err != nil {
			return err
		}
	}
	for at := 0; at < len(bufs); {
		if err := b.out.SetRange(at, len(bufs)); err != nil {
			return err
		}
		n, err := b.conn.Load().SendBatch(b.out, 0)
		if err != nil {
			return err
		}
		b.sent.add(n)
		at += n
	}
	return nil
}

func (b *wgBind) ParseEndpoint(s string) (conn.Endpoint, error) {
	ap, err := netip.ParseAddrPort(s)
	return wgEndpoint{csock.InetAddr(ap)}, err
}

// A wgEndpoint is the address of a peer. Source addresses are not cached: the system chooses them.
type wgEndpoint struct{ csock.SockAddr }

func (e wgEndpoint) DstIP() netip.Addr {
	ap, _ := e.AddrPort()
	return ap.Addr()
}
func (e wgEndpoint) DstToBytes() []byte  { return e.Bytes() }
func (e wgEndpoint) DstToString() string { return e.String() }
func (wgEndpoint) SrcIP() netip.Addr     { return netip.Addr{} }
func (wgEndpoint) SrcToString() string   { return "" }
func (wgEndpoint) ClearSrc()             {}

// A wgTUN delivers all available packets at once, where tuntest's own delivers one: otherwise
// wireguard would send no batches.
type wgTUN struct {
	tun.Device
	more <-chan []byte
}

func (t wgTUN) BatchSize() int { return wgBatch }

func (t wgTUN) Read(bufs [][]byte, sizes []int, offset int) (int, error) {
	n, err := t.Device.Read(bufs, sizes, offset)
	for err == nil && n < len(bufs) {
		select {
		case p := <-t.more:
			sizes[n] = copy(bufs[n][offset:], p)
			n++
		default:
			return n, nil
		}
	}
	return n, err
}

// A wgPeer is an end of a tunnel.
type wgPeer struct {
	*device.Device
	ip   netip.Addr // within the tunnel
	key  *ecdh.PrivateKey
	tun  *tuntest.ChannelTUN
	bind *wgBind
}

// newWGPeer brings up a device on a loopback address.
func newWGPeer(t *testing.T, loopback netip.Addr, ip string) *wgPeer {
	key, err := ecdh.X25519().GenerateKey(rand.Reader)
	need.OK(t, err)
	out, err := csock.NewBatch(wgBatch, csock.BatchRoom{})
	need.OK(t, err)
	p := &wgPeer{ip: netip.MustParseAddr(ip), key: key, tun: tuntest.NewChannelTUN(), bind: &wgBind{t: t, ip: loopback, out: out}}
	p.tun.Outbound = make(chan []byte, wgBatch)
	logger := &device.Logger{Verbosef: device.DiscardLogf, Errorf: t.Errorf}
	p.Device = device.NewDevice(wgTUN{p.tun.TUN(), p.tun.Outbound}, p.bind, logger)
	t.Cleanup(p.Close)
	need.OK(t, p.Up())
	return p
}

func (p *wgPeer) addr() string { return p.bind.conn.Load().LocalAddr().String() }

// addPeer adds a peer to the device. A peer without an endpoint is the one that speaks first.
func (p *wgPeer) addPeer(t *testing.T, peer *wgPeer, endpoint string) {
	t.Helper()
	need.OK(t, p.IpcSet(fmt.Sprintf("private_key=%x\npublic_key=%x\nallowed_ip=%v/32\n%s", p.key.Bytes(), peer.key.PublicKey().Bytes(), peer.ip, endpoint)))
}

// ping returns a unique ping: its number and length occur only once.
func (p *wgPeer) ping(to *wgPeer, i int) []byte {
	packet := append(tuntest.Ping(to.ip, p.ip), bytes.Repeat([]byte{byte(i)}, i%wgBatch*16)...)
	binary.BigEndian.PutUint16(packet[2:], uint16(len(packet)))
	binary.BigEndian.PutUint16(packet[26:], uint16(i))
	return packet
}

// send sends n pings, wgBatch at most, and returns them.
func (p *wgPeer) send(to *wgPeer, first, n int) map[string]bool {
	sent := make(map[string]bool)
	for i := first; i < first+n; i++ {
		packet := p.ping(to, i)
		sent[string(packet)] = true
		p.tun.Outbound <- packet
	}
	return sent
}

// gets fails the test unless each packet arrives once, and nothing else before the last.
func (p *wgPeer) gets(t *testing.T, packets map[string]bool) {
	t.Helper()
	late := time.After(30 * time.Second)
	for len(packets) > 0 {
		select {
		case got := <-p.tun.Inbound:
			if !packets[string(got)] {
				t.Fatalf("%v got what was not sent, or twice: %x", p.ip, got)
			}
			delete(packets, string(got))
		case <-late:
			t.Fatalf("%v did not get %d packets", p.ip, len(packets))
		}
	}
}

// A tunnel of wireguard's, over Batches.
func TestWireGuard(t *testing.T) {
	for _, ip := range []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.IPv6Loopback()} {
		t.Run(ip.String(), func(t *testing.T) { testWireGuard(t, ip) })
	}
}

func testWireGuard(t *testing.T, loopback netip.Addr) {
	probe, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(loopback, 0)))
	if err != nil {
		t.Skip(err)
	}
	probe.Close()
	// If a socket does not close, wireguard waits without an end.
	hangs := time.AfterFunc(time.Minute, func() {
		pprof.Lookup("goroutine").WriteTo(os.Stderr, 2)
		panic("wireguard hangs")
	})
	t.Cleanup(func() { hangs.Stop() })
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, before) })
	a, b := newWGPeer(t, loopback, "192.0.2.1"), newWGPeer(t, loopback, "192.0.2.2")
	a.addPeer(t, b, "endpoint="+b.addr()+"\n")
	b.addPeer(t, a, "") // a's endpoint is where its packets come from

	n := 0
	both := func() {
		t.Helper()
		fromA, fromB := a.send(b, n, wgBatch), b.send(a, n, wgBatch)
		n += wgBatch
		b.gets(t, fromA)
		a.gets(t, fromB)
	}
	b.gets(t, a.send(b, n, 1)) // of two simultaneous handshakes both may fail, and are retried after seconds
	for range 5 {
		both()
	}

	was := b.addr()
	need.OK(t, b.BindUpdate())
	if b.addr() != was {
		t.Errorf("opened again on %s, was on %s", b.addr(), was)
	}
	const mark = 1234
	if err := b.BindSetMark(mark); errors.Is(err, syscall.EPERM) {
		t.Log("without a mark:", err)
	} else {
		need.OK(t, err)
		if got, err := csock.Get(b.bind.conn.Load(), csock.SO_MARK); got != mark || err != nil {
			t.Errorf("mark: %d, %v", got, err)
		}
	}
	both()

	// Both devices close while packets go both ways as fast as possible.
	stop, flowing := make(chan bool), make(chan bool, 2)
	var load, closing sync.WaitGroup
	defer load.Wait()
	defer close(stop)
	for _, way := range [][2]*wgPeer{{a, b}, {b, a}} {
		from, to := way[0], way[1]
		packet := from.ping(to, wgBatch-1)
		load.Go(func() {
			for {
				select {
				case from.tun.Outbound <- packet:
				case <-stop:
					return
				}
			}
		})
		load.Go(func() {
			for got := 1; ; got++ {
				select {
				case <-to.tun.Inbound:
				case <-stop:
					return
				}
				if got == 500 {
					flowing <- true
				}
			}
		})
	}
	late := time.After(30 * time.Second)
	for range 2 {
		select {
		case <-flowing:
		case <-late:
			t.Fatal("under load, packets do not arrive")
		}
	}
	closing.Go(a.Close)
	closing.Go(b.Close)
	closing.Wait()
	for _, p := range []*wgPeer{a, b} {
		for what, c := range map[string]*wgCount{"sent": &p.bind.sent, "received": &p.bind.received} {
			calls, messages := c.calls.Load(), c.messages.Load()
			t.Logf("%v %s %d messages in %d calls", p.ip, what, messages, calls)
			if messages <= calls {
				t.Errorf("%v %s no batch", p.ip, what)
			}
		}
	}
}
