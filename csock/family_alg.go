//go:build cgo

package csock

import (
	"fmt"
	"syscall"

	"github.com/csock/go-csock/csock/internal/sys"
)

// The family AF_ALG: the kernel's ciphers, hashes and random numbers. Bind names an algorithm,
// options set its key, and each accepted socket does an operation. See the kernel's
// Documentation/crypto/userspace-if.rst and linux/if_alg.h.

// SOL_ALG is the level of the options of AF_ALG sockets.
const SOL_ALG Level = sys.SOL_ALG

// SockaddrALG is struct sockaddr_alg: an algorithm.
type SockaddrALG struct {
	Type string // "hash", "skcipher", "aead" or "rng"
	Feat uint32 // flags of the kernel's crypto API
	Mask uint32 // the bits of Feat that count
	Name string // such as "sha256", "cbc(aes)", "gcm(aes)", "stdrng"; /proc/crypto lists them
}

var algAddrs = newAddrForm(AF_ALG, func(sa SockaddrALG) string {
	return "alg:" + sa.Type + ":" + sa.Name
})

// ALGAddr returns the address of an algorithm, for Bind. It is not valid where the platform has no
// AF_ALG, or if Type or Name does not fit. They have room for 13 and 103 bytes, none of them zero.
func ALGAddr(sa SockaddrALG) SockAddr { return algAddrs.make(sa) }

// ALG returns the values of an AF_ALG address.
func (a SockAddr) ALG() (SockaddrALG, bool) { return algAddrs.read(a) }

// ALG_SET_KEY sets the key, after Bind and before Accept.
var ALG_SET_KEY Option[[]byte] = declare(bytesCodec, canSet, "ALG_SET_KEY", sys.SOL_ALG,
	sys.ALG_SET_KEY)

// ALG_SET_AEAD_AUTHSIZE sets the length of the authentication tag of an "aead", in bytes.
var ALG_SET_AEAD_AUTHSIZE Option[int] = declare(lengthCodec, canSet,
	"ALG_SET_AEAD_AUTHSIZE", sys.SOL_ALG, sys.ALG_SET_AEAD_AUTHSIZE)

// lengthCodec is for a number that the kernel takes from the length of a value. The value's memory
// does not matter.
var lengthCodec = &codec[int]{
	form: form{kind: "length", shape: shapeBytes},
	encode: func(n int) (native, error) {
		if n < 0 || n > len(noMemory) {
			return native{}, fmt.Errorf("%d is not a length: %w", n, syscall.EINVAL)
		}
		return native{mem: noMemory[:n]}, nil
	},
	decode: func(v native) (int, error) { return len(v.mem), nil },
}

// ALG_SET_DRBG_ENTROPY replaces the entropy of an "rng" for tests. Setting it needs CAP_SYS_ADMIN.
// Since Linux 5.10.
var ALG_SET_DRBG_ENTROPY Option[[]byte] = declare(bytesCodec, canSet,
	"ALG_SET_DRBG_ENTROPY", sys.SOL_ALG, sys.ALG_SET_DRBG_ENTROPY)

// ALG_SET_KEY_BY_KEY_SERIAL sets the key by its serial number in the kernel's keyrings, since Linux
// 6.2.
var ALG_SET_KEY_BY_KEY_SERIAL Option[int] = declare(intCodec, canSet,
	"ALG_SET_KEY_BY_KEY_SERIAL", sys.SOL_ALG, sys.ALG_SET_KEY_BY_KEY_SERIAL)

// noMemory provides values of a given length. Nothing writes to it.
var noMemory [4096]byte

// Control messages of an accepted AF_ALG socket's Sendmsg.
const (
	// ALG_SET_IV is the initialization vector: a struct af_alg_iv.
	ALG_SET_IV ControlType = sys.SOL_ALG<<32 | sys.ALG_SET_IV
	// ALG_SET_OP is the operation: an ALGOp.
	ALG_SET_OP ControlType = sys.SOL_ALG<<32 | sys.ALG_SET_OP
	// ALG_SET_AEAD_ASSOCLEN is the number of bytes of the message that are authenticated and not
	// encrypted: a uint32.
	ALG_SET_AEAD_ASSOCLEN ControlType = sys.SOL_ALG<<32 | sys.ALG_SET_AEAD_ASSOCLEN
)

// An ALGOp is an operation of an AF_ALG socket.
type ALGOp uint32

// See linux/if_alg.h.
const (
	ALG_OP_DECRYPT ALGOp = sys.ALG_OP_DECRYPT // decrypt
	ALG_OP_ENCRYPT ALGOp = sys.ALG_OP_ENCRYPT // encrypt
)

// String returns the C name of o, or its number.
func (o ALGOp) String() string { return nameOf(o, namesALGOp) }

// AppendALGOp appends the operation for the message (ALG_SET_OP).
func AppendALGOp(b []byte, op ALGOp) []byte {
	return appendValue(b, sys.SOL_ALG, sys.ALG_SET_OP, uint32(op))
}

// AppendALGIV appends the initialization vector (ALG_SET_IV).
func AppendALGIV(b, iv []byte) []byte {
	n := uint32(len(iv)) // the length precedes the bytes, in native byte order
	b, payload := growControl(b, sys.SOL_ALG, sys.ALG_SET_IV, 4+len(iv))
	copy(payload, bytesOf(&n))
	copy(payload[4:], iv)
	return b
}

// AppendALGAssocLen appends the number of the message's first bytes that are authenticated and not
// encrypted (ALG_SET_AEAD_ASSOCLEN).
func AppendALGAssocLen(b []byte, n uint32) []byte {
	return appendValue(b, sys.SOL_ALG, sys.ALG_SET_AEAD_ASSOCLEN, n)
}
