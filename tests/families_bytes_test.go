//go:build linux && cgo

package tests

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/cref"
)

// Control messages of families that most kernels lack are C's, byte for byte.
func TestFamilyControl(t *testing.T) {
	iv := []byte{1, 2, 3, 4, 5, 6, 7, 8, 9}
	b := csock.AppendALGOp(nil, csock.ALG_OP_ENCRYPT)
	b = csock.AppendALGIV(b, iv)
	b = csock.AppendALGAssocLen(b, 1<<31+5)
	if diff := cmp.Diff(cref.ALGControl(uint32(csock.ALG_OP_ENCRYPT), iv, 1<<31+5), b); diff != "" {
		t.Errorf("AF_ALG: C's bytes and csock's:\n%s", diff)
	}
	native := cref.RDSControl(7, 1, 1<<31, 3)
	if b := csock.AppendRDSZcopyCookie(nil, 7); !bytes.HasPrefix(native, b) || len(b) != csock.ControlSpace(4) {
		t.Errorf("a cookie is %x in\n%x", b, native)
	}
	read := 0
	for m := range csock.ControlMessages(native) {
		if cookies, ok := m.RDSZcopyCookies([]uint32{9}); ok {
			read++
			same(t, "cookies", cmp.Diff([]uint32{9, 1, 1 << 31, 3}, cookies), "")
		}
	}
	same(t, "messages of cookies", read, 1)
	// A count beyond the cookies that are there, or that there can be.
	for m := range csock.ControlMessages(native) {
		for n, ok := range map[byte]bool{8: true, 9: false, 255: false} {
			bad := csock.ControlMessage{Level: m.Level, Type: m.Type, Data: bytes.Clone(m.Data)}
			bad.Data[0] = n
			if _, got := bad.RDSZcopyCookies(nil); len(m.Data) > 4 && got != ok {
				t.Errorf("%d cookies: %v", n, got)
			}
			bad.Data = bad.Data[:min(4+4*8-1, len(bad.Data))]
			if _, got := bad.RDSZcopyCookies(nil); got {
				t.Errorf("%d cookies in %d bytes", n, len(bad.Data))
			}
		}
	}
	s, err := csock.New(csock.AF_UNIX, csock.SOCK_DGRAM, 0)
	check(t, err)
	defer s.Close()
	for _, n := range []int{-1, 4097} {
		if err := csock.ALG_SET_AEAD_AUTHSIZE.Set(s, n); !errors.Is(err, syscall.EINVAL) {
			t.Errorf("a tag of %d bytes: %v", n, err)
		}
	}
	if err := csock.ALG_SET_AEAD_AUTHSIZE.Set(s, 4096); errors.Is(err, syscall.EINVAL) || err == nil {
		t.Errorf("a tag of 4096 bytes, on a Unix socket: %v", err)
	}
	same(t, "a setting", csock.ALG_SET_AEAD_AUTHSIZE.To(16).String(), "ALG_SET_AEAD_AUTHSIZE=(16 bytes)")
}

// Frames and messages that are structs in memory are as long as C's.
func TestFamilyBytes(t *testing.T) {
	for name, n := range map[string][2]int{
		"struct canfd_frame": {len(new(csock.CANFDFrame).Bytes()), 72},
		"struct canxl_frame": {len(new(csock.CANXLFrame).Bytes()), 2060},
		"struct tipc_subscr": {len(csock.TIPCSubscr{}.Append(nil)), 28},
	} {
		same(t, name, n[0], n[1])
	}
	subscription := csock.TIPCSubscr{Seq: csock.TIPCServiceRange{Type: 1, Lower: 2, Upper: 3},
		Timeout: 1500 * time.Microsecond, Filter: csock.TIPC_SUB_CANCEL, UsrHandle: [8]byte{0: 4, 7: 5}}
	words := []uint32{1, 2, 3, 2, uint32(csock.TIPC_SUB_CANCEL)}
	var want []byte
	for _, n := range words {
		want = binary.NativeEndian.AppendUint32(want, n)
	}
	want = append(want, 4, 0, 0, 0, 0, 0, 0, 5)
	same(t, "a subscription", string(subscription.Append([]byte("x"))), "x"+string(want))
	forever := csock.TIPCSubscr{Timeout: 2 * csock.TIPC_WAIT_FOREVER}.Append(nil)
	if csock.TIPC_SUB_SERVICE.String() == "TIPC_SUB_SERVICE" { // this platform has TIPC
		same(t, "no timeout", binary.NativeEndian.Uint32(forever[12:]), 1<<32-1)
	}
	event := csock.TIPCEvent{Event: 6, FoundLower: 7, FoundUpper: 8, Port: csock.TIPCSocketAddr{Ref: 9, Node: 10}, S: subscription}
	event.S.Timeout = 2 * time.Millisecond
	var received []byte
	for _, n := range []uint32{6, 7, 8, 9, 10} {
		received = binary.NativeEndian.AppendUint32(received, n)
	}
	received = append(received, want...)
	parsed, ok := csock.ParseTIPCEvent(append(received, 1))
	same(t, "an event", ok && parsed == event, true)
	if _, ok := csock.ParseTIPCEvent(received[1:]); ok {
		t.Error("47 bytes are no event")
	}
	vm := csock.SockaddrVM{CID: 1, Port: 2, Flags: 1}
	got, ok := csock.VMAddr(vm).VM()
	same(t, "vsock", ok && got == vm, true)
	ll := csock.SockaddrLL{Protocol: 0x0800, Ifindex: 1, HardwareType: 2, PacketType: 3, Addr: []byte{1, 2, 3}}
	gotLL, ok := csock.LLAddr(ll).Packet()
	same(t, "packet", ok && cmp.Equal(gotLL, ll), true)
	if _, _, _, _, ok := csock.TLSCipher(9999).Size(); ok {
		t.Error("an unknown cipher has sizes")
	}
}

// The error queue's errors without an errno, of other origins, and without an MTU.
func TestExtendedErrorRest(t *testing.T) {
	e := csock.SockExtendedErr{Origin: 77}
	if e.Unwrap() != nil {
		t.Errorf("without an errno: %v", e.Unwrap())
	}
	if _, ok := e.MTU(); ok {
		t.Error("it has an MTU")
	}
	e.Errno = syscall.EHOSTUNREACH
	if !errors.Is(e, syscall.EHOSTUNREACH) || !strings.Contains(e.Error(), "77") {
		t.Errorf("%v", e)
	}
}

// Every kind of Conn prints itself as its socket does, and FromFDRaw takes a descriptor as it is.
func TestConnStrings(t *testing.T) {
	for i, kind := range connKinds {
		if i > 4 {
			break
		}
		c := kind.open(t)
		if c.String() == "" {
			t.Errorf("%d: no text", i)
		}
	}
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	check(t, err)
	defer syscall.Close(fds[1])
	s, err := csock.FromFDRaw(uintptr(fds[0]))
	check(t, err)
	flags, _, errno := syscall.Syscall(syscall.SYS_FCNTL, uintptr(fds[0]), syscall.F_GETFD, 0)
	if errno != 0 || flags&syscall.FD_CLOEXEC != 0 {
		t.Errorf("flags of the descriptor %#x, %v", flags, errno)
	}
	check(t, s.Close())
	_, err = csock.FromFDRaw(uintptr(1 << 30))
	if err == nil || errors.Is(err, os.ErrClosed) {
		t.Errorf("a descriptor that is not open: %v", err)
	}
}
