package csock_test

import (
	"testing"

	"github.com/csock/go-csock/tests/need"
)

func TestMain(m *testing.M) {
	need.Main(m, need.Examples{IPv4: "^Example", IPv6: "^ExampleNew$", Cat: "^ExampleSocket_IntoFile$"})
}
