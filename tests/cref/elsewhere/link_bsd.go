//go:build cgo && (darwin || dragonfly || freebsd || netbsd || openbsd)

package elsewhere

/*
#include <sys/types.h>
#include <sys/socket.h>
#include <net/if_dl.h>
#include <stdlib.h>
#include <string.h>

static int link_native(const char *text, int index, unsigned char *out)
{
	struct sockaddr_dl sa;
	memset(&sa, 0, sizeof(sa));
	sa.sdl_len = sizeof(sa);
	sa.sdl_family = AF_LINK;
	link_addr(text, &sa);
	sa.sdl_index = (unsigned short)index;
	memcpy(out, &sa, sizeof(sa));
	return (int)sizeof(sa);
}
*/
import "C"

import "unsafe"

// LinkAddr returns the address that link_addr(3) makes of a text, such as "en0:1.2.3.4.5.6".
func LinkAddr(text string, index int) []byte {
	s := C.CString(text)
	defer C.free(unsafe.Pointer(s))
	var p [256]byte
	return p[:C.link_native(s, C.int(index), (*C.uchar)(&p[0]))]
}
