package main

import (
	"testing"

	"github.com/csock/go-csock/examples/internal/exampletest"
)

func TestMain(m *testing.M) { exampletest.Main(m, main) }

func TestCommandLine(t *testing.T) { exampletest.CommandLine(t) }
