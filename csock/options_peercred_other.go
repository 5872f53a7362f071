//go:build cgo && !linux && !openbsd

package csock

var ucredCodec = lackingCodec[Ucred]("struct ucred")
