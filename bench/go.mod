module github.com/csock/go-csock/bench

go 1.25.0

replace github.com/csock/go-csock => ../

require (
	github.com/mdlayher/socket v0.6.1
	golang.org/x/net v0.57.0
	golang.org/x/sys v0.47.0
	gonum.org/v1/gonum v0.16.0
)

require golang.org/x/sync v0.22.0 // indirect
