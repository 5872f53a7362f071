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

// filterMemory returns zeroed memory for a struct that ends in an array of n elements. The struct's
// Go type has one.
func filterMemory[T, E any](array uintptr, n int) (*T, []byte) {
	size := int(array) + n*int(unsafe.Sizeof(*new(E)))
	p := aligned(max(size, int(unsafe.Sizeof(*new(T)))))
	return (*T)(p), unsafe.Slice((*byte)(p), size)
}

func encodeIPMsfilter(f IPMsfilter) (native, error) {
	array := unsafe.Offsetof(struct_ip_msfilter{}.imsf_slist)
	n, mem := filterMemory[struct_ip_msfilter, struct_in_addr](array, len(f.Slist))
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
	slist := mem[array:]
	for i, source := range f.Slist {
		if err := putIP4((*[4]byte)(slist[i*sizeof_struct_in_addr:]), source); err != nil {
			return native{}, err
		}
	}
	return native{mem: mem}, nil
}

func encodeGroupFilter(f GroupFilter) (native, error) {
	n, mem, err := newGroupFilter(f.Group, f.Interface, len(f.Slist))
	if err != nil {
		return native{}, err
	}
	if err := putNumber(&n.gf_fmode, "Fmode", int(f.Fmode)); err != nil {
		return native{}, err
	}
	slist := unsafe.Slice(&n.gf_slist[0], len(f.Slist))
	for i, source := range f.Slist {
		if err := putGroup(bytesOf(&slist[i]), source, f.Group); err != nil {
			return native{}, err
		}
	}
	return native{mem: mem}, nil
}

// newGroupFilter returns a struct group_filter with room for sources, and its memory.
func newGroupFilter(group netip.Addr, iface, sources int) (*struct_group_filter, []byte, error) {
	array := unsafe.Offsetof(struct_group_filter{}.gf_slist)
	n, mem := filterMemory[struct_group_filter, struct_sockaddr_storage](array, sources)
	index, err := zoneIndex(group, iface)
	if err != nil {
		return nil, nil, err
	}
	n.gf_interface, n.gf_numsrc = uint32_t(index), uint32_t(sources)
	return n, mem, putGroup(bytesOf(&n.gf_group), group, group)
}

func encodeSourceList(l sourceList) (native, error) {
	_, mem, err := newGroupFilter(l.Group, l.Interface, l.sources)
	return native{mem: mem}, err
}

func decodeSourceList(v native) (sourceList, error) {
	array := unsafe.Offsetof(struct_group_filter{}.gf_slist)
	room := (len(v.mem) - int(array)) / sizeof_struct_sockaddr_storage
	n, mem := filterMemory[struct_group_filter, struct_sockaddr_storage](array, room)
	copy(mem, v.mem)
	group, _ := inetSockAddr(bytesOf(&n.gf_group)).AddrPort()
	l := sourceList{
		GroupFilter{Interface: int(n.gf_interface), Group: group.Addr(), Fmode: FilterMode(n.gf_fmode)},
		int(n.gf_numsrc),
	}
	for _, source := range unsafe.Slice(&n.gf_slist[0], min(room, l.sources)) {
		ap, _ := inetSockAddr(bytesOf(&source)).AddrPort()
		l.Slist = append(l.Slist, ap.Addr())
	}
	return l, nil
}
