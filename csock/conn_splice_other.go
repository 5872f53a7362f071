//go:build cgo && !linux

package csock

import "io"

// spliceAll is WriteTo by the kernel. This system has no call for it.
func (v ContextConn) spliceAll(io.Writer) (n int64, err error, handled bool) {
	return 0, nil, false
}

// spliceFrom is ReadFrom by the kernel.
func (v ContextConn) spliceFrom(io.Reader) (n int64, err error, handled bool) {
	return 0, nil, false
}
