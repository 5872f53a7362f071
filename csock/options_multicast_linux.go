//go:build cgo

package csock

import (
	"net/netip"
	"unsafe"
)

func init() {
	ipMsfilterCodec.encode = encodeIPMsfilter
	groupFilterCodec.encode = encodeGroupFilter
	byFamily(groupFilterCodec, func(f GroupFilter) netip.Addr { return f.Group })
	sourceListCodec.encode, sourceListCodec.decode = encodeSourceList, decodeSourceList
	sourceListCodec.whole = true
	byFamily(sourceListCodec, func(l sourceList) netip.Addr { return l.Group })
}

// withArray returns the native bytes of n, a struct that ends in an array, with room for size bytes
// of that array.
func withArray[N any](n *N, array uintptr, size int) []byte {
	mem := make([]byte, int(array)+size)
	copy(mem[:array], bytesOf(n))
	return mem
}

func encodeIPMsfilter(f IPMsfilter) (native, error) {
	var n struct_ip_msfilter
	if err := putInterface(ip4Bytes(&n.imsf_interface), f.Interface); err != nil {
		return native{}, err
	}
	if err := putIP4(ip4Bytes(&n.imsf_multiaddr), f.Multiaddr); err != nil {
		return native{}, err
	}
	if err := putNumber(&n.imsf_fmode, "Fmode", int(f.Fmode)); err != nil {
		return native{}, err
	}
	n.imsf_numsrc = uint32_t(len(f.Slist))
	array := unsafe.Offsetof(n.imsf_slist)
	mem := withArray(&n, array, len(f.Slist)*sizeof_struct_in_addr)
	for i, source := range f.Slist {
		if err := putIP4((*[4]byte)(mem[int(array)+i*sizeof_struct_in_addr:]), source); err != nil {
			return native{}, err
		}
	}
	return native{mem: mem}, nil
}

func encodeGroupFilter(f GroupFilter) (native, error) {
	mem, err := groupFilter(f, len(f.Slist))
	if err != nil {
		return native{}, err
	}
	for i, source := range f.Slist {
		if err := putGroup(groupSource(mem, i), source, f.Group); err != nil {
			return native{}, err
		}
	}
	return native{mem: mem}, nil
}

// groupFilter returns the native form of f without its sources, and room for those.
func groupFilter(f GroupFilter, sources int) ([]byte, error) {
	index, err := zoneIndex(f.Group, f.Interface)
	if err != nil {
		return nil, err
	}
	n := struct_group_filter{gf_interface: uint32_t(index), gf_numsrc: uint32_t(sources)}
	if err := putGroup(bytesOf(&n.gf_group), f.Group, f.Group); err != nil {
		return nil, err
	}
	err = putNumber(&n.gf_fmode, "Fmode", int(f.Fmode))
	return withArray(&n, groupSources, sources*sizeof_struct_sockaddr_storage), err
}

// groupSources is where the sources begin in a struct group_filter.
const groupSources = unsafe.Offsetof(struct_group_filter{}.gf_slist)

// groupSource returns the i-th source of a struct group_filter.
func groupSource(mem []byte, i int) []byte {
	return mem[int(groupSources)+i*sizeof_struct_sockaddr_storage:][:sizeof_struct_sockaddr_storage]
}

func encodeSourceList(l sourceList) (native, error) {
	mem, err := groupFilter(GroupFilter{Interface: l.Interface, Group: l.Group}, l.sources)
	return native{mem: mem}, err
}

func decodeSourceList(v native) (sourceList, error) {
	n := nativeOf[struct_group_filter](v.mem)
	group, _ := inetSockAddr(bytesOf(&n.gf_group)).AddrPort()
	l := sourceList{
		GroupFilter{Interface: int(n.gf_interface), Group: group.Addr(),
			Fmode: FilterMode(n.gf_fmode)},
		int(n.gf_numsrc),
	}
	room := max(0, len(v.mem)-int(groupSources)) / sizeof_struct_sockaddr_storage
	for i := range min(room, l.sources) {
		ap, _ := inetSockAddr(groupSource(v.mem, i)).AddrPort()
		l.Slist = append(l.Slist, ap.Addr())
	}
	return l, nil
}
