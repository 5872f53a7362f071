// The one function that Go's runtime needs of bcryptprimitives.dll, which Wine 8 lacks.

#include <windows.h>

BOOLEAN NTAPI SystemFunction036(PVOID, ULONG); // RtlGenRandom

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE p, SIZE_T n)
{
	const SIZE_T most = 1 << 20;
	while (n > 0) {
		ULONG part = (ULONG)(n < most ? n : most);
		if (!SystemFunction036(p, part))
			return FALSE;
		p += part;
		n -= part;
	}
	return TRUE;
}
