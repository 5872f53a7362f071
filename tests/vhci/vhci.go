//go:build linux

// Package vhci emulates two Bluetooth controllers whose radios reach each other alone, so that
// Bluetooth sockets of this machine can connect to each other. The kernel drives them through
// /dev/vhci. They know the commands by which Linux starts a controller of version 1.2, connects,
// and disconnects, as the Host Controller Interface of the Bluetooth Core Specification has them.
package vhci

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/tests/need"
)

// Variable is the environment variable without which [Pair] makes no controllers. The controllers
// are the whole machine's: no namespace confines them.
const Variable = "CSOCK_TEST_VHCI"

// Types of packets: the first byte of what /dev/vhci exchanges.
const (
	commandPacket = 0x01
	dataPacket    = 0x02
	voicePacket   = 0x03
	eventPacket   = 0x04
	vendorPacket  = 0xff // makes a controller, and returns its number
)

// Events.
const (
	connectionComplete    = 0x03
	connectionRequest     = 0x04
	disconnectionComplete = 0x05
	remoteNameComplete    = 0x07
	remoteFeatures        = 0x0b
	remoteVersion         = 0x0c
	commandComplete       = 0x0e
	commandStatus         = 0x0f
	completedPackets      = 0x13
	packetTypeChanged     = 0x1d
)

// Commands that need more than an event of their own.
const (
	createConnection  = 0x0405
	disconnect        = 0x0406
	addVoice          = 0x0407 // Add SCO Connection
	acceptConnection  = 0x0409
	rejectConnection  = 0x040a
	changePacketType  = 0x040f
	remoteNameRequest = 0x0419
	readRemoteFeature = 0x041b
	readRemoteVersion = 0x041d
	readAddress       = 0x1009
)

// Errors.
const (
	unknownCommand    = 0x01
	unknownConnection = 0x02
	pageTimeout       = 0x04 // no device there
	endedByThisHost   = 0x16
)

// Properties of the controllers and their connection.
const (
	version        = 0x02 // 1.2
	featuresLength = 8
	nameLength     = 248
	dataLength     = 1021 // of a packet
	slots          = 8    // how many packets a controller holds
	handle         = 0x002a
	voiceHandle    = 0x002b
	handleMask     = 0x0fff // the other bits say whether a packet continues another
)

// A link is a kind of connection, by its number in packets.
type link byte

const (
	voiceLink link = 0 // SCO
	dataLink  link = 1 // ACL
	links          = 2
)

// handle returns the handle of the connection of a kind.
func (l link) handle() []byte {
	h := uint16(handle)
	if l == voiceLink {
		h = voiceHandle
	}
	return binary.LittleEndian.AppendUint16(nil, h)
}

// returns are what commands return behind a status of success.
var returns = map[uint16][]byte{
	0x0c01: {},                                                           // Set Event Mask
	0x0c03: {},                                                           // Reset
	0x0c05: {},                                                           // Set Event Filter
	0x0c13: {},                                                           // Write Local Name
	0x0c14: make([]byte, nameLength),                                     // Read Local Name
	0x0c16: {},                                                           // Write Connection Accept Timeout
	0x0c18: {},                                                           // Write Page Timeout
	0x0c1a: {},                                                           // Write Scan Enable
	0x0c20: {},                                                           // Write Authentication Enable
	0x0c23: {0, 0, 0},                                                    // Read Class of Device
	0x0c24: {},                                                           // Write Class of Device
	0x0c25: {0x60, 0},                                                    // Read Voice Setting
	0x0c38: {1},                                                          // Read Number of Supported IAC
	0x0c39: {1, 0x33, 0x8b, 0x9e},                                        // Read Current IAC LAP: the general one
	0x080f: {},                                                           // Write Default Link Policy Settings
	0x1001: {version, 0, 0, version, 0xff, 0xff, 0, 0},                   // Read Local Version Information
	0x1002: commandList(),                                                // Read Local Supported Commands
	0x1003: make([]byte, featuresLength),                                 // Read Local Supported Features: none that is optional
	0x1005: {dataLength & 0xff, dataLength >> 8, 64, slots, 0, slots, 0}, // Read Buffer Size
}

// commandList has a bit for each command that a controller knows. Linux uses few commands without
// asking, and no voice without Read Voice Setting.
func commandList() []byte {
	list := make([]byte, 64)
	list[9] = 1 << 2
	return list
}

// latency is the time that a packet of data takes. A connection over such a radio never stands at
// once.
const latency = 2 * time.Millisecond

// A Controller is an emulated controller.
type Controller struct {
	Addr  csock.BDAddr
	Index int // its number: hci0 is 0

	file      *os.File
	peer      *Controller
	radio     *radio
	requested [links]bool // its host has a connection request to decide
}

// A radio is what the two controllers share. They have one connection of each kind, whose handle is
// the same on both sides.
type radio struct {
	mu        sync.Mutex
	connected [links]bool
	errs      []error
	done      sync.WaitGroup
}

// Pair makes two controllers and starts them. They disappear with the test. It skips the test
// without [Variable], and without /dev/vhci.
func Pair(t testing.TB) (a, b *Controller) {
	t.Helper()
	if os.Getenv(Variable) == "" {
		t.Skip("makes Bluetooth controllers, which no namespace confines: " + Variable + "=1 has it do so")
	}
	need.Root(t)
	r := &radio{}
	a, b = r.controller(t, 1), r.controller(t, 2)
	a.peer, b.peer = b, a
	hci, err := csock.New(csock.AF_BLUETOOTH, csock.SOCK_RAW, csock.BTPROTO_HCI)
	need.Feature(t, "AF_BLUETOOTH", err)
	defer hci.Close()
	for _, c := range []*Controller{a, b} {
		c.start(t)
		c.up(t, hci)
	}
	t.Cleanup(func() {
		a.file.Close()
		b.file.Close()
		r.done.Wait()
		need.OK(t, r.errs...)
	})
	return a, b
}

// controller opens /dev/vhci and makes a controller.
func (r *radio) controller(t testing.TB, number byte) *Controller {
	t.Helper()
	f, err := os.OpenFile("/dev/vhci", os.O_RDWR|syscall.O_NONBLOCK, 0)
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.ENODEV) {
		t.Skip("needs the module hci_vhci: ", err)
	}
	need.OK(t, err, f.SetDeadline(time.Now().Add(10*time.Second)))
	t.Cleanup(func() { f.Close() })
	c := &Controller{Addr: csock.BDAddr{0x02, 0xc5, 0x0c, 0, 0, number}, file: f, radio: r}
	_, err = f.Write([]byte{vendorPacket, 0})
	need.OK(t, err)
	var p [64]byte
	n, err := f.Read(p[:])
	need.OK(t, err, f.SetDeadline(time.Time{}))
	if n != 4 || p[0] != vendorPacket {
		t.Fatalf("/dev/vhci returned %x", p[:n])
	}
	c.Index = int(binary.LittleEndian.Uint16(p[2:]))
	return c
}

// start makes the controller handle its host's packets from now on.
func (c *Controller) start(t testing.TB) {
	c.radio.done.Go(func() {
		p := make([]byte, 4096)
		for {
			n, err := c.file.Read(p)
			if errors.Is(err, os.ErrClosed) {
				return
			}
			c.radio.mu.Lock()
			if err == nil {
				err = c.handle(p[:n])
			}
			if err != nil && !errors.Is(err, os.ErrClosed) {
				c.radio.errs = append(c.radio.errs, fmt.Errorf("hci%d: %w", c.Index, err))
			}
			c.radio.mu.Unlock()
			if err != nil {
				return
			}
		}
	})
}

// up has the kernel start the controller, which it may have done by itself.
func (c *Controller) up(t testing.TB, hci *csock.Socket) {
	t.Helper()
	const hciDevUp = 0x400448c9 // HCIDEVUP of BlueZ's hci.h
	_, err := hci.IoctlInt(hciDevUp, c.Index)
	if err != nil && !errors.Is(err, syscall.EALREADY) {
		c.radio.mu.Lock()
		defer c.radio.mu.Unlock()
		t.Fatalf("starting hci%d: %v; %v", c.Index, err, errors.Join(c.radio.errs...))
	}
}

// handle does what a packet of the host demands. The caller holds the radio.
func (c *Controller) handle(p []byte) error {
	switch {
	case len(p) >= 4 && p[0] == commandPacket:
		return c.command(binary.LittleEndian.Uint16(p[1:]), p[4:])
	case len(p) >= 5 && p[0] == dataPacket:
		return c.data(dataLink, p)
	case len(p) >= 4 && p[0] == voicePacket:
		return c.data(voiceLink, p)
	}
	return fmt.Errorf("the host sent %x", p)
}

// event sends an event to the host.
func (c *Controller) event(code byte, params ...byte) error {
	_, err := c.file.Write(append([]byte{eventPacket, code, byte(len(params))}, params...))
	return err
}

// status reports to the host that a command is under way, or has failed.
func (c *Controller) status(opcode uint16, status byte) error {
	return c.event(commandStatus, status, 1, byte(opcode), byte(opcode>>8))
}

// complete reports to the host that a command has succeeded.
func (c *Controller) complete(opcode uint16, result ...byte) error {
	return c.event(commandComplete, append([]byte{1, byte(opcode), byte(opcode >> 8), 0}, result...)...)
}

// wire returns the address as packets have it.
func (c *Controller) wire() []byte {
	a := c.Addr
	slices.Reverse(a[:])
	return a[:]
}

// linked reports a connection with the peer, or that there is none, to the host.
func (c *Controller) linked(l link, status byte) error {
	return c.event(connectionComplete, slices.Concat([]byte{status}, l.handle(), c.peer.wire(), []byte{byte(l), 0})...)
}

// request asks the peer's host for a connection.
func (c *Controller) request(l link) error {
	c.peer.requested[l] = true
	return c.peer.event(connectionRequest, append(c.wire(), 0, 0, 0, byte(l))...)
}

// both calls send for each side.
func (c *Controller) both(send func(c *Controller) error) error {
	return errors.Join(send(c), send(c.peer))
}

func (c *Controller) command(opcode uint16, p []byte) error {
	if result, ok := returns[opcode]; ok {
		return c.complete(opcode, result...)
	}
	// All others begin with the peer's address or the connection's handle.
	of := dataLink
	if len(p) >= 2 && binary.LittleEndian.Uint16(p) == voiceHandle {
		of = voiceLink
	}
	handleFirst := append([]byte{0}, of.handle()...)
	begun := func(then func() error) error {
		if len(p) < 2 || !slices.Equal(p[:2], of.handle()) || !c.radio.connected[of] {
			return c.status(opcode, unknownConnection)
		}
		return errors.Join(c.status(opcode, 0), then())
	}
	switch opcode {
	case readAddress:
		return c.complete(opcode, c.wire()...)
	case createConnection:
		if err := c.status(opcode, 0); err != nil {
			return err
		}
		if c.radio.connected[dataLink] || !slices.Equal(p[:6], c.peer.wire()) {
			return c.linked(dataLink, pageTimeout)
		}
		return c.request(dataLink)
	case addVoice:
		return begun(func() error { return c.request(voiceLink) })
	case acceptConnection, rejectConnection:
		l := dataLink
		if c.requested[voiceLink] {
			l = voiceLink
		}
		if !c.requested[l] {
			return c.status(opcode, unknownConnection)
		}
		c.requested[l] = false
		reason := byte(0)
		if opcode == rejectConnection {
			reason = p[6]
		}
		c.radio.connected[l] = reason == 0
		return errors.Join(c.status(opcode, 0), c.both(func(c *Controller) error { return c.linked(l, reason) }))
	case disconnect:
		return begun(func() error {
			c.radio.connected[of] = false
			return errors.Join(c.event(disconnectionComplete, append(handleFirst, endedByThisHost)...),
				c.peer.event(disconnectionComplete, append(handleFirst, p[2])...))
		})
	case changePacketType:
		return begun(func() error { return c.event(packetTypeChanged, append(handleFirst, p[2:4]...)...) })
	case readRemoteFeature:
		return begun(func() error { return c.event(remoteFeatures, append(handleFirst, make([]byte, featuresLength)...)...) })
	case readRemoteVersion:
		return begun(func() error { return c.event(remoteVersion, append(handleFirst, version, 0xff, 0xff, 0, 0)...) })
	case remoteNameRequest:
		name := make([]byte, nameLength)
		copy(name, "csock")
		return errors.Join(c.status(opcode, 0), c.event(remoteNameComplete, slices.Concat([]byte{0}, p[:6], name)...))
	}
	return errors.Join(c.status(opcode, unknownCommand), fmt.Errorf("unknown command %#04x", opcode))
}

// data passes a packet on to the peer's host, and gives this host its buffer back.
func (c *Controller) data(l link, p []byte) error {
	h := binary.LittleEndian.AppendUint16(nil, binary.LittleEndian.Uint16(p[1:])&handleMask)
	if c.radio.connected[l] && slices.Equal(h, l.handle()) {
		time.Sleep(latency)
		if _, err := c.peer.file.Write(p); err != nil {
			return err
		}
	}
	return c.event(completedPackets, 1, h[0], h[1], 1, 0)
}
