//go:build cgo && !linux

package csock

import "io"

// splice is WriteTo by the kernel. This system has no call for it.
func (c *Conn) splice(io.Writer) (n int64, err error, handled bool) { return 0, nil, false }
