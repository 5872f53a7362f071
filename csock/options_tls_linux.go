//go:build cgo

package csock

import (
	"fmt"
	"math"
	"syscall"
	"unsafe"
)

// tlsMaterial is the fields of a cipher's struct in native memory.
type tlsMaterial struct{ iv, key, salt, recSeq []byte }

// tlsStructs has, for each cipher, its struct's size and where its fields are.
var tlsStructs = map[TLSCipher]struct {
	size   int
	fields func(unsafe.Pointer) tlsMaterial
}{
	TLS_CIPHER_AES_GCM_128: {sizeof_struct_tls12_crypto_info_aes_gcm_128, func(p unsafe.Pointer) tlsMaterial {
		n := (*struct_tls12_crypto_info_aes_gcm_128)(p)
		return tlsMaterial{bytesOf(&n.iv), bytesOf(&n.key), bytesOf(&n.salt), bytesOf(&n.rec_seq)}
	}},
	TLS_CIPHER_AES_GCM_256: {sizeof_struct_tls12_crypto_info_aes_gcm_256, func(p unsafe.Pointer) tlsMaterial {
		n := (*struct_tls12_crypto_info_aes_gcm_256)(p)
		return tlsMaterial{bytesOf(&n.iv), bytesOf(&n.key), bytesOf(&n.salt), bytesOf(&n.rec_seq)}
	}},
	TLS_CIPHER_AES_CCM_128: {sizeof_struct_tls12_crypto_info_aes_ccm_128, func(p unsafe.Pointer) tlsMaterial {
		n := (*struct_tls12_crypto_info_aes_ccm_128)(p)
		return tlsMaterial{bytesOf(&n.iv), bytesOf(&n.key), bytesOf(&n.salt), bytesOf(&n.rec_seq)}
	}},
	TLS_CIPHER_CHACHA20_POLY1305: {sizeof_struct_tls12_crypto_info_chacha20_poly1305, func(p unsafe.Pointer) tlsMaterial {
		n := (*struct_tls12_crypto_info_chacha20_poly1305)(p)
		return tlsMaterial{bytesOf(&n.iv), bytesOf(&n.key), bytesOf(&n.salt), bytesOf(&n.rec_seq)}
	}},
	TLS_CIPHER_SM4_GCM: {sizeof_struct_tls12_crypto_info_sm4_gcm, func(p unsafe.Pointer) tlsMaterial {
		n := (*struct_tls12_crypto_info_sm4_gcm)(p)
		return tlsMaterial{bytesOf(&n.iv), bytesOf(&n.key), bytesOf(&n.salt), bytesOf(&n.rec_seq)}
	}},
	TLS_CIPHER_SM4_CCM: {sizeof_struct_tls12_crypto_info_sm4_ccm, func(p unsafe.Pointer) tlsMaterial {
		n := (*struct_tls12_crypto_info_sm4_ccm)(p)
		return tlsMaterial{bytesOf(&n.iv), bytesOf(&n.key), bytesOf(&n.salt), bytesOf(&n.rec_seq)}
	}},
	TLS_CIPHER_ARIA_GCM_128: {sizeof_struct_tls12_crypto_info_aria_gcm_128, func(p unsafe.Pointer) tlsMaterial {
		n := (*struct_tls12_crypto_info_aria_gcm_128)(p)
		return tlsMaterial{bytesOf(&n.iv), bytesOf(&n.key), bytesOf(&n.salt), bytesOf(&n.rec_seq)}
	}},
	TLS_CIPHER_ARIA_GCM_256: {sizeof_struct_tls12_crypto_info_aria_gcm_256, func(p unsafe.Pointer) tlsMaterial {
		n := (*struct_tls12_crypto_info_aria_gcm_256)(p)
		return tlsMaterial{bytesOf(&n.iv), bytesOf(&n.key), bytesOf(&n.salt), bytesOf(&n.rec_seq)}
	}},
}

// tlsInfo is the struct that each cipher's begins with.
func tlsInfo(p unsafe.Pointer) *struct_tls_crypto_info { return (*struct_tls_crypto_info)(p) }

// Size returns how many bytes of initialization vector, key, salt and sequence number a cipher has; ok is false for one
// that this package does not know.
func (c TLSCipher) Size() (iv, key, salt, recSeq int, ok bool) {
	s, ok := tlsStructs[c]
	if !ok {
		return 0, 0, 0, 0, false
	}
	m := s.fields(unsafe.Pointer(unsafe.SliceData(make([]uint64, (s.size+7)/8))))
	return len(m.iv), len(m.key), len(m.salt), len(m.recSeq), true
}

var tlsCryptoInfoCodec = &codec[TLSCryptoInfo]{
	form: form{kind: "struct tls_crypto_info", shape: shapeBytes, size: sizeof_struct_tls_crypto_info},
	encode: func(t TLSCryptoInfo) (native, error) {
		s, ok := tlsStructs[t.Cipher]
		if !ok {
			return native{}, fmt.Errorf("cipher %d is unknown: %w", int(t.Cipher), syscall.EINVAL)
		}
		p := unsafe.Pointer(unsafe.SliceData(make([]uint64, (s.size+7)/8))) // aligned as any struct
		m := s.fields(p)
		// All empty is how GetWith asks.
		if len(t.IV)+len(t.Key)+len(t.Salt)+len(t.RecSeq) > 0 {
			for _, f := range []struct {
				name     string
				to, from []byte
			}{{"IV", m.iv, t.IV}, {"Key", m.key, t.Key}, {"Salt", m.salt, t.Salt}, {"RecSeq", m.recSeq, t.RecSeq}} {
				if len(f.to) != len(f.from) {
					return native{}, fmt.Errorf("%s of %d bytes, not %d: %w", f.name, len(f.from), len(f.to), syscall.EINVAL)
				}
				copy(f.to, f.from)
			}
		}
		tlsInfo(p).cipher_type = __u16(t.Cipher)
		return native{mem: unsafe.Slice((*byte)(p), s.size)}, putNumber(&tlsInfo(p).version, "Version", int(t.Version))
	},
	decode: func(v native) (TLSCryptoInfo, error) {
		mem := make([]uint64, (len(v.mem)+sizeof_struct_tls_crypto_info+7)/8)
		p := unsafe.Pointer(unsafe.SliceData(mem))
		copy(unsafe.Slice((*byte)(p), 8*len(mem)), v.mem)
		t := TLSCryptoInfo{Version: TLSVersion(tlsInfo(p).version), Cipher: TLSCipher(tlsInfo(p).cipher_type)}
		if s, ok := tlsStructs[t.Cipher]; ok && len(v.mem) >= s.size {
			m := s.fields(p)
			t.IV, t.Key, t.Salt, t.RecSeq = m.iv, m.key, m.salt, m.recSeq
		}
		return t, nil
	},
}

// tlsMaxPayloadCodec is for a uint16_t.
var tlsMaxPayloadCodec = plainCodec("uint16", func(i int, n *uint16_t) error {
	if i < 0 || i > math.MaxUint16 {
		return fmt.Errorf("%d overflows a uint16: %w", i, syscall.EINVAL)
	}
	*n = uint16_t(i)
	return nil
}, func(n *uint16_t) int { return int(*n) })
