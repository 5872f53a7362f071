// Package dns reads the DNS messages that the example programs receive.
package dns

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strings"
)

// Records returns the records of a DNS response, as text; none of any other message. It reads
// whatever a peer sends, so each step checks that the bytes are there.
func Records(m []byte) (list []string) {
	if len(m) < 12 || m[2]&0x80 == 0 {
		return nil
	}
	count := func(at int) int { return int(binary.BigEndian.Uint16(m[at:])) }
	at, ok := 12, true
	for range count(4) { // the questions
		if _, at, ok = domain(m, at); !ok {
			return nil
		}
		at += 4
	}
	for range count(6) + count(8) + count(10) {
		var name string
		if name, at, ok = domain(m, at); !ok || at+10 > len(m) {
			return list
		}
		typ, length := count(at), count(at+8)
		at += 10
		if at+length > len(m) {
			return list
		}
		if text := value(m, typ, at, length); text != "" {
			list = append(list, name+" "+text)
		}
		at += length
	}
	return list
}

// value returns the data of a record as text, "" for an unknown type.
func value(m []byte, typ, at, length int) string {
	data := m[at : at+length]
	switch {
	case typ == 1 && length == 4 || typ == 28 && length == 16:
		addr, _ := netip.AddrFromSlice(data)
		return map[int]string{1: "A ", 28: "AAAA "}[typ] + addr.String()
	case typ == 12:
		if name, _, ok := domain(m, at); ok {
			return "PTR " + name
		}
	case typ == 33 && length > 6:
		if name, _, ok := domain(m, at+6); ok {
			return fmt.Sprintf("SRV %s:%d", name, binary.BigEndian.Uint16(data[4:]))
		}
	case typ == 16:
		text := "TXT"
		for len(data) > 0 && int(data[0]) < len(data) {
			text += fmt.Sprintf(" %q", data[1:1+data[0]])
			data = data[1+data[0]:]
		}
		return text
	}
	return ""
}

// domain returns the domain name at an offset, and the offset after it. A name has at most 255
// bytes and so at most 128 labels, which also limits a chain of pointers.
func domain(m []byte, at int) (name string, after int, ok bool) {
	after = -1
	var labels []string
	for steps := 0; steps < 128 && at < len(m); steps++ {
		n := int(m[at])
		switch {
		case n == 0:
			if after < 0 {
				after = at + 1
			}
			return strings.Join(labels, "."), after, true
		case n >= 0xc0 && at+1 < len(m): // a pointer to the rest
			if after < 0 {
				after = at + 2
			}
			at = n&0x3f<<8 | int(m[at+1])
		case n < 0x40 && at+1+n <= len(m):
			// Quoted: a name must not send commands to the terminal.
			label := fmt.Sprintf("%q", m[at+1:at+1+n])
			labels = append(labels, label[1:len(label)-1])
			at += 1 + n
		default:
			return "", 0, false
		}
	}
	return "", 0, false
}
