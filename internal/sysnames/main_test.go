package main

import (
	"testing"

	"github.com/csock/go-csock/internal/derived"
)

// The generated files are up to date.
func TestUpToDate(t *testing.T) {
	if err := derived.Check(generate); err != nil {
		t.Error(err)
	}
}
