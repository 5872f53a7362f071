//go:build !cgo

package csock

// The compiler's one line, where the C compiler that csock is made of is missing.
const _ int = "csock needs cgo: install a C compiler and build with CGO_ENABLED=1"
