//go:build cgo

package csock

import (
	"fmt"
	"syscall"
	"unsafe"
)

func init() {
	tlsStructs = map[TLSCipher]tlsStruct{
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

	tlsCryptoInfoCodec.size = sizeof_struct_tls_crypto_info
	tlsCryptoInfoCodec.encode = func(t TLSCryptoInfo) (native, error) {
		s, ok := tlsStructs[t.Cipher]
		if !ok {
			return native{}, fmt.Errorf("cipher %d is unknown: %w", int(t.Cipher), syscall.EINVAL)
		}
		p := aligned(s.size)
		m := s.fields(p)
		// All empty is a request of GetWith.
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
	}
	tlsCryptoInfoCodec.decode = func(v native) (TLSCryptoInfo, error) {
		size := max(len(v.mem), sizeof_struct_tls_crypto_info)
		p := aligned(size)
		copy(unsafe.Slice((*byte)(p), size), v.mem)
		t := TLSCryptoInfo{Version: TLSVersion(tlsInfo(p).version), Cipher: TLSCipher(tlsInfo(p).cipher_type)}
		if s, ok := tlsStructs[t.Cipher]; ok && len(v.mem) >= s.size {
			m := s.fields(p)
			t.IV, t.Key, t.Salt, t.RecSeq = m.iv, m.key, m.salt, m.recSeq
		}
		return t, nil
	}
}

// tlsInfo returns the struct at the start of each cipher's struct.
func tlsInfo(p unsafe.Pointer) *struct_tls_crypto_info { return (*struct_tls_crypto_info)(p) }
