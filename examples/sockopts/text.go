package main

import (
	"encoding"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// inlineFields is how many fields that are not zero a struct on one line may have.
const inlineFields = 4

// text returns an option's value for people. For a big struct, or several, it returns how many
// fields there are, and the fields, a line each: the name, a tab, the value. Without all, it leaves
// out fields that are zero.
func text(value any, kind string, all bool) (string, []string) {
	v := reflect.ValueOf(value)
	if v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	if !composed(v) {
		return scalar(v, kind), nil
	}
	lines, zero := fields(v, all)
	n := 0
	for _, l := range lines {
		if !strings.HasSuffix(l, "\t") { // not the head of what follows
			n++
		}
	}
	switch {
	case len(lines) == 0 && v.Kind() == reflect.Slice:
		return "empty", nil
	case len(lines) == 0:
		return "all zero", nil
	case len(lines) <= inlineFields && !slices.ContainsFunc(lines, indented):
		return strings.ReplaceAll(strings.Join(lines, ", "), "\t", " "), nil
	case v.Kind() == reflect.Slice:
		return fmt.Sprintf("%d of them", v.Len()), lines
	case zero == 0:
		return fmt.Sprintf("%d fields", n), lines
	}
	return fmt.Sprintf("%d fields, and %d that are zero", n, zero), lines
}

func indented(line string) bool { return strings.HasPrefix(line, " ") }

// composed reports whether a value is a struct without a text of its own, or a list of those.
func composed(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Struct:
		return !special(v)
	case reflect.Slice:
		return v.Type().Elem().Kind() == reflect.Struct && !special(reflect.Zero(v.Type().Elem()))
	}
	return false
}

// fields returns the lines of a composed value, with inner values indented, and how many it left
// out.
func fields(v reflect.Value, all bool) (lines []string, zero int) {
	add := func(name string, v reflect.Value) {
		switch {
		case v.IsZero() && !all:
			zero++
		case composed(v):
			inner, n := fields(v, all)
			zero += n
			lines = append(lines, name+"\t")
			for _, l := range inner {
				lines = append(lines, "  "+l)
			}
		default:
			lines = append(lines, name+"\t"+scalar(v, ""))
		}
	}
	if v.Kind() == reflect.Slice {
		for i := range v.Len() {
			add(fmt.Sprintf("[%d]", i), v.Index(i))
		}
		return lines, zero
	}
	for i := range v.NumField() {
		if f := v.Type().Field(i); f.IsExported() {
			add(f.Name, v.Field(i))
		}
	}
	return lines, zero
}

// special reports whether a value has a text of its own.
func special(v reflect.Value) bool {
	if !v.CanInterface() {
		return false
	}
	switch v.Interface().(type) {
	case fmt.Stringer, encoding.TextMarshaler:
		return true
	}
	return false
}

// scalar returns a value on one line.
func scalar(v reflect.Value, kind string) string {
	if !v.IsValid() {
		return "none"
	}
	if v.CanInterface() {
		switch x := v.Interface().(type) {
		case time.Duration:
			return duration(x, kind)
		}
		if isBytes(v) {
			if v.Len() == 0 {
				return "empty"
			}
			return fmt.Sprintf("%x (%d bytes)", v.Bytes(), v.Len())
		}
		if special(v) {
			if s := fmt.Sprint(v.Interface()); s != "" {
				return s
			}
			return "none"
		}
	}
	switch v.Kind() {
	case reflect.String:
		return strconv.Quote(v.String())
	case reflect.Uint64:
		if v.Uint() == math.MaxUint64 {
			return "no limit"
		}
	case reflect.Slice, reflect.Array:
		if v.Len() == 0 {
			return "empty"
		}
		parts := make([]string, v.Len())
		for i := range parts {
			parts[i] = scalar(v.Index(i), "")
		}
		return strings.Join(parts, " ")
	case reflect.Pointer:
		if v.IsNil() {
			return "none"
		}
		return scalar(v.Elem(), kind)
	}
	return fmt.Sprint(v)
}

func isBytes(v reflect.Value) bool {
	return v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8
}

// duration is a time without the zeros that time.Duration prints behind it: 2h, not 2h0m0s.
func duration(d time.Duration, kind string) string {
	switch {
	case d < 0 && strings.Contains(kind, "linger"):
		return "off"
	case d == 0:
		return "0"
	}
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
