package tests

import (
	"errors"
	"testing"

	"github.com/csock/go-csock/csock"
)

// Control messages with negative numbers reach the kernel, except those of the range in which
// csock has the names that the platform lacks.
func TestControlNegativeNumbers(t *testing.T) {
	s, _ := unixPair(t, csock.SOCK_DGRAM)
	b, err := csock.NewBatch(1, csock.BatchRoom{Payload: 1, Control: csock.ControlSpace(4)})
	check(t, err)
	defer b.Close()
	for _, kind := range []struct {
		level, number int
		lacks         bool
	}{{-2, 1, false}, {1, -3, false}, {-0x7ffffff0, -0x7ffffff0, false}, {-0x3fffffff, 1, true}, {1, -0x3fffffff, true}} {
		control := csock.AppendControlInt(nil, csock.NewControlType(csock.Level(kind.level), kind.number), 0)
		_, err := s.Sendmsg(&csock.MsgHdr{Buffers: [][]byte{{1}}, Control: control}, 0)
		if errors.Is(err, errors.ErrUnsupported) != kind.lacks {
			t.Errorf("Sendmsg with level %#x, number %#x: %v", kind.level, kind.number, err)
		}
		if err := b.SetControl(0, control); errors.Is(err, errors.ErrUnsupported) != kind.lacks {
			t.Errorf("SetControl with level %#x, number %#x: %v", kind.level, kind.number, err)
		}
	}
}
