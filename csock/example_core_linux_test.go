package csock_test

import (
	"fmt"
	"io"
	"log"
	"os"

	"github.com/csock/go-csock/csock"
)

// What only Linux has, or only Linux has in this way.

func ExampleUnixAddr_abstract() {
	addr, err := csock.UnixAddr("@echo")
	if err != nil {
		log.Fatal(err)
	}
	name, ok := addr.AbstractNamespace()
	fmt.Println(addr, name, ok)
	// Output: @echo echo true
}

// With MSG_TRUNC the length of a datagram is told that the buffer is too small for.
func ExampleSocket_Recv_truncated() {
	a, b, err := csock.Pair(csock.AF_UNIX, csock.SOCK_DGRAM, 0)
	if err != nil {
		log.Fatal(err)
	}
	defer a.Close()
	defer b.Close()
	if _, err := a.Send([]byte("0123456789"), 0); err != nil {
		log.Fatal(err)
	}
	buf := make([]byte, 4)
	n, err := b.Recv(buf, csock.MSG_TRUNC)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(n, "bytes, of which", len(buf), "fit")
	// Output: 10 bytes, of which 4 fit
}

func ExampleSocket_Sendfile() {
	f, err := os.CreateTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.Remove(f.Name())
	defer f.Close()
	fmt.Fprint(f, "the middle of a file")

	a, b, err := csock.Pair(csock.AF_UNIX, csock.SOCK_STREAM, 0)
	if err != nil {
		log.Fatal(err)
	}
	defer a.Close()
	defer b.Close()
	n, err := a.Sendfile(f, 4, 6)
	if err != nil {
		log.Fatal(err)
	}
	buf := make([]byte, n)
	if _, err := io.ReadFull(b, buf); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", buf)
	// Output: middle
}
