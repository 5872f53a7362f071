// Checkheader compares csock's substitutes for old kernel headers with newer headers: each number
// of csock/internal/sys/names.in, and each struct of csock/cgo_structs_linux.h with the offset and
// the size of each of its fields. Its arguments are flags of the C compiler that lead to these
// headers.
//
// It prints the names that no header has. Its exit status is 1 if something differs.
package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

const (
	namesFile   = "csock/internal/sys/names.in"
	structsFile = "csock/cgo_structs_linux.h"
	platform    = "csock/internal/sys/platform.h"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "checkheader:", err)
		os.Exit(1)
	}
}

func run(flags []string) error {
	headers, err := os.ReadFile(platform)
	if err != nil {
		return err
	}
	// The headers alone, without csock's additions.
	includes, _, ok := strings.Cut(string(headers), `#include "names.h"`)
	if !ok {
		return fmt.Errorf("%s does not include names.h", platform)
	}
	includes += "#endif\n"
	names, err := checkNames(includes, flags)
	if err != nil {
		return err
	}
	structs, err := checkStructs(includes, flags)
	if err != nil {
		return err
	}
	fmt.Println(names)
	fmt.Println(structs)
	return nil
}

// linuxPart returns the part of a file that is for Linux.
func linuxPart(path, begin, end string) (string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	_, rest, ok := strings.Cut(string(text), begin)
	if !ok {
		return "", fmt.Errorf("%s: no part for Linux", path)
	}
	part, _, ok := strings.Cut(rest, end)
	if !ok {
		return "", fmt.Errorf("%s: no end of the part for Linux: %q", path, end)
	}
	return part, nil
}

var (
	undeclared = regexp.MustCompile(`'(\w+)' undeclared`)
	unequal    = regexp.MustCompile(`static assertion failed: "([^"]*)"`)
	noMember   = regexp.MustCompile(`has no member named '(\w+)'`)
	incomplete = regexp.MustCompile(`(?:undefined type|incomplete type) '(struct \w+)'`)
)

// Headers of the kernel that conflict with those of the C library.
const kernelOnly = "#include <linux/in.h>\n#include <linux/in6.h>\n#include <linux/un.h>\n#include <linux/sockios.h>\n"

// checkNames compares the numbers of names.in.
func checkNames(includes string, flags []string) (string, error) {
	part, err := linuxPart(namesFile, "#ifdef __linux__\n", "\n#else")
	if err != nil {
		return "", err
	}
	var program strings.Builder
	count := 0
	for line := range strings.Lines(part) {
		line, _, _ = strings.Cut(strings.TrimSpace(line), " //")
		fields := strings.Fields(line)
		switch {
		case len(fields) == 0 || strings.HasPrefix(line, "//") || fields[0] == "enum":
		case strings.HasPrefix(line, "#"):
			fmt.Fprintln(&program, line)
		default:
			count++
			value := strings.Join(fields[1:], " ")
			fmt.Fprintf(&program, "_Static_assert((%s) == (%s), \"%s is not %s\");\n", fields[0], value, fields[0], value)
		}
	}
	var missing []string
	for i, includes := range []string{includes, kernelOnly} {
		messages, err := compile(includes+program.String(), flags, "-fsyntax-only")
		if err != nil {
			return "", err
		}
		if wrong := all(unequal, messages); len(wrong) > 0 {
			return "", fmt.Errorf("numbers that differ: %s", strings.Join(wrong, ", "))
		}
		lacking := all(undeclared, messages)
		if i == 0 {
			missing = lacking
		}
		missing = slices.DeleteFunc(missing, func(name string) bool { return !slices.Contains(lacking, name) })
	}
	return fmt.Sprintf("%d numbers, %d compared; not in the headers: %s", count, count-len(missing), list(missing)), nil
}

// A definition is a struct of cgo_structs_linux.h: its name there, and in the kernel's headers.
type definition struct {
	name, kernel, body, attributes string
	fields                         []field
}

type field struct {
	name string
	bits bool
}

var (
	structs  = regexp.MustCompile(`(?s)\nstruct (\w+) \{\n(.*?)\n\}([^;]*);`)
	comments = regexp.MustCompile(`//[^\n]*`)
	member   = regexp.MustCompile(`^(?:(?:struct|unsigned) )?\w+\s+(.+)$`)
	declared = regexp.MustCompile(`^(\w+)(\[[^\]]*\])?( : \d+)?$`)
)

// definitions returns the structs of cgo_structs_linux.h that replace the kernel's.
func definitions() (found []definition, err error) {
	part, err := linuxPart(structsFile, "#define CSOCK_CGO_STRUCTS_LINUX_H\n", "// Fields of packed structs")
	if err != nil {
		return nil, err
	}
	for _, m := range structs.FindAllStringSubmatch(comments.ReplaceAllString(part, ""), -1) {
		d := definition{name: m[1], kernel: strings.TrimPrefix(m[1], "csock_"), body: m[2], attributes: m[3]}
		for statement := range strings.SplitSeq(d.body, ";") {
			statement = strings.Join(strings.Fields(statement), " ")
			statement = strings.TrimPrefix(strings.TrimPrefix(statement, "} "), "union { ")
			if statement == "" || statement == "}" {
				continue
			}
			decl := member.FindStringSubmatch(statement)
			if decl == nil {
				return nil, fmt.Errorf("%s: struct %s: %q is not understood", structsFile, d.name, statement)
			}
			for name := range strings.SplitSeq(decl[1], ", ") {
				f := declared.FindStringSubmatch(name)
				if f == nil {
					return nil, fmt.Errorf("%s: struct %s: %q is not understood", structsFile, d.name, name)
				}
				if !strings.HasPrefix(f[1], "reserved") {
					d.fields = append(d.fields, field{f[1], f[3] != ""})
				}
			}
		}
		found = append(found, d)
	}
	return found, nil
}

// checkStructs compares the structs of cgo_structs_linux.h.
func checkStructs(includes string, flags []string) (string, error) {
	defs, err := definitions()
	if err != nil {
		return "", err
	}
	missing := map[string]bool{}
	count := 0
	// Structs and fields that the headers lack are left out; the rest is compared.
	for {
		program, n := structsProgram(includes, defs, missing)
		count = n
		messages, err := compile(program, flags, "-fsyntax-only")
		if err != nil {
			return "", err
		}
		if wrong := all(unequal, messages); len(wrong) > 0 {
			return "", fmt.Errorf("structs that differ: %s", strings.Join(wrong, ", "))
		}
		lacking := append(all(noMember, messages), all(incomplete, messages)...)
		if len(lacking) == 0 {
			if messages != "" {
				return "", fmt.Errorf("the C compiler: %s", messages)
			}
			if out, err := execute(program, flags); err != nil {
				return "", fmt.Errorf("bit fields: %s%w", out, err)
			}
			break
		}
		for _, l := range lacking {
			missing[l] = true
		}
	}
	var names []string
	for l := range missing {
		names = append(names, l)
	}
	slices.Sort(names)
	return fmt.Sprintf("%d structs, %d fields compared; not in the headers: %s", len(defs), count, list(names)), nil
}

// structsProgram returns a C program that compares the fields that are not missing, and the number
// of these fields.
func structsProgram(includes string, defs []definition, missing map[string]bool) (string, int) {
	var ours, asserts, bits strings.Builder
	count := 0
	for _, d := range defs {
		body := d.body
		for _, o := range defs { // a struct in another
			body = regexp.MustCompile(`\bstruct `+o.name+`\b`).ReplaceAllString(body, "struct our_"+o.kernel)
		}
		fmt.Fprintf(&ours, "struct our_%s {\n%s\n}%s;\n", d.kernel, body, d.attributes)
		if missing["struct "+d.kernel] {
			continue
		}
		whole := true
		for _, f := range d.fields {
			if missing[f.name] {
				whole = false
				continue
			}
			count++
			if f.bits {
				fmt.Fprintf(&bits, "\t{\n\t\tstruct %s a;\n\t\tstruct our_%s b;\n\t\tmemset(&a, 0, sizeof(a)), memset(&b, 0, sizeof(b));\n"+
					"\t\ta.%s--, b.%s--;\n\t\tif (memcmp(&a, &b, sizeof(a) < sizeof(b) ? sizeof(a) : sizeof(b)) != 0)\n"+
					"\t\t\treturn puts(\"%s.%s\"), 1;\n\t}\n", d.kernel, d.kernel, f.name, f.name, d.kernel, f.name)
				continue
			}
			fmt.Fprintf(&asserts, "_Static_assert(offsetof(struct %[1]s, %[2]s) == offsetof(struct our_%[1]s, %[2]s) && "+
				"sizeof(((struct %[1]s *)0)->%[2]s) == sizeof(((struct our_%[1]s *)0)->%[2]s), \"%[1]s.%[2]s\");\n", d.kernel, f.name)
		}
		if whole {
			fmt.Fprintf(&asserts, "_Static_assert(sizeof(struct %[1]s) >= sizeof(struct our_%[1]s), \"%[1]s\");\n", d.kernel)
		}
	}
	return includes + "#include <stdio.h>\n#ifndef TCP_AO_MAXKEYLEN\n#define TCP_AO_MAXKEYLEN 80\n#endif\n" +
		ours.String() + asserts.String() + "int main(void)\n{\n" + bits.String() + "\treturn 0;\n}\n", count
}

// compile returns the C compiler's messages about a program.
func compile(program string, flags []string, more ...string) (string, error) {
	args := slices.Concat(compiler()[1:], []string{"-x", "c", "-std=gnu11", "-w", "-fmax-errors=0"}, flags, more, []string{"-"})
	cmd := exec.Command(compiler()[0], args...)
	cmd.Stdin = strings.NewReader(program)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	out, err := cmd.CombinedOutput()
	if _, exited := err.(*exec.ExitError); err != nil && !exited {
		return "", err
	}
	if err == nil {
		return "", nil
	}
	if messages := string(out); undeclared.MatchString(messages) || unequal.MatchString(messages) ||
		noMember.MatchString(messages) || incomplete.MatchString(messages) {
		return messages, nil
	}
	return "", fmt.Errorf("%s: %w\n%s", strings.Join(compiler(), " "), err, bytes.TrimSpace(out))
}

// execute runs a program.
func execute(program string, flags []string) ([]byte, error) {
	dir, err := os.MkdirTemp("", "checkheader")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "program")
	if messages, err := compile(program, flags, "-o", path); err != nil || messages != "" {
		return []byte(messages), err
	}
	return exec.Command(path).CombinedOutput()
}

// compiler returns the C compiler that cgo uses on Linux, and its arguments.
func compiler() []string {
	if cc := strings.Fields(os.Getenv("CC")); len(cc) > 0 {
		return cc
	}
	return []string{"gcc"}
}

// all returns the names that a pattern matches, each once.
func all(pattern *regexp.Regexp, text string) (found []string) {
	for _, m := range pattern.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(found, m[1]) {
			found = append(found, m[1])
		}
	}
	return found
}

func list(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}
