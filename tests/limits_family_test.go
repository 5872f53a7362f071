//go:build linux

package tests

import (
	"syscall"
	"testing"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/kernel"
	"github.com/csock/go-csock/tests/need"
)

// The calls of single families that make a descriptor, at the limit of descriptors.

func TestDescriptorLimitKCM(t *testing.T) {
	s := familySocket(t, nil, csock.AF_KCM, csock.SOCK_DGRAM, csock.KCMPROTO_CONNECTED)
	before := kernel.Descriptors(t)
	kernel.AtLimit(t, 0, func() {
		clone, err := csock.SIOCKCMCLONE.Get(s)
		connIs(t, "SIOCKCMCLONE", err, syscall.EMFILE)
		same(t, "a clone", clone, nil)
	})
	kernel.NoneLeft(t, before)
	clone := need.Value[*csock.Socket](t)(csock.SIOCKCMCLONE.Get(s))
	check(t, clone.Close())
}

// Linux has taken the association from the socket before it looks for a descriptor, so the
// association ends with the failure. The socket has the next one.
func TestDescriptorLimitPeeloff(t *testing.T) {
	server := sctp(t, csock.SOCK_SEQPACKET, "127.0.0.1")
	check(t, server.Listen(1), server.Set(csock.SCTP_RECVRCVINFO.To(true)))
	to := need.Value[csock.SockAddr](t)(server.LocalAddr())
	associate := func() csock.SCTPAssocID {
		client := sctp(t, csock.SOCK_STREAM)
		check(t, client.Connect(to))
		sent(t, 2)(client.Send([]byte("hi"), 0))
		return recvSCTP(t, server).info.AssocID
	}
	for _, o := range []csock.Option[csock.SCTPPeeloffArg]{csock.SCTP_SOCKOPT_PEELOFF, csock.SCTP_SOCKOPT_PEELOFF_FLAGS} {
		t.Run(o.String(), func(t *testing.T) {
			arg := csock.SCTPPeeloffArg{AssocID: associate()}
			before := kernel.Descriptors(t)
			kernel.AtLimit(t, 0, func() {
				_, err := o.GetWith(server, arg)
				connIs(t, o.String(), err, syscall.EMFILE)
			})
			kernel.NoneLeft(t, before)
			off := need.Value[csock.SCTPPeeloffArg](t)(o.GetWith(server, csock.SCTPPeeloffArg{AssocID: associate()}))
			check(t, need.Value[*csock.Socket](t)(csock.FromFD(uintptr(off.FD))).Close())
		})
	}
}
