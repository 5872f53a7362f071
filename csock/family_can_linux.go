//go:build cgo

package csock

import (
	"bytes"
	"errors"
	"time"
	"unsafe"

	"github.com/csock/go-csock/csock/internal/sys"
)

func init() {
	useCANAddr(canAddrs, func(sa SockaddrCAN) (int, struct{}) { return sa.Ifindex, struct{}{} },
		func(ifindex int, _ struct{}) SockaddrCAN { return SockaddrCAN{ifindex} })
	useCANAddr(isotpAddrs, func(sa SockaddrISOTP) (int, canTP) {
		return sa.Ifindex, canTP{uint32(sa.RxID), uint32(sa.TxID)}
	}, func(ifindex int, u canTP) SockaddrISOTP {
		return SockaddrISOTP{ifindex, CANID(u.rxID), CANID(u.txID)}
	})
	useCANAddr(j1939Addrs, func(sa SockaddrJ1939) (int, canJ1939) {
		return sa.Ifindex,
			canJ1939{name: uint64(sa.Name), pgn: uint32(sa.PGN), addr: uint8(sa.Addr)}
	}, func(ifindex int, u canJ1939) SockaddrJ1939 {
		return SockaddrJ1939{ifindex, J1939Name(u.name), J1939PGN(u.pgn), J1939Address(u.addr)}
	})
	canUnion = func(a SockAddr) []byte {
		return bytes.TrimRight(a.bytes()[canAddrStart:max(int(canAddrStart), a.stored())], "\x00")
	}

	useList(canFilterCodec, 512, func(f CANFilter, n *struct_can_filter) error {
		n.can_id, n.can_mask = canid_t(f.ID), canid_t(f.Mask)
		return nil
	}, func(n *struct_can_filter) CANFilter {
		return CANFilter{CANID(n.can_id), CANID(n.can_mask)}
	})

	usePlain(canISOTPOptionsCodec, func(o CANISOTPOptions, n *struct_can_isotp_options) error {
		var c clock
		n.flags, n.frame_txtime = __u32(o.Flags), __u32(c.count(o.FrameTxtime, time.Nanosecond))
		n.ext_address, n.rx_ext_address = __u8(o.ExtAddress), __u8(o.RxExtAddress)
		n.txpad_content, n.rxpad_content = __u8(o.TxpadContent), __u8(o.RxpadContent)
		return c.err
	}, func(n *struct_can_isotp_options) CANISOTPOptions {
		return CANISOTPOptions{CANISOTPFlags(n.flags), time.Duration(n.frame_txtime),
			uint8(n.ext_address),
			uint8(n.txpad_content), uint8(n.rxpad_content), uint8(n.rx_ext_address)}
	})

	usePlain(canISOTPFCOptionsCodec,
		func(o CANISOTPFCOptions, n *struct_can_isotp_fc_options) error {
			n.bs, n.stmin, n.wftmax = __u8(o.BS), __u8(o.Stmin), __u8(o.Wftmax)
			return nil
		}, func(n *struct_can_isotp_fc_options) CANISOTPFCOptions {
			return CANISOTPFCOptions{uint8(n.bs), uint8(n.stmin), uint8(n.wftmax)}
		})

	usePlain(canISOTPLLOptionsCodec,
		func(o CANISOTPLLOptions, n *struct_can_isotp_ll_options) error {
			n.tx_flags = __u8(o.TxFlags)
			return errors.Join(putNumber(&n.mtu, "MTU", o.MTU), putNumber(&n.tx_dl, "TxDL", o.TxDL))
		}, func(n *struct_can_isotp_ll_options) CANISOTPLLOptions {
			return CANISOTPLLOptions{int(n.mtu), int(n.tx_dl), CANFDFlags(n.tx_flags)}
		})

	usePlain(bcmMsgHeadCodec, func(h BCMMsgHead, n *struct_bcm_msg_head) error {
		n.opcode, n.flags, n.count = __u32(h.Opcode), __u32(h.Flags), __u32(h.Count)
		n.ival1.tv_sec, n.ival1.tv_usec = bcmTimeval(h.Ival1)
		n.ival2.tv_sec, n.ival2.tv_usec = bcmTimeval(h.Ival2)
		n.can_id, n.nframes = canid_t(h.ID), __u32(h.NFrames)
		return nil
	}, func(n *struct_bcm_msg_head) BCMMsgHead {
		interval := func(t struct_bcm_timeval) time.Duration {
			return timevalDuration(int64(t.tv_sec), int64(t.tv_usec))
		}
		return BCMMsgHead{BCMOpcode(n.opcode), BCMFlags(n.flags), uint32(n.count),
			interval(n.ival1), interval(n.ival2),
			CANID(n.can_id), uint32(n.nframes)}
	})

	useList(j1939FilterCodec, 512, func(f J1939Filter, n *struct_j1939_filter) error {
		n.name, n.name_mask = name_t(f.Name), name_t(f.NameMask)
		n.pgn, n.pgn_mask = pgn_t(f.PGN), pgn_t(f.PGNMask)
		n.addr, n.addr_mask = __u8(f.Addr), __u8(f.AddrMask)
		return nil
	}, func(*struct_j1939_filter) (f J1939Filter) { return f })
}

// useCANAddr makes f the form of addresses with an interface and a U, a member of the union in
// struct sockaddr_can. An address may be as short as its protocol allows: a raw socket's lacks the
// union, and the padding before it.
func useCANAddr[T, U any](f *addrForm[T], encode func(T) (int, U), decode func(int, U) T) {
	f.encode = func(sa T) (a SockAddr, ok bool) {
		n := makeAddr[struct_sockaddr_can](&a, sys.AF_CAN)
		ifindex, u := encode(sa)
		n.can_ifindex = c_int(ifindex)
		copy(bytesOf(&n.can_addr), bytesOf(&u))
		return a, int(n.can_ifindex) == ifindex
	}
	least := canAddrMin
	if size := unsafe.Sizeof(*new(U)); size > 0 {
		least = socklen_t(canAddrStart + size)
	}
	f.decode = func(a SockAddr) (sa T, ok bool) {
		n := storageAs[struct_sockaddr_can](&a)
		if a.storage.ss_family != sys.AF_CAN || a.len == invalidLen || a.len < least {
			return sa, false
		}
		u, _ := load[U](bytesOf(&n.can_addr))
		return decode(int(n.can_ifindex), u), true
	}
}

const (
	canAddrStart = unsafe.Offsetof(struct_sockaddr_can{}.can_addr)
	// The least that an address of a CAN socket has: its interface.
	canAddrMin = socklen_t(unsafe.Offsetof(struct_sockaddr_can{}.can_ifindex) + unsafe.Sizeof(c_int(0)))
)

// The members of the union in struct sockaddr_can, which have no names in C.
type (
	canTP    = struct{ rxID, txID uint32 }
	canJ1939 = struct {
		name uint64
		pgn  uint32
		addr uint8
		//lint:ignore U1000 copied with the rest, and so zero
		pad [3]uint8
	}
)

// bcmTimeval returns the fields of a struct bcm_timeval, negative ones for a negative interval: the
// kernel refuses them.
func bcmTimeval(d time.Duration) (sec, usec c_long) {
	s, us := timevalOf(d)
	return c_long(s), c_long(us)
}
