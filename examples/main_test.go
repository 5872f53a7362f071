//go:build linux

// Package examples tests the example programs from outside: it starts them, with a real peer.
package examples

import (
	"testing"

	"github.com/csock/go-csock/examples/internal/exampletest"
)

func TestMain(m *testing.M) { exampletest.Main(m, nil) }
