//go:build cgo

package csock

import (
	"encoding/binary"
	"slices"
	"unsafe"

	"github.com/csock/go-csock/csock/internal/sys"
)

// The native structs. The kernel publishes no header with them; the types of their fields place
// them as C does.
type (
	sockaddrL2 struct {
		_          sa_family_t
		psm        [2]byte // little-endian, as cid
		bdaddr     [6]byte
		cid        [2]byte
		bdaddrType uint8
		_          uint8
	}
	sockaddrRC struct {
		_       sa_family_t
		bdaddr  [6]byte
		channel uint8
		_       uint8
	}
	sockaddrSCO struct {
		_      sa_family_t
		bdaddr [6]byte
	}
	sockaddrHCI struct {
		_            sa_family_t
		dev, channel uint16
	}
)

func init() {
	useBluetoothAddr(l2Addrs, func(sa SockaddrL2) (n sockaddrL2) {
		binary.LittleEndian.PutUint16(n.psm[:], sa.PSM)
		binary.LittleEndian.PutUint16(n.cid[:], sa.CID)
		n.bdaddr, n.bdaddrType = sa.BDAddr.reversed(), uint8(sa.BDAddrType)
		return n
	}, func(n sockaddrL2) SockaddrL2 {
		return SockaddrL2{binary.LittleEndian.Uint16(n.psm[:]), BDAddr(n.bdaddr).reversed(),
			binary.LittleEndian.Uint16(n.cid[:]), BDAddrType(n.bdaddrType)}
	})
	useBluetoothAddr(rcAddrs, func(sa SockaddrRC) sockaddrRC {
		return sockaddrRC{bdaddr: sa.BDAddr.reversed(), channel: sa.Channel}
	}, func(n sockaddrRC) SockaddrRC {
		return SockaddrRC{BDAddr(n.bdaddr).reversed(), n.channel}
	})
	useBluetoothAddr(scoAddrs, func(sa SockaddrSCO) sockaddrSCO {
		return sockaddrSCO{bdaddr: sa.BDAddr.reversed()}
	}, func(n sockaddrSCO) SockaddrSCO {
		return SockaddrSCO{BDAddr(n.bdaddr).reversed()}
	})
	useBluetoothAddr(hciAddrs, func(sa SockaddrHCI) sockaddrHCI {
		return sockaddrHCI{dev: sa.Dev, channel: uint16(sa.Channel)}
	}, func(n sockaddrHCI) SockaddrHCI {
		return SockaddrHCI{n.dev, HCIChannel(n.channel)}
	})
}

// useBluetoothAddr makes f the form of addresses that are a native N: those of N's length.
func useBluetoothAddr[T, N any](f *addrForm[T], encode func(T) N, decode func(N) T) {
	useAddr(f, sys.AF_BLUETOOTH, func(sa T) (N, bool) { return encode(sa), true },
		func(n N) (T, bool) { return decode(n), true })
	read := f.decode
	f.decode = func(a SockAddr) (sa T, ok bool) {
		if a.len != socklen_t(unsafe.Sizeof(*new(N))) {
			return sa, false
		}
		return read(a)
	}
}

// reversed returns the address with its bytes in the other order.
func (a BDAddr) reversed() BDAddr {
	slices.Reverse(a[:])
	return a
}
