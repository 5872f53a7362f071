//go:build linux

package tests

import (
	"encoding/binary"
	"errors"
	"math"
	"net/netip"
	"reflect"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/kernel"
	"github.com/csock/go-csock/tests/need"
)

// A control message of unknown kind is none of those that methods read, whatever its bytes are.
func TestControlOfNoKind(t *testing.T) {
	data := append(csock.InetAddr(netip.MustParseAddrPort("192.0.2.1:80")).Bytes(), make([]byte, 240)...)
	m := csock.ControlMessage{Level: -1, Type: -1, Data: data}
	v := reflect.ValueOf(m)
	called := 0
	for i := range v.NumMethod() {
		method := v.Type().Method(i)
		args := method.Type
		if args.NumOut() < 2 || args.Out(args.NumOut()-1).Kind() != reflect.Bool || method.Name == "Int" {
			continue
		}
		in := []reflect.Value{v}
		for j := 1; j < args.NumIn(); j++ {
			in = append(in, reflect.Zero(args.In(j)))
		}
		out := method.Func.Call(in)
		called++
		if out[len(out)-1].Bool() {
			t.Errorf("%s says that it is one", method.Name)
		}
	}
	if called < 20 {
		t.Errorf("only %d methods were called", called)
	}
}

// A number of 1, 2 or 4 bytes is valid; others are not.
func TestControlInt(t *testing.T) {
	data := binary.NativeEndian.AppendUint64(nil, 0x0102030405060788)
	for n, want := range map[int]int{
		1: int(data[0]), 2: int(binary.NativeEndian.Uint16(data)), 4: int(int32(binary.NativeEndian.Uint32(data))),
		0: 0, 3: 0, 5: 0, 8: 0,
	} {
		got, ok := csock.ControlMessage{Data: data[:n]}.Int()
		if got != want || ok != (n == 1 || n == 2 || n == 4) {
			t.Errorf("of %d bytes: %#x, %v", n, got, ok)
		}
	}
	got, ok := csock.ControlMessage{Data: []byte{0xff, 0xff, 0xff, 0xff}}.Int()
	if got != -1 || !ok {
		t.Errorf("of 4 bytes of ones: %d, %v", got, ok)
	}
}

// Bytes after an address in a message are not part of it, so that equal addresses are equal values.
func TestControlAddressAlone(t *testing.T) {
	want := csock.InetAddr(netip.MustParseAddrPort("192.0.2.1:80"))
	data := append(want.Bytes(), 1, 2, 3, 4)
	got, ok := csock.ControlMessage{Level: syscall.IPPROTO_IP, Type: csock.IP_ORIGDSTADDR.Number(), Data: data}.OriginalDst()
	if !ok || got != want {
		t.Errorf("%v, %v, want %v", got, ok, want)
	}
}

// A packet that was sent to a multicast group was not sent to an address of this host.
func TestControlMulticastPacketInfo(t *testing.T) {
	for dst, local := range map[string]string{"ff02::1": "::", "2001:db8::1": "2001:db8::1"} {
		addr := netip.MustParseAddr(dst)
		data := binary.NativeEndian.AppendUint32(addr.AsSlice(), 7) // a struct in6_pktinfo
		info, ok := csock.ControlMessage{Level: syscall.IPPROTO_IPV6, Type: syscall.IPV6_PKTINFO, Data: data}.PacketInfo()
		if want := (csock.PacketInfo{Ifindex: 7, Local: netip.MustParseAddr(local), Dst: addr}); !ok || info != want {
			t.Errorf("%+v, %v, want %+v", info, ok, want)
		}
	}
}

// The messages of the error queue have the meaning that their origin and errno give.
func TestExtendedErrorKinds(t *testing.T) {
	type extended = csock.SockExtendedErr
	for _, c := range []struct {
		e                             extended
		zeroCopy, copied, stamp, time bool
	}{
		{e: extended{Origin: csock.SO_EE_ORIGIN_ZEROCOPY}, zeroCopy: true},
		{e: extended{Origin: csock.SO_EE_ORIGIN_ZEROCOPY, Code: csock.SO_EE_CODE_ZEROCOPY_COPIED}, zeroCopy: true, copied: true},
		{e: extended{Origin: csock.SO_EE_ORIGIN_ZEROCOPY, Code: csock.SO_EE_CODE_ZEROCOPY_COPIED << 1}, zeroCopy: true},
		{e: extended{Origin: csock.SO_EE_ORIGIN_ZEROCOPY, Errno: syscall.ENOMSG}},
		{e: extended{Origin: csock.SO_EE_ORIGIN_TIMESTAMPING, Errno: syscall.ENOMSG}, stamp: true},
		{e: extended{Origin: csock.SO_EE_ORIGIN_TIMESTAMPING}},
		{e: extended{Origin: csock.SO_EE_ORIGIN_LOCAL, Errno: syscall.ENOMSG}},
		{e: extended{Origin: csock.SO_EE_ORIGIN_TXTIME}, time: true},
	} {
		_, _, copied, zeroCopy := c.e.ZeroCopy()
		_, _, stamp := c.e.Timestamp()
		_, isTime := c.e.Txtime()
		if zeroCopy != c.zeroCopy || copied != c.copied || stamp != c.stamp || isTime != c.time {
			t.Errorf("%+v: zero copy %v, copied %v, timestamp %v, time %v", c.e, zeroCopy, copied, stamp, isTime)
		}
	}
	// A peer that has hung up is no error.
	a, b := unixPair(t, csock.SOCK_STREAM)
	check(t, b.Close())
	waits, err := a.WaitError(time.Second)
	check(t, err)
	same(t, "an error waits", waits, false)
}

// A configuration of timestamps is valid if both of its parts are.
func TestEthtoolTsInfoAllows(t *testing.T) {
	i := csock.EthtoolTsInfo{TxTypes: 1<<0 | 1<<2, RxFilters: 1<<0 | 1<<3}
	for _, tx := range []int{-1, 0, 1, 2, 3} {
		for _, rx := range []int{-1, 0, 1, 2, 3} {
			want := (tx == 0 || tx == 2) && (rx == 0 || rx == 3)
			c := csock.HwtstampConfig{TxType: csock.HwtstampTx(tx), RxFilter: csock.HwtstampFilter(rx)}
			same(t, "sending and receiving "+c.TxType.String()+" "+c.RxFilter.String(), i.Allows(c), want)
		}
	}
}

// Descriptors that a UnixConn receives after waiting are close-on-exec. The caller does not see the
// flag for that, unless it requested the flag.
func TestRightsOfConn(t *testing.T) {
	x, y := unixPair(t, csock.SOCK_DGRAM)
	a := connOf(t)(x, nil)
	b, err := y.IntoUnixConn()
	check(t, err)
	defer b.Close()
	send := func() {
		_, err := a.Sendmsg(&csock.MsgHdr{Buffers: [][]byte{{1}}, Control: csock.AppendRights(nil, 1)}, 0)
		check(t, err)
	}
	cloexec := func(control []byte) {
		t.Helper()
		for m := range csock.ControlMessages(control) {
			fds, ok := m.Rights(nil)
			if !ok || len(fds) != 1 {
				t.Fatal("no descriptor")
			}
			same(t, "close-on-exec", kernel.Flags(t, uintptr(fds[0]))&syscall.O_CLOEXEC != 0, true)
			check(t, syscall.Close(fds[0]))
			return
		}
		t.Fatal("no control message")
	}
	p, oob := make([]byte, 8), make([]byte, 64)
	for range 2 { // it waits; then it need not
		go func() {
			connParked(t, "(*UnixConn).ReadMsgUnix", 1)
			send()
		}()
		_, oobn, flags, _, err := b.ReadMsgUnix(p, oob)
		check(t, err)
		same(t, "flags", flags, 0)
		cloexec(oob[:oobn])
	}
	send()
	m := csock.MsgHdr{Buffers: [][]byte{p}, Control: oob}
	_, err = b.Recvmsg(&m, csock.MSG_CMSG_CLOEXEC)
	check(t, err)
	same(t, "the requested flag", int(m.Flags), int(csock.MSG_CMSG_CLOEXEC))
	cloexec(oob[:m.ControlLen])
}

// A foreignConn is of another package, and its descriptor does not fit an int.
type foreignConn struct{}

func (foreignConn) SyscallConn() (syscall.RawConn, error) { return foreignConn{}, nil }
func (foreignConn) Control(f func(uintptr)) error         { f(math.MaxUint); return nil }
func (foreignConn) Read(func(uintptr) bool) error         { return nil }
func (foreignConn) Write(func(uintptr) bool) error        { return nil }

func TestBorrowOfNoDescriptor(t *testing.T) {
	err := csock.Borrow(foreignConn{}, func(*csock.Socket) error { return errors.New("it was lent") })
	connIs(t, "Borrow", err, syscall.EBADF)
}

// Options of any type have the size of C's.
func TestNewOptionTypes(t *testing.T) {
	s, _ := unixPair(t, csock.SOCK_STREAM)
	check(t, csock.NewOption[int]("SO_RCVLOWAT", csock.SOL_SOCKET, syscall.SO_RCVLOWAT).Set(s, 7))
	n, err := csock.NewOption[uint32]("SO_RCVLOWAT", csock.SOL_SOCKET, syscall.SO_RCVLOWAT).Get(s)
	check(t, err)
	same(t, "a uint32", n, 7)
	wide, err := csock.NewOption[uint64]("SO_COOKIE", csock.SOL_SOCKET, csock.SO_COOKIE.Number()).Get(s)
	check(t, err)
	cookie, err := csock.SO_COOKIE.Get(s)
	check(t, err)
	same(t, "a uint64", wide, cookie)
	memory, err := csock.NewOption[[]byte]("SO_RCVLOWAT", csock.SOL_SOCKET, syscall.SO_RCVLOWAT).Get(s)
	check(t, err)
	same(t, "memory", string(memory), string(binary.NativeEndian.AppendUint32(nil, 7)))
	tcp := kindOf("tcp4").open(t)
	text := csock.NewOption[string]("TCP_CONGESTION", csock.Level(csock.IPPROTO_TCP), syscall.TCP_CONGESTION)
	check(t, text.Set(tcp, "reno"))
	got, err := text.Get(tcp)
	check(t, err)
	same(t, "a string", got, "reno")
	flag := csock.NewOption[bool]("SO_KEEPALIVE", csock.SOL_SOCKET, syscall.SO_KEEPALIVE)
	check(t, flag.Set(tcp, true))
	on, err := flag.Get(tcp)
	check(t, err)
	same(t, "a bool", on, true)
}

// A second Connect of a connected Conn returns what the kernel returns, and leaves the Conn as it
// was.
func TestConnConnectedAlready(t *testing.T) {
	a, b := connKinds[0].pair(t)
	a.Connect(t.Context(), connAddr(t, b)) // after a connect that did not wait in the kernel, the first returns 0
	err := a.Connect(t.Context(), connAddr(t, b))
	connIs(t, "Connect", err, syscall.EISCONN)
	sent(t, 2)(a.Write([]byte("hi")))
	p := make([]byte, 8)
	n, err := b.Read(p)
	check(t, err)
	same(t, "what came", string(p[:n]), "hi")
}

// An option value longer than an int counts is refused before the kernel sees it.
func TestOptionTooLong(t *testing.T) {
	size := uint64(math.MaxInt32) + 1 // a variable, since an int of 32 bits does not hold it
	mem := need.AddressSpace(t, int(size), syscall.PROT_NONE)
	s := kindOf("tcp4").open(t)
	o := csock.NewOption[[]byte]("TCP_CONGESTION", csock.Level(csock.IPPROTO_TCP), syscall.TCP_CONGESTION)
	connIs(t, "Set", o.Set(s, mem), syscall.EINVAL)
	connIs(t, "a Batch's room", newBatch(t, 1, csock.BatchRoom{}).SetControlBuffer(0, mem), syscall.EINVAL)
	connIs(t, "SetBytes", o.SetBytes(s, mem), syscall.EINVAL)
	fd, err := s.Detach() // which fails beside a call that has not left
	check(t, err, syscall.Close(int(fd)))
}

// A datagram that looks like an IP packet is not parsed as one, unless the socket is raw.
func TestReadFromLikePacket(t *testing.T) {
	a, b := kindOf("udp4").connected(t)
	c, err := b.IntoPacketConn()
	check(t, err)
	defer c.Close()
	like := append([]byte{0x45}, make([]byte, 39)...)
	sent(t, len(like))(a.Send(like, 0))
	n, _, err := c.ReadFrom(make([]byte, 64))
	check(t, err)
	same(t, "bytes", n, len(like))
}

// Each message's room for control messages is aligned as CMSG_ALIGN does it.
func TestBatchControlAligned(t *testing.T) {
	b := newBatch(t, 3, csock.BatchRoom{Control: 20})
	for i := range 3 {
		p := b.Control(i)
		same(t, "room", cap(p), 20)
		same(t, "past a multiple of 8", uintptr(unsafe.Pointer(unsafe.SliceData(p)))%unsafe.Alignof(uintptr(0)), 0)
	}
}

// GetWith unpins what it pins: the runtime ends a process that leaks a pin.
func TestGetWithUnpins(t *testing.T) {
	_, server := kindOf("tcp4").connected(t)
	for range 100 {
		_, err := csock.TCP_ZEROCOPY_RECEIVE.GetWith(server, csock.TCPZerocopyReceive{Copybuf: make([]byte, 100)})
		check(t, err)
	}
	collect()
}

// A number that cannot be a descriptor is refused, and not cut to one that is open.
func TestFromWideFD(t *testing.T) {
	fd := rawSocket(t)
	defer syscall.Close(int(fd))
	wide := uint64(1)<<32 | uint64(fd)
	if uint64(uintptr(wide)) != wide {
		t.Skip("a pointer has 32 bits")
	}
	_, err := csock.FromFD(uintptr(wide))
	connIs(t, "FromFD", err, syscall.EBADF)
}

// A raw accept returns the peer's address.
func TestAcceptRawAddr(t *testing.T) {
	l, addr := kindOf("tcp4").bound(t)
	check(t, l.Listen(1))
	client := kindOf("tcp4").open(t)
	check(t, client.Connect(addr))
	local, err := client.LocalAddr()
	check(t, err)
	s, from, err := l.AcceptRaw()
	check(t, err, s.Close())
	same(t, "the peer", from, local)
}

// Descriptor 0 works like any other.
func TestCloseRightsOfZero(t *testing.T) {
	kept, err := syscall.Dup(0)
	check(t, err)
	control := csock.AppendRights(nil, 0)
	m := csock.MsgHdr{Control: control, ControlLen: len(control)}
	m.CloseRights()
	closed := kernel.What(0) == ""
	check(t, syscall.Dup3(kept, 0, 0), syscall.Close(kept))
	same(t, "descriptor 0 was closed", closed, true)
}
