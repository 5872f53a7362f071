//go:build cgo

package csock

import (
	"fmt"
	"reflect"
	"syscall"
)

func init() {
	tlsStructs = map[TLSCipher]tlsStruct{
		TLS_CIPHER_AES_GCM_128:       tlsStructOf[struct_tls12_crypto_info_aes_gcm_128](),
		TLS_CIPHER_AES_GCM_256:       tlsStructOf[struct_tls12_crypto_info_aes_gcm_256](),
		TLS_CIPHER_AES_CCM_128:       tlsStructOf[struct_tls12_crypto_info_aes_ccm_128](),
		TLS_CIPHER_CHACHA20_POLY1305: tlsStructOf[struct_tls12_crypto_info_chacha20_poly1305](),
		TLS_CIPHER_SM4_GCM:           tlsStructOf[struct_tls12_crypto_info_sm4_gcm](),
		TLS_CIPHER_SM4_CCM:           tlsStructOf[struct_tls12_crypto_info_sm4_ccm](),
		TLS_CIPHER_ARIA_GCM_128:      tlsStructOf[struct_tls12_crypto_info_aria_gcm_128](),
		TLS_CIPHER_ARIA_GCM_256:      tlsStructOf[struct_tls12_crypto_info_aria_gcm_256](),
	}

	tlsCryptoInfoCodec.size = sizeof_struct_tls_crypto_info
	tlsCryptoInfoCodec.encode = func(t TLSCryptoInfo) (native, error) {
		s, ok := tlsStructs[t.Cipher]
		if !ok {
			return native{}, fmt.Errorf("cipher %d is unknown: %w", int(t.Cipher), syscall.EINVAL)
		}
		mem := make([]byte, s.size)
		// All empty is a request of GetWith.
		if len(t.IV)+len(t.Key)+len(t.Salt)+len(t.RecSeq) > 0 {
			for _, f := range []struct {
				name string
				to   span
				from []byte
			}{{"IV", s.iv, t.IV}, {"Key", s.key, t.Key}, {"Salt", s.salt, t.Salt},
				{"RecSeq", s.recSeq, t.RecSeq}} {
				if f.to.n != len(f.from) {
					return native{}, fmt.Errorf("%s of %d bytes, not %d: %w", f.name, len(f.from),
						f.to.n, syscall.EINVAL)
				}
				copy(f.to.of(mem), f.from)
			}
		}
		info := struct_tls_crypto_info{cipher_type: __u16(t.Cipher)}
		err := putNumber(&info.version, "Version", int(t.Version))
		put(mem, 0, info)
		return native{mem: mem}, err
	}
	tlsCryptoInfoCodec.decode = func(v native) (TLSCryptoInfo, error) {
		info := nativeOf[struct_tls_crypto_info](v.mem)
		t := TLSCryptoInfo{Version: TLSVersion(info.version), Cipher: TLSCipher(info.cipher_type)}
		if s, ok := tlsStructs[t.Cipher]; ok && len(v.mem) >= s.size {
			t.IV, t.Key = s.iv.of(v.mem), s.key.of(v.mem)
			t.Salt, t.RecSeq = s.salt.of(v.mem), s.recSeq.of(v.mem)
		}
		return t, nil
	}
}

// tlsStructOf describes N, the struct of a cipher. All begin with a struct tls_crypto_info.
func tlsStructOf[N any]() tlsStruct {
	t := reflect.TypeFor[N]()
	field := func(name string) span {
		f, _ := t.FieldByName(name)
		return span{int(f.Offset), int(f.Type.Size())}
	}
	return tlsStruct{int(t.Size()), field("iv"), field("key"), field("salt"), field("rec_seq")}
}
