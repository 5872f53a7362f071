// Package sys has the constants of the platform's headers under their C names. go generate ./csock
// makes names.go and names.h from the names that the Go files below csock/ use, and from names.in.
package sys
