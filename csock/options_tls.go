//go:build cgo

package csock

import (
	"github.com/csock/go-csock/csock/internal/sys"
)

// Options of connections under TCP_ULP "tls", at level SOL_TLS. See the kernel's
// Documentation/networking/tls.rst.

var tlsCryptoInfoCodec = platformCodec[TLSCryptoInfo]("struct tls_crypto_info")

// TLS_TX is the cipher and its state for sent data. It can be set once; with TLS 1.3, since Linux
// 6.14, again with a new key. Get returns the version and the cipher. GetWith, given the cipher,
// returns the other fields too.
var TLS_TX Option[TLSCryptoInfo] = declare(tlsCryptoInfoCodec, canBoth, "TLS_TX", sys.SOL_TLS,
	sys.TLS_TX)

// TLS_RX is the cipher and its state for received data, as TLS_TX.
var TLS_RX Option[TLSCryptoInfo] = declare(tlsCryptoInfoCodec, canBoth, "TLS_RX", sys.SOL_TLS,
	sys.TLS_RX)

// TLS_TX_ZEROCOPY_RO lets a device that encrypts send directly from a file's pages, which must not
// change until they are sent. Since Linux 5.19.
var TLS_TX_ZEROCOPY_RO Option[bool] = declare(boolCodec, canBoth, "TLS_TX_ZEROCOPY_RO", sys.SOL_TLS,
	sys.TLS_TX_ZEROCOPY_RO)

// TLS_RX_EXPECT_NO_PAD decrypts TLS 1.3 directly into the receiver's memory, expecting no padding,
// since Linux 6.0.
var TLS_RX_EXPECT_NO_PAD Option[bool] = declare(boolCodec, canBoth, "TLS_RX_EXPECT_NO_PAD",
	sys.SOL_TLS, sys.TLS_RX_EXPECT_NO_PAD)

// tlsMaxPayloadCodec is for a uint16_t.
var tlsMaxPayloadCodec = newPlainCodec("uint16", func(i int, n *uint16_t) error {
	return putNumber(n, "length", i)
}, func(n *uint16_t) int { return int(*n) })

// TLS_TX_MAX_PAYLOAD_LEN is the maximum number of bytes per record (RFC 8449), since Linux 6.19.
var TLS_TX_MAX_PAYLOAD_LEN Option[int] = declare(tlsMaxPayloadCodec, canBoth,
	"TLS_TX_MAX_PAYLOAD_LEN", sys.SOL_TLS, sys.TLS_TX_MAX_PAYLOAD_LEN)

// TLSCryptoInfo is struct tls_crypto_info with the cipher's key material, as in struct
// tls12_crypto_info_aes_gcm_128. The cipher determines the length of each slice; Size returns it.
type TLSCryptoInfo struct {
	Version TLSVersion
	Cipher  TLSCipher
	IV      []byte
	Key     []byte
	Salt    []byte
	RecSeq  []byte // sequence number of the next record
}

// A TLSVersion is a version of TLS, in the form used in records.
type TLSVersion int

// The versions of TLS. See tls.rst of the kernel's documentation.
const (
	TLS_1_2_VERSION TLSVersion = sys.TLS_1_2_VERSION // RFC 5246
	TLS_1_3_VERSION TLSVersion = sys.TLS_1_3_VERSION // RFC 8446
)

// String returns the C name of v, or its number.
func (v TLSVersion) String() string { return nameOf(v, namesTLSVersion) }

// A TLSCipher is a cipher that the kernel supports for TLS.
type TLSCipher int

// The ciphers, with their sources.
const (
	TLS_CIPHER_AES_GCM_128       TLSCipher = sys.TLS_CIPHER_AES_GCM_128       // RFC 5288 and RFC 8446
	TLS_CIPHER_AES_GCM_256       TLSCipher = sys.TLS_CIPHER_AES_GCM_256       // RFC 5288 and RFC 8446
	TLS_CIPHER_AES_CCM_128       TLSCipher = sys.TLS_CIPHER_AES_CCM_128       // RFC 6655 and RFC 8446
	TLS_CIPHER_CHACHA20_POLY1305 TLSCipher = sys.TLS_CIPHER_CHACHA20_POLY1305 // RFC 7905 and RFC 8446
	TLS_CIPHER_SM4_GCM           TLSCipher = sys.TLS_CIPHER_SM4_GCM           // RFC 8998
	TLS_CIPHER_SM4_CCM           TLSCipher = sys.TLS_CIPHER_SM4_CCM           // RFC 8998
	TLS_CIPHER_ARIA_GCM_128      TLSCipher = sys.TLS_CIPHER_ARIA_GCM_128      // RFC 6209
	TLS_CIPHER_ARIA_GCM_256      TLSCipher = sys.TLS_CIPHER_ARIA_GCM_256      // RFC 6209
)

// String returns the C name of c, or its number.
func (c TLSCipher) String() string { return nameOf(c, namesTLSCipher) }

// Size returns the lengths in bytes of a cipher's initialization vector, key, salt and sequence
// number. ok is false for an unknown cipher.
func (c TLSCipher) Size() (iv, key, salt, recSeq int, ok bool) {
	s, ok := tlsStructs[c]
	if !ok {
		return 0, 0, 0, 0, false
	}
	return s.iv.n, s.key.n, s.salt.n, s.recSeq.n, true
}

// tlsStructs holds the struct of each cipher that the platform has.
var tlsStructs map[TLSCipher]tlsStruct

// A tlsStruct describes the native struct of a cipher: its size, and its fields.
type tlsStruct struct {
	size                  int
	iv, key, salt, recSeq span
}

// A span is the place of a field in native memory: its offset and its length.
type span struct{ at, n int }

func (s span) of(mem []byte) []byte { return mem[s.at:][:s.n:s.n] }
