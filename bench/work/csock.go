//go:build linux

package work

func csockDirect() Contender { return Contender{Name: "csock"} }
func csockConn() Contender   { return Contender{Name: "csock-conn"} }
