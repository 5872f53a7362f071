//go:build linux

package porting

import (
	"testing"

	"github.com/csock/go-csock/tests/need"
)

func TestMain(m *testing.M) { need.Main(m) }
