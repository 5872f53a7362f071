package main

import (
	"encoding/hex"
	"fmt"
	"reflect"
)

// plain returns a value for JSON: durations, addresses and names as text, memory in hexadecimal.
func plain(value any) any { return plainOf(reflect.ValueOf(value)) }

func plainOf(v reflect.Value) any {
	if !v.IsValid() {
		return nil
	}
	if v.CanInterface() {
		switch x := v.Interface().(type) {
		case fmt.Stringer:
			return x.String()
		}
	}
	if isBytes(v) {
		return hex.EncodeToString(v.Bytes())
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return plainOf(v.Elem())
	case reflect.Struct:
		m := map[string]any{}
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				m[f.Name] = plainOf(v.Field(i))
			}
		}
		return m
	case reflect.Slice, reflect.Array:
		list := make([]any, v.Len())
		for i := range list {
			list[i] = plainOf(v.Index(i))
		}
		return list
	}
	if !v.CanInterface() {
		return nil
	}
	return v.Interface()
}
