//go:build linux

package main

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"time"

	"github.com/csock/go-csock/csock"
)

// A stamp is a timestamp that the kernel has put into the error queue. Either of its times may be
// zero: each comes with a message of its own (SOF_TIMESTAMPING_OPT_TX_SWHW).
type stamp struct {
	id                 uint32 // of the packet
	point              csock.TimestampPoint
	software, hardware time.Time
}

// readStamp returns the next timestamp of the error queue.
func readStamp(conn *csock.Conn) (stamp, error) {
	m := &csock.MsgHdr{Control: make([]byte, 512)}
	for {
		if _, err := conn.Recvmsg(m, csock.MSG_ERRQUEUE); err != nil {
			return stamp{}, err
		}
		var s stamp
		isStamp := false
		for c := range m.ControlMessages() {
			if t, ok := c.Timestamping(); ok {
				s.software, s.hardware = t.Software, t.Hardware
			} else if e, ok := c.ExtendedError(); ok {
				s.id, s.point, isStamp = e.Timestamp()
			}
		}
		if isStamp {
			return s, nil
		}
	}
}

// stamps are the times at which a packet passed the points.
type stamps struct {
	after    map[csock.TimestampPoint]time.Duration // since the call
	hardware time.Time
}

// collect calls next until it has the software timestamps of all points of a packet, and if card is
// set, the hardware timestamp, which may be the last. Timestamps of other packets are discarded: of
// an earlier one, whose wait has ended. With an error, collect returns what it has so far.
func collect(next func() (stamp, error), id uint32, called time.Time, points int, card bool) (
	stamps, error) {
	s := stamps{after: map[csock.TimestampPoint]time.Duration{}}
	for len(s.after) < points || card && s.hardware.IsZero() {
		t, err := next()
		if err != nil {
			return s, err
		}
		if t.id != id {
			continue
		}
		if !t.hardware.IsZero() {
			s.hardware = t.hardware
		}
		if !t.software.IsZero() {
			s.after[t.point] = t.software.Sub(called)
		}
	}
	return s, nil
}

// cardStamps reports whether the network card with the local address of conn takes timestamps of
// the packets that it sends.
func cardStamps(conn *csock.Conn) bool {
	local, _ := netip.ParseAddrPort(conn.LocalAddr().String())
	interfaces, _ := net.Interfaces()
	for _, i := range interfaces {
		addrs, _ := i.Addrs()
		if slices.ContainsFunc(addrs, func(a net.Addr) bool {
			prefix, err := netip.ParsePrefix(a.String())
			return err == nil && prefix.Addr() == local.Addr().WithZone("")
		}) {
			// A driver without timestamps returns an error.
			config, err := csock.SIOCGHWTSTAMP.Get(conn, i.Name)
			return err == nil && config.TxType != csock.HWTSTAMP_TX_OFF
		}
	}
	return false
}

func columns(after map[csock.TimestampPoint]time.Duration) string {
	columns := ""
	for _, point := range []csock.TimestampPoint{
		csock.SCM_TSTAMP_SCHED, csock.SCM_TSTAMP_SND, csock.SCM_TSTAMP_ACK,
	} {
		text := "-"
		if d, ok := after[point]; ok {
			text = fmt.Sprintf("%.1f µs", float64(d.Nanoseconds())/1e3)
		}
		columns += fmt.Sprintf(" %12s", text)
	}
	return columns
}
