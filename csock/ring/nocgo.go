//go:build !cgo

package ring

// Package csock reports in one line what is missing.
import _ "github.com/csock/go-csock/csock"
