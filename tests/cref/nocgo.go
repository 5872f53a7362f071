//go:build !cgo

package cref

import _ "github.com/csock/go-csock/csock" // whose compile error names what is missing
