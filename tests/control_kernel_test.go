//go:build linux

package tests

import (
	"errors"
	"net/netip"
	"regexp"
	"strconv"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
	"github.com/csock/go-csock/tests/netns"
)

// Once SO_TXTIME is set, a packet may have a time of departure. If the kernel has the queueing
// discipline fq, tc-fq(8), the packet does not leave earlier; other disciplines ignore the time.
func TestTxTimeSent(t *testing.T) {
	ns := netns.New(t)
	var err error
	kept := false
	ns.Do(func() { kept = need.Command(t, "tc", "qdisc", "replace", "dev", "lo", "root", "fq").Run() == nil })
	t.Log("the kernel has fq: ", kept)
	var s *csock.Socket
	ns.Do(func() { s, err = csock.New(csock.AF_INET, csock.SOCK_DGRAM, csock.IPPROTO_UDP) })
	check(t, err)
	defer s.Close()
	check(t, s.Bind(csock.InetAddr(netip.MustParseAddrPort("127.0.0.1:0"))))
	self := need.Value[csock.SockAddr](t)(s.LocalAddr())
	limited(t, s)

	const delay = 200 * time.Millisecond
	send := func() (time.Time, error) {
		before := time.Now()
		when := monotonic(t) + delay
		_, err := s.Sendmsg(&csock.MsgHdr{Addr: self, Buffers: [][]byte{[]byte("later")}, Control: csock.AppendTxtime(nil, when)}, 0)
		return before, err
	}
	if _, err := send(); !errors.Is(err, syscall.EINVAL) {
		t.Fatalf("before SO_TXTIME: %v, want EINVAL", err)
	}
	check(t, s.Set(csock.SO_TXTIME.To(csock.SockTxtime{Clock: clockMonotonic})))
	before, err := send()
	check(t, err)
	buf := make([]byte, 16)
	n, err := s.Recv(buf, 0)
	check(t, err)
	if took := time.Since(before); string(buf[:n]) != "later" || kept && took < delay {
		t.Errorf("%q came after %v; with fq it takes %v or more", buf[:n], took, delay)
	}
}

const clockMonotonic = 1

func monotonic(t *testing.T) time.Duration {
	t.Helper()
	var ts syscall.Timespec
	if _, _, errno := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, clockMonotonic, uintptr(unsafe.Pointer(&ts)), 0); errno != 0 {
		t.Fatal(errno)
	}
	return time.Duration(ts.Nano())
}

// A message from another namespace's kernel carries the id that the namespace has here, which ip(8)
// shows for the other end of a cable into it.
func TestNetlinkNSID(t *testing.T) {
	here, there := netns.New(t), netns.New(t)
	netns.Link(t, here, "left", nil, there, "right", nil)
	m := regexp.MustCompile(`link-netnsid (\d+)`).FindStringSubmatch(here.IP(t, "-o link show left"))
	if m == nil {
		t.Fatal("ip shows no id for the other namespace")
	}
	want, err := strconv.Atoi(m[1])
	check(t, err)

	const routeLinks = 1 // RTNLGRP_LINK
	var s *csock.Socket
	here.Do(func() { s, err = csock.New(csock.AF_NETLINK, csock.SOCK_RAW, 0) })
	check(t, err)
	defer s.Close()
	check(t, s.Bind(csock.NetlinkAddr(0, 0)))
	check(t, s.Set(csock.NETLINK_LISTEN_ALL_NSID.To(true), csock.NETLINK_ADD_MEMBERSHIP.To(routeLinks)))
	limited(t, s)

	there.IP(t, "link set right down")
	msg := csock.MsgHdr{Buffers: [][]byte{make([]byte, 1<<16)}, Control: make([]byte, 256)}
	for range 100 {
		if _, err := s.Recvmsg(&msg, 0); err != nil {
			t.Fatal("no message of the other namespace: ", err)
		}
		for m := range msg.ControlMessages() {
			if !m.Is(csock.NETLINK_LISTEN_ALL_NSID) {
				continue
			}
			if id, ok := m.NetlinkNSID(); !ok || id != want {
				t.Errorf("the message came from namespace %d, %t, want %d", id, ok, want)
			}
			return
		}
	}
	t.Error("no message of the other namespace among a hundred")
}
