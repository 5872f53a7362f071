package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// table prints the rows, level by level.
func table(out io.Writer, k kind, rows []row, all bool) error {
	fmt.Fprintf(out, "%v %v %v\n\n", k.domain, k.typ, k.protocol)
	var lines bytes.Buffer
	w := tabwriter.NewWriter(&lines, 0, 8, 2, ' ', 0)
	fmt.Fprint(w, "OPTION\tVALUE\tTYPE\tACCESS\n")
	level := ""
	for _, a := range rows {
		if a.Level != level {
			level = a.Level
			fmt.Fprintf(w, "\t\t\t\n%s\t\t\t\n", level)
		}
		access := "get, set"
		switch {
		case !a.Set:
			access = "get"
		case !a.Get:
			access = "set"
		}
		value, fields := "", []string(nil)
		switch {
		case a.Error != "":
			value = "– " + a.Error
		case !a.Get:
			value = "– cannot be read"
		default:
			value, fields = text(a.value, a.Kind, all)
		}
		fmt.Fprintf(w, "  %s\t%s\t%s\t%s\n", a.Name, value, a.Kind, access)
		for _, f := range fields {
			fmt.Fprintf(w, "    %s\t\t\n", f)
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for line := range strings.Lines(lines.String()) { // without the spaces that fill empty cells
		if _, err := fmt.Fprintln(out, strings.TrimRight(line, " \n")); err != nil {
			return err
		}
	}
	if !all {
		fmt.Fprint(out, "\n-all lists options that can only be set, or that this kernel lacks.\n")
	}
	return nil
}
