//go:build linux

package tests

import (
	"errors"
	"slices"
	"syscall"
	"testing"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
)

// TestDCCP makes a connection on kernels that have DCCP. tests/options tests the methods one by
// one.
func TestDCCP(t *testing.T) {
	need.IPv4(t)
	open := func() *csock.Socket {
		t.Helper()
		s, err := csock.New(csock.AF_INET, csock.SOCK_DCCP, csock.IPPROTO_DCCP)
		need.Feature(t, "DCCP, which Linux had until 6.15", err)
		t.Cleanup(func() { s.Close() })
		return s
	}
	ccids := need.Value[[]csock.DCCPCCID](t)(open().DCCPAvailableCCIDs())
	for _, ccid := range []csock.DCCPCCID{csock.DCCPC_CCID2, csock.DCCPC_CCID3} {
		t.Run(ccid.String(), func(t *testing.T) {
			if !slices.Contains(ccids, ccid) {
				t.Skipf("needs %v: the kernel has %v", ccid, ccids)
			}
			l, c, other := open(), open(), open()
			for _, s := range []*csock.Socket{l, c} {
				check(t, s.SetDCCPService(7))
				check(t, s.SetDCCPCCID(ccid))
			}
			// They agree on the smallest that both take.
			check(t, errors.Join(c.SetDCCPSendCscov(3), l.SetDCCPRecvCscov(2), c.SetDCCPRecvCscov(4), l.SetDCCPSendCscov(5)))
			check(t, l.Bind(loopback4))
			check(t, l.Listen(1))
			to := need.Value[csock.SockAddr](t)(l.LocalAddr())

			// A client that requests another service is refused.
			check(t, other.SetDCCPService(8))
			if err := other.Connect(to); !errors.Is(err, syscall.EBADRQC) && !errors.Is(err, syscall.ECONNREFUSED) {
				t.Errorf("another service: %v", err)
			}
			check(t, c.Connect(to))
			s, _, err := l.Accept()
			check(t, err)
			defer s.Close()
			sent(t, 5)(c.Send([]byte("hello"), 0))
			same(t, "data", recv(t, s, 10), "hello")
			same(t, "the service", need.Value[uint32](t)(s.DCCPService()), 7)
			for _, s := range []*csock.Socket{c, s} {
				same(t, "sender's congestion control", need.Value[csock.DCCPCCID](t)(s.DCCPTxCCID()), ccid)
				same(t, "receiver's congestion control", need.Value[csock.DCCPCCID](t)(s.DCCPRxCCID()), ccid)
			}

			same(t, "coverage of what the client sends", need.Value[int](t)(c.DCCPSendCscov()), 3)
			same(t, "coverage of what the server receives", need.Value[int](t)(s.DCCPRecvCscov()), 3)
			same(t, "coverage of what the server sends", need.Value[int](t)(s.DCCPSendCscov()), 5)
			same(t, "coverage of what the client receives", need.Value[int](t)(c.DCCPRecvCscov()), 5)

			// A packet of the largest size is sent, a larger one is not.
			size := need.Value[int](t)(c.DCCPCurMPS())
			sent(t, size)(c.Send(make([]byte, size), 0))
			if _, err := c.Send(make([]byte, size+1), 0); !errors.Is(err, syscall.EMSGSIZE) {
				t.Errorf("%d bytes, where %d is the largest: %v", size+1, size, err)
			}
		})
	}
}
