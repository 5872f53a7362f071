//go:build linux

package interpose

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/csock/go-csock/tests/kernel"
	"github.com/csock/go-csock/tests/need"
	"github.com/csock/go-csock/tests/netns"
)

// A host is a network namespace in which programs run, with the library or without.
type host struct {
	*testing.T
	ns  *netns.NS
	dir string // the programs'
	env []string
}

func (h *host) command(input, name string, args ...string) *exec.Cmd {
	cmd := need.Command(h, name, args...)
	cmd.Dir, cmd.Env, cmd.Stdin = h.dir, h.env, strings.NewReader(input)
	return cmd
}

// try runs a program, and returns what it prints and its end.
func (h *host) try(input, name string, args ...string) (string, error) {
	cmd := h.command(input, name, args...)
	var out []byte
	var err error
	h.ns.Do(func() { out, err = cmd.CombinedOutput() })
	return string(out), err
}

// run is try for the comparison of what is returned.
func (h *host) run(input, name string, args ...string) string {
	h.Helper()
	out, err := h.try(input, name, args...)
	return fmt.Sprintf("%s: %v\n%s", name, err, out)
}

// start runs a program beside the test. The function that it returns waits for the program's end.
func (h *host) start(name string, args ...string) (wait func() string) {
	h.Helper()
	cmd := h.command("", name, args...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	var err error
	h.ns.Do(func() { err = cmd.Start() })
	need.OK(h, err)
	done := make(chan struct{})
	go func() { err = cmd.Wait(); close(done) }()
	h.Cleanup(func() { cmd.Process.Kill(); <-done })
	return func() string {
		select {
		case <-done:
			return fmt.Sprintf("%s: %v\n%s", name, err, &out)
		case <-time.After(20 * time.Second):
			h.Errorf("%s does not end", name)
			return ""
		}
	}
}

// until runs a program until it succeeds, and returns what it prints: a client, until its server is
// there.
func (h *host) until(input, name string, args ...string) (out string) {
	h.Helper()
	kernel.Eventually(h, strings.Join(append([]string{name}, args...), " "), func() bool {
		var err error
		out, err = h.try(input, name, args...)
		return err == nil
	})
	return out
}

func (h *host) write(name, content string) string {
	path := filepath.Join(h.dir, name)
	need.OK(h, os.WriteFile(path, []byte(content), 0o644))
	return path
}

var payload = strings.Repeat("a line of text that goes through a socket\n", 5000)

// programs run with the library and without, and return what must be the same.
var programs = []struct {
	name  string
	tools []string
	run   func(h *host) string
}{
	{"socat", []string{"socat"}, func(h *host) string {
		h.write("in", payload)
		all := ""
		for i, way := range [][2]string{
			{"TCP4-LISTEN:7001,bind=127.0.0.1,reuseaddr", "TCP4:127.0.0.1:7001"},
			{"TCP6-LISTEN:7001,bind=[::1],reuseaddr", "TCP6:[::1]:7001"},
			{"UNIX-LISTEN:socket", "UNIX-CONNECT:socket"},
			{"ABSTRACT-LISTEN:name", "ABSTRACT-CONNECT:name"},
		} {
			out := fmt.Sprintf("out%d", i)
			server := h.start("socat", "-u", way[0], "CREATE:"+out)
			all += h.until("", "socat", "-u", "OPEN:in", way[1]) + server()
			got, err := os.ReadFile(filepath.Join(h.dir, out))
			all += fmt.Sprintf("%s %v %v\n", way[1], string(got) == payload, err)
		}
		server := h.start("socat", "-T", "2", "UDP4-RECVFROM:7005,bind=127.0.0.1", "PIPE")
		kernel.Eventually(h, "an echo over UDP", func() bool { // the first ones may come before the server
			out, err := h.try("datagram", "socat", "-t", "0.5", "-", "UDP4-SENDTO:127.0.0.1:7005")
			return err == nil && out == "datagram"
		})
		return all + server()
	}},
	{"redis", []string{"redis-server", "redis-cli"}, func(h *host) string {
		server := h.start("redis-server", "--port", "7002", "--bind", "127.0.0.1", "--save", "", "--dir", h.dir, "--loglevel", "warning")
		cli := func(input string, args ...string) string {
			return h.run(input, "redis-cli", append([]string{"-h", "127.0.0.1", "-p", "7002"}, args...)...)
		}
		all := h.until("", "redis-cli", "-h", "127.0.0.1", "-p", "7002", "ping")
		all += cli(payload, "-x", "set", "key") + cli("", "get", "key") + cli("", "-r", "200", "incr", "n")
		all += cli("", "eval", "for i = 1, 1000 do redis.call('rpush', 'list', i) end return redis.call('llen', 'list')", "0")
		all += cli("", "lrange", "list", "0", "-1") + cli("", "shutdown", "nosave")
		end, _, _ := strings.Cut(server(), "\n") // not its log, which has times
		return all + end
	}},
	{"nginx", []string{"nginx", "socat"}, func(h *host) string {
		h.write("page", payload)
		config := h.write("nginx.conf", `
			user root; daemon off; master_process off; pid nginx.pid; error_log stderr;
			events { }
			http {
				access_log off; server_tokens off; sendfile on; etag off;
				client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;
				server { listen 127.0.0.1:7003; root .; location /proxy/ { proxy_pass http://127.0.0.1:7003/; proxy_ignore_client_abort on; } }
			}`)
		h.start("nginx", "-p", h.dir, "-c", config, "-e", "stderr")
		all := ""
		for _, path := range []string{"page", "proxy/page", "none"} {
			all += h.until("GET /"+path+" HTTP/1.0\r\nHost: x\r\n\r\n", "socat", "-t", "10", "-", "TCP4:127.0.0.1:7003")
		}
		return regexp.MustCompile(`(?m)^(Date|Last-Modified): .*$`).ReplaceAllString(all, "$1")
	}},
	{"iperf3", []string{"iperf3"}, func(h *host) string {
		all := ""
		for _, more := range [][]string{{"-n", "4M"}, {"-n", "4M", "-R", "-P", "3"}, {"-u", "-n", "1M", "-b", "100M"}} {
			server := h.start("iperf3", "-s", "-1", "-p", "7004", "-B", "127.0.0.1")
			var report struct {
				Start struct{ Version string }
				End   struct{ Streams []any }
				Error string
			}
			var err error
			kernel.Eventually(h, "a client of iperf3", func() bool { // without a server it has an error, and exits with 0
				report.Error = ""
				var out string
				out, err = h.try("", "iperf3", append([]string{"-c", "127.0.0.1", "-p", "7004", "-J"}, more...)...)
				if err == nil {
					err = json.Unmarshal([]byte(out), &report)
				}
				return err == nil && report.Error == ""
			})
			end, _, _ := strings.Cut(server(), "\n")
			all += fmt.Sprintf("%v: %s, %d streams, error %q %v; %s\n", more, report.Start.Version, len(report.End.Streams), report.Error, err, end)
		}
		return all
	}},
	{"dig", []string{"dig"}, func(h *host) string {
		port := nameServer(h)
		all := ""
		for _, more := range [][]string{nil, {"+noedns"}, {"+nocookie"}} {
			all += h.run("", "dig", append([]string{"@127.0.0.1", "-p", port, "+short", "+tries=1", "a.test", "b.test"}, more...)...)
		}
		return all
	}},
	{"ping", []string{"ping"}, func(h *host) string {
		all := ""
		for _, args := range [][]string{{"127.0.0.1"}, {"-s", "3000", "127.0.0.2"}, {"::1"}, {"-t", "3", "-Q", "8", "127.0.0.1"}, {"-R", "127.0.0.1"}} {
			all += h.run("", "ping", append([]string{"-c", "3", "-i", "0.1", "-W", "2"}, args...)...)
		}
		return regexp.MustCompile(`time=.* ms|, time .*|(?m)^rtt .*`).ReplaceAllString(all, "")
	}},
	{"iptables", []string{"iptables-legacy"}, func(h *host) string {
		if out, err := h.try("", "iptables-legacy", "-S"); err != nil {
			h.Skipf("needs the kernel's ip_tables: %v %s", err, out)
		}
		all := ""
		for _, args := range []string{
			"-A INPUT -p tcp --dport 80 -j DROP", "-A OUTPUT -d 192.0.2.0/24 -j REJECT", "-I INPUT -i lo -j ACCEPT", "-N chain",
			"-A INPUT -j chain", "-S", "-L -n", "-D INPUT 1", "-X nochain", "-S INPUT", "-F", "-S",
		} {
			all += h.run("", "iptables-legacy", strings.Fields(args)...)
		}
		return all
	}},
	{"test_socket", []string{"python3"}, func(h *host) string {
		python := ""
		for _, p := range []string{"/usr/bin/python3", "python3"} { // another one in PATH may lack its tests, or have them
			if _, err := h.try("", p, "-c", "import test.test_socket"); python == "" && err == nil {
				python = p
			}
		}
		if python == "" {
			h.Skip("needs the package test of Python")
		}
		// vsock's tests would send to the host of a virtual machine.
		out, err := h.try("", python, "-m", "test", "-v", "-i", "*VSOCK*", "test_socket")
		tests := regexp.MustCompile(`(?m)^\w+ \(test\.test_socket[^)]*\)(?s:.*?) \.\.\. (?:ok|skipped.*|FAIL|ERROR|expected failure)$`).FindAllString(out, -1)
		for i, test := range tests {
			tests[i] = strings.Join(strings.Fields(test), " ")
		}
		if len(tests) < 400 || err != nil {
			h.Logf("%d tests, %v\n%s", len(tests), err, out[max(0, len(out)-20000):])
		}
		slices.Sort(tests)
		return fmt.Sprintf("%v\n%s", err, strings.Join(tests, "\n"))
	}},
}

// nameServer replies to each query for an address until the test ends. It returns its port.
func nameServer(h *host) string {
	var c net.PacketConn
	var err error
	h.ns.Do(func() { c, err = net.ListenPacket("udp4", "127.0.0.1:0") })
	need.OK(h, err)
	h.Cleanup(func() { c.Close() })
	go func() {
		p := make([]byte, 1500)
		for {
			n, from, err := c.ReadFrom(p)
			if err != nil {
				return
			}
			if n < 12 {
				continue
			}
			// The name ends with a zero byte; type and class follow.
			end := bytes.IndexByte(p[12:n], 0)
			if end < 0 || 12+end+5 > n {
				continue
			}
			question := p[12 : 12+end+5]
			reply := append([]byte{p[0], p[1], 0x85, 0x80, 0, 1, 0, 1, 0, 0, 0, 0}, question...)
			reply = append(reply, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, question[1])
			c.WriteTo(reply, from)
		}
	}()
	_, port, _ := net.SplitHostPort(c.LocalAddr().String())
	return port
}

// Programs have the same result with the library as without it.
func TestPrograms(t *testing.T) {
	lib := library(t)
	need.Root(t)
	for _, p := range programs {
		t.Run(p.name, func(t *testing.T) {
			need.Tool(t, p.tools...)
			in := func(env []string) string {
				h := &host{T: t, ns: netns.New(t), dir: t.TempDir(), env: append(env, "LC_ALL=C")}
				return strings.ReplaceAll(p.run(h), h.dir, "DIR")
			}
			want := in(os.Environ())
			counts := newCounts(t)
			got := in(counts.env(lib))
			by, all, text := counts.read(t)
			t.Log(text)
			if p.name == "nginx" && by["sendfile"] == 0 {
				t.Error("no call of sendfile by csock")
			}
			if got != want {
				t.Errorf("with the library:\n%s", firstDifference(got, want))
			}
			if all == 0 {
				t.Error("csock made none of its calls")
			}
			if strings.Count(want, "\n") == 0 {
				t.Errorf("the program printed too little to compare: %q", want)
			}
		})
	}
}

// firstDifference returns the lines of two texts from the first that differs.
func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	i := 0
	for i < len(g) && i < len(w) && g[i] == w[i] {
		i++
	}
	return fmt.Sprintf("from line %d: %q\nwant: %q", i+1, g[i:min(len(g), i+6)], w[i:min(len(w), i+6)])
}
