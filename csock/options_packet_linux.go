//go:build cgo

package csock

import (
	"fmt"
	"syscall"
)

func init() {
	usePlain(packetMreqCodec, func(m PacketMreq, n *struct_packet_mreq) error {
		if len(m.Address) > len(n.mr_address) {
			return fmt.Errorf("address of %d bytes: %w", len(m.Address), syscall.EINVAL)
		}
		n.mr_ifindex, n.mr_alen = cInt(m.Ifindex), c_ushort(len(m.Address))
		copy(bytesOf(&n.mr_address), m.Address)
		return putNumber(&n.mr_type, "Type", int(m.Type))
	}, nil)

	usePlain(tpacketReqCodec, func(r TpacketReq3, n *struct_tpacket_req3) error {
		var c clock
		n.tp_block_size, n.tp_block_nr = c_uint(r.BlockSize), c_uint(r.BlockNr)
		n.tp_frame_size, n.tp_frame_nr = c_uint(r.FrameSize), c_uint(r.FrameNr)
		n.tp_retire_blk_tov = c_uint(c.ms(r.RetireTime))
		n.tp_sizeof_priv, n.tp_feature_req_word = c_uint(r.PrivSize), c_uint(r.Features)
		return c.err
	}, nil)

	usePlain(tpacketStatsCodec, nil, func(n *struct_tpacket_stats_v3) TpacketStatsV3 {
		return TpacketStatsV3{uint32(n.tp_packets), uint32(n.tp_drops), uint32(n.tp_freeze_q_cnt)}
	})

	usePlain(tpacketRolloverStatsCodec, nil,
		func(n *struct_tpacket_rollover_stats) TpacketRolloverStats {
			return TpacketRolloverStats{uint64(n.tp_all), uint64(n.tp_huge), uint64(n.tp_failed)}
		})

	// The kernel takes the struct, or its first half as an int. It returns the int.
	shortFanout(useStruct(packetFanoutCodec, func(f FanoutArgs, n *struct_fanout_args) error {
		if f.Mode&^0xff != 0 || f.Flags&^0xff00 != 0 {
			return fmt.Errorf("mode %#x, flags %#x: %w", int(f.Mode), int(f.Flags), syscall.EINVAL)
		}
		n.id, n.type_flags, n.max_num_members = __u16(f.ID), __u16(int(f.Mode)|int(f.Flags)),
			__u32(f.MaxMembers)
		return nil
	}, func(n *struct_fanout_args, _ int) (FanoutArgs, error) {
		typeFlags := int(n.type_flags)
		return FanoutArgs{ID: uint16(n.id), Mode: FanoutMode(typeFlags & 0xff),
			Flags: FanoutFlags(typeFlags & 0xff00)}, nil
	}))
}

// shortFanout makes c omit the limit if none is set: kernels before Linux 5.11 take only the int.
func shortFanout(c *codec[FanoutArgs]) {
	whole := c.encode
	c.encode = func(f FanoutArgs) (native, error) {
		v, err := whole(f)
		if err == nil && f.MaxMembers == 0 {
			v.mem = v.mem[:sizeof_int]
		}
		return v, err
	}
}
