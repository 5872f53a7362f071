//go:build cgo

package csock

import (
	"fmt"
	"syscall"
	"unsafe"
)

// maxMPTCPSubflows is the number of subflows that a result has room for. The kernel's own limit is
// about 8.
const maxMPTCPSubflows = 32

func init() {
	useStruct(mptcpInfoCodec, nil, decodeMPTCPInfo)

	useSubflows(mptcpTCPInfoCodec, func(n *struct_csock_tcp_info, filled int) TCPInfo {
		info, _ := decodeTCPInfo(n, filled)
		return info
	})

	useSubflows(mptcpSubflowAddrsCodec,
		func(n *struct_csock_mptcp_subflow_addrs, _ int) MPTCPSubflowAddrs {
			return decodeMPTCPSubflowAddrs(n)
		})

	mptcpFullInfoCodec.get = getMPTCPFullInfo
}

func decodeMPTCPInfo(n *struct_csock_mptcp_info, filled int) (MPTCPInfo, error) {
	switch uintptr(filled) { // structs that ended in padding, where later ones have a field
	case unsafe.Offsetof(n.mptcpi_bytes_retrans):
		n.mptcpi_retransmits = 0
	case unsafe.Offsetof(n.mptcpi_last_data_recv):
		n.mptcpi_last_data_sent = 0
	}
	return MPTCPInfo{
		Subflows:           uint8(n.mptcpi_subflows),
		AddAddrSignal:      uint8(n.mptcpi_add_addr_signal),
		AddAddrAccepted:    uint8(n.mptcpi_add_addr_accepted),
		SubflowsMax:        uint8(n.mptcpi_subflows_max),
		AddAddrSignalMax:   uint8(n.mptcpi_add_addr_signal_max),
		AddAddrAcceptedMax: uint8(n.mptcpi_add_addr_accepted_max),
		Flags:              MPTCPInfoFlags(n.mptcpi_flags),
		Token:              uint32(n.mptcpi_token),
		WriteSeq:           uint64(n.mptcpi_write_seq),
		SndUna:             uint64(n.mptcpi_snd_una),
		RcvNxt:             uint64(n.mptcpi_rcv_nxt),
		LocalAddrUsed:      uint8(n.mptcpi_local_addr_used),
		LocalAddrMax:       uint8(n.mptcpi_local_addr_max),
		CsumEnabled:        n.mptcpi_csum_enabled != 0,
		Retransmits:        uint32(n.mptcpi_retransmits),
		BytesRetrans:       uint64(n.mptcpi_bytes_retrans),
		BytesSent:          uint64(n.mptcpi_bytes_sent),
		BytesReceived:      uint64(n.mptcpi_bytes_received),
		BytesAcked:         uint64(n.mptcpi_bytes_acked),
		SubflowsTotal:      uint8(n.mptcpi_subflows_total),
		LastDataSent:       ms(n.mptcpi_last_data_sent),
		LastDataRecv:       ms(n.mptcpi_last_data_recv),
		LastAckRecv:        ms(n.mptcpi_last_ack_recv),
		filled:             filled,
	}, nil
}

func decodeMPTCPSubflowAddrs(n *struct_csock_mptcp_subflow_addrs) MPTCPSubflowAddrs {
	p := bytesOf(n) // two unions of addresses, each as long as a sockaddr_storage
	return MPTCPSubflowAddrs{inetSockAddr(p[:len(p)/2]), inetSockAddr(p[len(p)/2:])}
}

// useSubflows makes c the codec of a struct mptcp_subflow_data followed by an array of Ns. The
// kernel reads the size of an N from the struct, and writes the number of Ns and their size in the
// kernel.
func useSubflows[T, N any](c *codec[[]T], decode func(n *N, filled int) T) {
	const head = sizeof_struct_csock_mptcp_subflow_data
	size := int(unsafe.Sizeof(*new(N)))
	c.size, c.get = head+size*maxMPTCPSubflows, getWithZero[[]T]
	c.encode = func([]T) (native, error) {
		n := struct_csock_mptcp_subflow_data{size_subflow_data: head, size_user: __u32(size)}
		return native{mem: append([]byte(nil), bytesOf(&n)...)}, nil
	}
	c.decode = func(v native) ([]T, error) {
		var n struct_csock_mptcp_subflow_data
		if copy(bytesOf(&n), v.mem) < head {
			return nil, fmt.Errorf("value of %d bytes: %w", len(v.mem), syscall.EPROTO)
		}
		each := int(n.size_user) // the kernel's size
		if each <= 0 || each > size {
			return nil, fmt.Errorf("subflows of %d bytes: %w", each, syscall.EPROTO)
		}
		list := atMost(make([]T, (len(v.mem)-head)/each), n.num_subflows)
		for i := range list {
			list[i] = decode(element[N](v.mem[head:], i, each), int(min(n.size_user,
				n.size_kernel)))
		}
		return list, nil
	}
}

// getMPTCPFullInfo makes a call of its own, because the struct has the addresses of two arrays. The
// helper writes them, because cgo keeps what the arguments of a call point to alive and in place
// until the call returns. They are integers to the garbage collector, and nothing uses them after
// the call.
func getMPTCPFullInfo(s *Socket, o Option[MPTCPFullInfo]) (MPTCPFullInfo, error) {
	var info struct_csock_mptcp_full_info
	subflows := new([maxMPTCPSubflows]struct_csock_mptcp_subflow_info)
	tcp := new([maxMPTCPSubflows]struct_csock_tcp_info)
	if err := s.enter(); err != nil {
		return MPTCPFullInfo{}, err
	}
	r := csock_mptcp_full_info(s.fd, &info, &subflows[0], &tcp[0], maxMPTCPSubflows)
	s.leave()
	if r < 0 {
		return MPTCPFullInfo{}, o.o.error("getsockopt", int(r))
	}
	full := MPTCPFullInfo{Total: int(info.num_subflows),
		Subflows: make([]MPTCPSubflow, min(info.num_subflows, maxMPTCPSubflows))}
	full.Info, _ = decodeMPTCPInfo(&info.mptcp_info, int(r)-int(unsafe.Offsetof(info.mptcp_info)))
	eachSubflow := min(int(info.size_sfinfo_user), sizeof_struct_csock_mptcp_subflow_info)
	eachTCP := min(int(info.size_tcpinfo_user), sizeof_struct_csock_tcp_info)
	for i := range full.Subflows {
		f := &full.Subflows[i]
		subflow := element[struct_csock_mptcp_subflow_info](bytesOf(subflows), i, eachSubflow)
		f.ID = uint32(subflow.id)
		f.Addrs = decodeMPTCPSubflowAddrs(&subflow.addrs)
		f.TCP, _ = decodeTCPInfo(element[struct_csock_tcp_info](bytesOf(tcp), i, eachTCP), eachTCP)
	}
	return full, nil
}
