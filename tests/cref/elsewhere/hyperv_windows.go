package elsewhere

/*
#include <winsock2.h>
#include <string.h>
#include <hvsocket.h>

#ifndef AF_HYPERV
#define AF_HYPERV 34
#endif

static int hyperv_addr(unsigned char *out)
{
	SOCKADDR_HV sa;
	memset(&sa, 0, sizeof(sa));
	sa.Family = AF_HYPERV;
	sa.VmId = HV_GUID_PARENT;
	sa.ServiceId = HV_GUID_VSOCK_TEMPLATE;
	memcpy(out, &sa, sizeof(sa));
	return (int)sizeof(sa);
}
*/
import "C"

// HypervAddr returns the address of the service HV_GUID_VSOCK_TEMPLATE on HV_GUID_PARENT.
func HypervAddr() []byte {
	var p [128]byte
	return p[:C.hyperv_addr((*C.uchar)(&p[0]))]
}
