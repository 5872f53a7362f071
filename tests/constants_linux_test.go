package tests

import (
	"syscall"
	"testing"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/netns"
)

// The constants without a type with names of its own (csock/constants_test.go has the others) equal
// Go's own.
func TestOtherConstants(t *testing.T) {
	for _, c := range []struct {
		name      string
		got, want int
	}{
		{"SOL_SOCKET", int(csock.SOL_SOCKET), syscall.SOL_SOCKET},
		{"SOL_RAW", int(csock.SOL_RAW), syscall.SOL_RAW},
		{"SOL_PACKET", int(csock.SOL_PACKET), syscall.SOL_PACKET},
		{"SOL_NETLINK", int(csock.SOL_NETLINK), 270},
		{"SOL_TLS", int(csock.SOL_TLS), 282},
		{"SOL_MPTCP", int(csock.SOL_MPTCP), 284},
		{"SOL_DCCP", int(csock.SOL_DCCP), 269},
		{"SOL_VSOCK", int(csock.SOL_VSOCK), 287},
		{"ETH_P_ALL", int(csock.ETH_P_ALL), syscall.ETH_P_ALL},
		{"ETH_P_IP", int(csock.ETH_P_IP), syscall.ETH_P_IP},
		{"ETH_P_IPV6", int(csock.ETH_P_IPV6), syscall.ETH_P_IPV6},
		{"ETH_P_ARP", int(csock.ETH_P_ARP), syscall.ETH_P_ARP},
		{"PACKET_HOST", int(csock.PACKET_HOST), syscall.PACKET_HOST},
		{"PACKET_BROADCAST", int(csock.PACKET_BROADCAST), syscall.PACKET_BROADCAST},
		{"PACKET_MULTICAST", int(csock.PACKET_MULTICAST), syscall.PACKET_MULTICAST},
		{"PACKET_OTHERHOST", int(csock.PACKET_OTHERHOST), syscall.PACKET_OTHERHOST},
		{"PACKET_OUTGOING", int(csock.PACKET_OUTGOING), syscall.PACKET_OUTGOING},
		{"NETLINK_ROUTE", int(csock.NETLINK_ROUTE), syscall.NETLINK_ROUTE},
		{"NETLINK_USERSOCK", int(csock.NETLINK_USERSOCK), syscall.NETLINK_USERSOCK},
		{"NETLINK_SOCK_DIAG", int(csock.NETLINK_SOCK_DIAG), syscall.NETLINK_INET_DIAG},
		{"NETLINK_INET_DIAG", int(csock.NETLINK_INET_DIAG), syscall.NETLINK_INET_DIAG},
		{"NETLINK_XFRM", int(csock.NETLINK_XFRM), syscall.NETLINK_XFRM},
		{"NETLINK_SELINUX", int(csock.NETLINK_SELINUX), syscall.NETLINK_SELINUX},
		{"NETLINK_AUDIT", int(csock.NETLINK_AUDIT), syscall.NETLINK_AUDIT},
		{"NETLINK_CONNECTOR", int(csock.NETLINK_CONNECTOR), syscall.NETLINK_CONNECTOR},
		{"NETLINK_NETFILTER", int(csock.NETLINK_NETFILTER), syscall.NETLINK_NETFILTER},
		{"NETLINK_KOBJECT_UEVENT", int(csock.NETLINK_KOBJECT_UEVENT), syscall.NETLINK_KOBJECT_UEVENT},
		{"NETLINK_GENERIC", int(csock.NETLINK_GENERIC), syscall.NETLINK_GENERIC},
		{"NETLINK_RDMA", int(csock.NETLINK_RDMA), 20},
		{"NETLINK_CRYPTO", int(csock.NETLINK_CRYPTO), 21},
		{"SCTP_UNORDERED", int(csock.SCTP_UNORDERED), 1},
		{"SCTP_ADDR_OVER", int(csock.SCTP_ADDR_OVER), 2},
		{"SCTP_ABORT", int(csock.SCTP_ABORT), 4},
		{"SCTP_SACK_IMMEDIATELY", int(csock.SCTP_SACK_IMMEDIATELY), 8},
		{"SCTP_SENDALL", int(csock.SCTP_SENDALL), 64},
		{"SCTP_EOF", int(csock.SCTP_EOF), int(csock.MSG_FIN)},
		{"SCM_DEVMEM_LINEAR", csock.SCM_DEVMEM_LINEAR.Number(), 78},
		{"SCM_DEVMEM_DMABUF", csock.SCM_DEVMEM_DMABUF.Number(), 79},
		{"DCCP_SCM_PRIORITY", csock.DCCP_SCM_PRIORITY.Number(), 1},
	} {
		if c.got != c.want {
			t.Errorf("%s is %d, want %d", c.name, c.got, c.want)
		}
	}
	if csock.SOMAXCONN < syscall.SOMAXCONN { // Linux 5.4 made it larger
		t.Errorf("SOMAXCONN is %d", csock.SOMAXCONN)
	}
	for _, c := range []struct {
		name      string
		got, want uint32
	}{
		{"VMADDR_CID_ANY", csock.VMADDR_CID_ANY, 1<<32 - 1},
		{"VMADDR_PORT_ANY", csock.VMADDR_PORT_ANY, 1<<32 - 1},
		{"VMADDR_CID_HYPERVISOR", csock.VMADDR_CID_HYPERVISOR, 0},
		{"VMADDR_CID_LOCAL", csock.VMADDR_CID_LOCAL, 1},
		{"VMADDR_CID_HOST", csock.VMADDR_CID_HOST, 2},
	} {
		if c.got != c.want {
			t.Errorf("%s is %d, want %d", c.name, c.got, c.want)
		}
	}
}

// A frame has the type of its destination.
func TestPacketType(t *testing.T) {
	ns := netns.New(t)
	s, lo := packetSocket(t, ns, "lo")
	limited(t, s)
	check(t, s.Bind(csock.PacketAddr(csock.ETH_P_ALL, lo, nil)))
	u := in(t, ns, csock.AF_INET, csock.SOCK_DGRAM)
	check(t, u.Bind(loopback4))
	to, err := u.LocalAddr()
	check(t, err)
	sent(t, 5)(u.SendTo([]byte("hello"), to, 0))
	for _, want := range []csock.PacketType{csock.PACKET_OUTGOING, csock.PACKET_HOST} {
		_, from, err := s.RecvFrom(make([]byte, 100), 0)
		check(t, err)
		ll, ok := from.Packet()
		if !ok || ll.PacketType != want || ll.Protocol != csock.ETH_P_IP || ll.Ifindex != lo {
			t.Errorf("%+v, want one of type %v", ll, want)
		}
	}
}
