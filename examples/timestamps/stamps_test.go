//go:build linux

package main

import (
	"maps"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/csock/go-csock/csock"
	"github.com/csock/go-csock/examples/internal/exampletest"
	"github.com/csock/go-csock/tests/need"
)

func TestMain(m *testing.M) { exampletest.Main(m, main) }

// A packet's hardware timestamp may come after all software timestamps, or never.
func TestCollect(t *testing.T) {
	called := time.Unix(1000, 0)
	soft := func(id uint32, point csock.TimestampPoint, after time.Duration) stamp {
		return stamp{id: id, point: point, software: called.Add(after)}
	}
	hard := func(id uint32, sec int64) stamp {
		return stamp{id: id, point: csock.SCM_TSTAMP_SND, hardware: time.Unix(sec, 0)}
	}
	sched, snd := csock.SCM_TSTAMP_SCHED, csock.SCM_TSTAMP_SND
	both := map[csock.TimestampPoint]time.Duration{sched: 1, snd: 2}
	for _, test := range []struct {
		name     string
		card     bool
		messages []stamp
		left     int // messages that are not read
		after    map[csock.TimestampPoint]time.Duration
		hardware int64
		err      error
	}{
		{"no card", false,
			[]stamp{soft(7, sched, 1), soft(7, snd, 2), soft(8, sched, 1)}, 1, both, 0, nil},
		{"hardware last", true,
			[]stamp{soft(7, sched, 1), soft(7, snd, 2), hard(7, 5), soft(8, sched, 1)},
			1, both, 5, nil},
		{"hardware between", true,
			[]stamp{soft(7, sched, 1), hard(7, 5), soft(7, snd, 2)}, 0, both, 5, nil},
		{"another packet's", true,
			[]stamp{hard(6, 4), soft(7, sched, 1), soft(6, snd, 9), soft(7, snd, 2), hard(7, 5)},
			0, both, 5, nil},
		{"no hardware", true,
			[]stamp{soft(7, sched, 1), soft(7, snd, 2)}, 0, both, 0, os.ErrDeadlineExceeded},
		{"no driver", false, []stamp{soft(7, sched, 1)}, 0,
			map[csock.TimestampPoint]time.Duration{sched: 1}, 0, os.ErrDeadlineExceeded},
		{"hardware alone", true, []stamp{hard(7, 5)}, 0, nil, 5, os.ErrDeadlineExceeded},
	} {
		t.Run(test.name, func(t *testing.T) {
			left := slices.Clone(test.messages)
			s, err := collect(func() (next stamp, err error) {
				if len(left) == 0 {
					return stamp{}, os.ErrDeadlineExceeded
				}
				next, left = left[0], left[1:]
				return next, nil
			}, 7, called, 2, test.card)
			need.Same(t, "the messages left", len(left), test.left)
			need.Is(t, "the end", err, test.err)
			if !maps.Equal(s.after, test.after) {
				t.Errorf("times %v, want %v", s.after, test.after)
			}
			if s.hardware.IsZero() != (test.hardware == 0) ||
				!s.hardware.IsZero() && s.hardware.Unix() != test.hardware {
				t.Errorf("hardware %v, want %d s", s.hardware, test.hardware)
			}
		})
	}
}
