//go:build linux && cgo

package cref

// #include <stdlib.h>
// #include "families.h"
import "C"

import "unsafe"

// address returns the bytes of a sockaddr_storage that fill has filled.
func address(fill func(unsafe.Pointer) C.int) []byte {
	p := new(C.struct_sockaddr_storage)
	n := fill(unsafe.Pointer(p))
	return C.GoBytes(unsafe.Pointer(p), n)
}

// XDP returns the bytes of a struct sockaddr_xdp.
func XDP(flags uint16, ifindex, queue, fd uint32) []byte {
	return address(func(p unsafe.Pointer) C.int {
		return C.family_xdp(p, C.unsigned(flags), C.unsigned(ifindex), C.unsigned(queue), C.unsigned(fd))
	})
}

// CAN returns the bytes of a struct sockaddr_can with only an interface.
func CAN(ifindex int32) []byte {
	return address(func(p unsafe.Pointer) C.int { return C.family_can(p, C.int(ifindex)) })
}

// ISOTP returns the bytes of a struct sockaddr_can of ISO-TP.
func ISOTP(ifindex int32, rx, tx uint32) []byte {
	return address(func(p unsafe.Pointer) C.int { return C.family_isotp(p, C.int(ifindex), C.unsigned(rx), C.unsigned(tx)) })
}

// J1939 returns the bytes of a struct sockaddr_can of J1939.
func J1939(ifindex int32, name uint64, pgn uint32, addr uint8) []byte {
	return address(func(p unsafe.Pointer) C.int {
		return C.family_j1939(p, C.int(ifindex), C.uint64_t(name), C.unsigned(pgn), C.unsigned(addr))
	})
}

// ALG returns the bytes of a struct sockaddr_alg.
func ALG(typ string, feat, mask uint32, name string) []byte {
	t, n := C.CString(typ), C.CString(name)
	defer C.free(unsafe.Pointer(t))
	defer C.free(unsafe.Pointer(n))
	return address(func(p unsafe.Pointer) C.int { return C.family_alg(p, t, C.unsigned(feat), C.unsigned(mask), n) })
}

// TIPC returns the bytes of a struct sockaddr_tipc; typ is the meaning of the three numbers.
func TIPC(typ uint8, scope int8, a, b, c uint32) []byte {
	return address(func(p unsafe.Pointer) C.int {
		return C.family_tipc(p, C.unsigned(typ), C.int(scope), C.unsigned(a), C.unsigned(b), C.unsigned(c))
	})
}

// bytePtr returns the address of bytes, nil of none.
func bytePtr(b []byte) *C.uint8_t { return (*C.uint8_t)(unsafe.Pointer(unsafe.SliceData(b))) }

// L2 returns the bytes of a struct sockaddr_l2. The device's address is in the order in which
// people write it, here and below.
func L2(psm uint16, bdaddr [6]byte, cid uint16, typ uint8) []byte {
	return address(func(p unsafe.Pointer) C.int {
		return C.family_l2(p, C.unsigned(psm), bytePtr(bdaddr[:]), C.unsigned(cid), C.unsigned(typ))
	})
}

// RC returns the bytes of a struct sockaddr_rc.
func RC(bdaddr [6]byte, channel uint8) []byte {
	return address(func(p unsafe.Pointer) C.int { return C.family_rc(p, bytePtr(bdaddr[:]), C.unsigned(channel)) })
}

// SCO returns the bytes of a struct sockaddr_sco.
func SCO(bdaddr [6]byte) []byte {
	return address(func(p unsafe.Pointer) C.int { return C.family_sco(p, bytePtr(bdaddr[:])) })
}

// HCI returns the bytes of a struct sockaddr_hci.
func HCI(dev, channel uint16) []byte {
	return address(func(p unsafe.Pointer) C.int { return C.family_hci(p, C.unsigned(dev), C.unsigned(channel)) })
}

// MCTP returns the bytes of a struct sockaddr_mctp, or with a hardware address those of a struct
// sockaddr_mctp_ext; nil if the headers are too old.
func MCTP(network uint32, eid, typ, tag uint8, ifindex int32, hw []byte) []byte {
	p := new(C.struct_sockaddr_storage)
	n := C.family_mctp(unsafe.Pointer(p), C.unsigned(network), C.unsigned(eid), C.unsigned(typ), C.unsigned(tag),
		C.unsigned(ifindex), unsafe.Pointer(unsafe.SliceData(hw)), C.unsigned(len(hw)))
	if n < 0 {
		return nil
	}
	return C.GoBytes(unsafe.Pointer(p), n)
}

// PPPoE returns the bytes of a struct sockaddr_pppox of PX_PROTO_OE.
func PPPoE(sid uint16, remote []byte, dev string) []byte {
	d := C.CString(dev)
	defer C.free(unsafe.Pointer(d))
	return address(func(p unsafe.Pointer) C.int { return C.family_pppoe(p, C.unsigned(sid), bytePtr(remote), d) })
}

// PPTP returns the bytes of a struct sockaddr_pppox of PX_PROTO_PPTP.
func PPTP(call uint16, ip []byte) []byte {
	return address(func(p unsafe.Pointer) C.int { return C.family_pptp(p, C.unsigned(call), bytePtr(ip)) })
}

// L2TP returns the bytes of a struct sockaddr_pppol2tp or of one of its siblings; addr is a struct
// sockaddr_in or sockaddr_in6.
func L2TP(v3 bool, pid, fd int32, addr []byte, numbers [4]uint32) []byte {
	three := C.int(0)
	if v3 {
		three = 1
	}
	return address(func(p unsafe.Pointer) C.int {
		return C.family_l2tp(p, three, C.int(pid), C.int(fd), unsafe.Pointer(&addr[0]), C.unsigned(len(addr)),
			(*C.uint32_t)(unsafe.Pointer(&numbers)))
	})
}

// QRTR returns the bytes of a struct sockaddr_qrtr.
func QRTR(node, port uint32) []byte {
	return address(func(p unsafe.Pointer) C.int { return C.family_qrtr(p, C.unsigned(node), C.unsigned(port)) })
}

// RXRPC returns the bytes of a struct sockaddr_rxrpc.
func RXRPC(service, typ uint16, transport []byte) []byte {
	return address(func(p unsafe.Pointer) C.int {
		return C.family_rxrpc(p, C.unsigned(service), C.unsigned(typ), unsafe.Pointer(&transport[0]), C.unsigned(len(transport)))
	})
}

// ALGControl returns the control messages of an AF_ALG socket's message.
func ALGControl(op uint32, iv []byte, assocLen uint32) []byte {
	p := make([]byte, 512)
	return p[:C.family_alg_control(unsafe.Pointer(&p[0]), C.unsigned(op), (*C.uint8_t)(unsafe.SliceData(iv)), C.unsigned(len(iv)), C.uint32_t(assocLen))]
}

// RXRPCControl returns a message of each kind of AF_RXRPC that has a payload.
func RXRPCControl(id uint, code uint32, length int64, timeouts ...uint32) []byte {
	p := make([]byte, 512)
	return p[:C.family_rxrpc_control(unsafe.Pointer(&p[0]), C.ulong(id), C.uint32_t(code), C.int64_t(length),
		(*C.uint32_t)(unsafe.SliceData(timeouts)), C.unsigned(len(timeouts)))]
}

// ReceivedControl returns messages as the kernel sends them on sockets of Bluetooth, J1939 and RDS.
func ReceivedControl() []byte {
	p := make([]byte, 512)
	return p[:C.family_received_control(unsafe.Pointer(&p[0]))]
}

// QRTRPacket returns a struct qrtr_ctrl_pkt about a client or a service.
func QRTRPacket(cmd uint32, client bool, service, instance, node, port uint32) []byte {
	p := make([]byte, 64)
	v := []C.uint32_t{C.uint32_t(service), C.uint32_t(instance), C.uint32_t(node), C.uint32_t(port)}
	return p[:C.family_qrtr_packet(unsafe.Pointer(&p[0]), C.unsigned(cmd), cBool(client), &v[0])]
}

// XSKMetadata returns a struct xsk_tx_metadata with a request, or completed.
func XSKMetadata(flags uint64, completed bool, start, offset uint16, time uint64) []byte {
	p := make([]byte, 64)
	return p[:C.family_xsk_metadata(unsafe.Pointer(&p[0]), C.uint64_t(flags), cBool(completed), C.unsigned(start),
		C.unsigned(offset), C.uint64_t(time))]
}

func cBool(b bool) C.int {
	if b {
		return 1
	}
	return 0
}

// RDSControl returns control messages of RDS: the cookie of a message to send, and those whose
// memory is free.
func RDSControl(cookie uint32, done ...uint32) []byte {
	p := make([]byte, 512)
	return p[:C.family_rds_control(unsafe.Pointer(&p[0]), C.uint32_t(cookie), (*C.uint32_t)(unsafe.SliceData(done)), C.unsigned(len(done)))]
}
