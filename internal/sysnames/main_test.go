package main

import (
	"testing"

	"github.com/csock/go-csock/internal/derived"
	"github.com/csock/go-csock/tests/need"
)

func TestMain(m *testing.M) { need.Main(m) }

// The generated files are up to date.
func TestUpToDate(t *testing.T) {
	need.OK(t, derived.Check(generate))
}
