//go:build !linux

package need

import (
	"errors"
	"net"
)

func netRaw() error    { return errors.ErrUnsupported }
func netAdmin() error  { return errors.ErrUnsupported }
func netns() error     { return errors.ErrUnsupported }
func strace() error    { return errors.ErrUnsupported }
func ipv6Stack() error { return nil }
func loopback4() error { return canBind("127.0.0.1:0") }
func loopback6() error { return canBind("[::1]:0") }

// TCP, because Wine lacks a request that package net makes for UDP.
func canBind(addr string) error {
	c, err := net.Listen("tcp", addr)
	if err == nil {
		c.Close()
	}
	return err
}
