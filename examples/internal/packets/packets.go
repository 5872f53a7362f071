//go:build linux

// Package packets has what the example programs know of the contents of packets: a filter that the
// kernel runs, and a summary of each in a few words.
package packets

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"syscall"

	"github.com/csock/go-csock/csock"
)

// Numbers of IP's protocols.
const icmp, tcp, udp, icmp6 = 1, 6, 17, 58

// Protocols has the numbers by name; 0 stands for all protocols.
var Protocols = map[string]uint32{"": 0, "icmp": icmp, "icmp6": icmp6, "tcp": tcp, "udp": udp}

// HavePorts reports whether the packets of a protocol begin with two ports.
func HavePorts(protocol uint32) bool { return protocol == tcp || protocol == udp }

// Filter returns a BPF program that takes size bytes of the packets of an IP protocol from or to a
// port. 0 stands for all of them.
func Filter(protocol, port, size uint32) []csock.SockFilter {
	const (
		etherType = 0xfffff000 // SKF_AD_OFF + SKF_AD_PROTOCOL of <linux/filter.h>

		byteAt     = syscall.BPF_LD | syscall.BPF_B | syscall.BPF_ABS
		halfAt     = syscall.BPF_LD | syscall.BPF_H | syscall.BPF_ABS
		halfAfterX = syscall.BPF_LD | syscall.BPF_H | syscall.BPF_IND
		setX       = syscall.BPF_LDX | syscall.BPF_IMM
		setXLength = syscall.BPF_LDX | syscall.BPF_B | syscall.BPF_MSH // of the IPv4 header
		jump       = syscall.BPF_JMP | syscall.BPF_JA
		equal      = syscall.BPF_JMP | syscall.BPF_JEQ | syscall.BPF_K
		anySet     = syscall.BPF_JMP | syscall.BPF_JSET | syscall.BPF_K
		take       = syscall.BPF_RET | syscall.BPF_K
	)
	if protocol == 0 {
		return []csock.SockFilter{{Code: take, K: size}}
	}
	program := []csock.SockFilter{
		0:  {Code: halfAt, K: etherType},
		1:  {Code: equal, K: uint32(csock.ETH_P_IPV6), JF: 3}, // else 5
		2:  {Code: setX, K: 40},                               // the length of IPv6's header
		3:  {Code: byteAt, K: 6},                              // its protocol
		4:  {Code: jump, K: 5},                                // to 10
		5:  {Code: equal, K: uint32(csock.ETH_P_IP), JF: 10},  // else 16
		6:  {Code: halfAt, K: 6},                              //
		7:  {Code: anySet, K: 0x1fff, JT: 8},                  // a later fragment has no ports: 16
		8:  {Code: setXLength},                                //
		9:  {Code: byteAt, K: 9},                              // IPv4's protocol
		10: {Code: equal, K: protocol, JF: 5},                 // else 16
		11: {Code: halfAfterX, K: 0},                          // the source port
		12: {Code: equal, K: port, JT: 2},                     // 15
		13: {Code: halfAfterX, K: 2},                          // the destination port
		14: {Code: equal, K: port, JF: 1},                     // else 16
		15: {Code: take, K: size},                             //
		16: {Code: take, K: 0},                                // nothing
	}
	if port == 0 {
		program[7].JT, program[11] = 0, program[15]
	}
	return program
}

// Summary says in a few words what a packet is, from its network header on. A packet may hold
// anything: each part is looked at only if it is there.
func Summary(ether csock.EtherType, p []byte) string {
	switch {
	case ether == csock.ETH_P_IP && len(p) >= 20:
		from, to := netip.AddrFrom4([4]byte(p[12:])), netip.AddrFrom4([4]byte(p[16:]))
		if number(p[6:])&0x1fff != 0 {
			return fmt.Sprintf("IP %v > %v, a fragment", from, to)
		}
		header := max(int(p[0]&0xf)*4, 20)
		return transport(p[9], from, to, p[min(header, len(p)):])
	case ether == csock.ETH_P_IPV6 && len(p) >= 40:
		from, to := netip.AddrFrom16([16]byte(p[8:])), netip.AddrFrom16([16]byte(p[24:]))
		return transport(p[6], from, to, p[40:])
	case ether == csock.ETH_P_ARP && len(p) >= 28:
		sender, target := netip.AddrFrom4([4]byte(p[14:])), netip.AddrFrom4([4]byte(p[24:]))
		if number(p[6:]) == 1 {
			return fmt.Sprintf("ARP who has %v? tell %v", target, sender)
		}
		return fmt.Sprintf("ARP %v is at %v", sender, net.HardwareAddr(p[8:14]))
	}
	return ether.String()
}

func transport(protocol byte, from, to netip.Addr, p []byte) string {
	switch {
	case protocol == tcp && len(p) >= 20:
		flags := ""
		for i, name := range "FSRPAUEC" {
			if p[13]>>i&1 != 0 {
				flags += string(name)
			}
		}
		return fmt.Sprintf("TCP %v > %v [%s] seq %d ack %d window %d",
			netip.AddrPortFrom(from, number(p)), netip.AddrPortFrom(to, number(p[2:])), flags,
			binary.BigEndian.Uint32(p[4:]), binary.BigEndian.Uint32(p[8:]), number(p[14:]))
	case protocol == udp && len(p) >= 8:
		return fmt.Sprintf("UDP %v > %v",
			netip.AddrPortFrom(from, number(p)), netip.AddrPortFrom(to, number(p[2:])))
	case (protocol == icmp || protocol == icmp6) && len(p) >= 2:
		return fmt.Sprintf("%v %v > %v type %d code %d",
			csock.Protocol(protocol), from, to, p[0], p[1])
	}
	return fmt.Sprintf("%v %v > %v", csock.Protocol(protocol), from, to)
}

// number returns the 16 bits that p begins with.
func number(p []byte) uint16 { return binary.BigEndian.Uint16(p) }
