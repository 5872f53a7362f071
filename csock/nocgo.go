//go:build !cgo

package csock

// The compiler prints this one line if the C compiler that csock needs is missing.
const _ int = "csock needs cgo: install a C compiler and build with CGO_ENABLED=1"
