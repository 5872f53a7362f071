//go:build cgo

package csock

import (
	"fmt"
	"syscall"
	"time"
)

func init() {
	usePlain(rdsRxTraceSoCodec,
		func(stages []RDSMessageRxpathLatency, n *struct_rds_rx_trace_so) error {
			if len(stages) > len(n.rx_trace_pos) {
				return fmt.Errorf("%d stages: %w", len(stages), syscall.EINVAL)
			}
			n.rx_traces = __u8(len(stages))
			for i, stage := range stages {
				n.rx_trace_pos[i] = __u8(stage)
			}
			return nil
		}, nil)
	useStruct(rdsRxTraceCodec, nil, func(n *struct_rds_cmsg_rx_trace, _ int) ([]RDSRxTrace, error) {
		if int(n.rx_traces) > len(n.rx_trace) {
			return nil, syscall.EINVAL
		}
		traces := make([]RDSRxTrace, n.rx_traces)
		for i := range traces {
			traces[i] = RDSRxTrace{RDSMessageRxpathLatency(n.rx_trace_pos[i]),
				duration(int64(n.rx_trace[i]), time.Nanosecond)}
		}
		return traces, nil
	})
}
