//go:build linux

package main

import "github.com/csock/go-csock/bench/work"

func main() { work.Child() }
