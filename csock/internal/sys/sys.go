// Package sys has the constants of the platform's headers under their C names. names.go and names.h are made by
// go generate ./csock from the names that the Go files below csock/ use, and from names.in.
package sys
