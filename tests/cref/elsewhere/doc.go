// Package elsewhere is the reference in C for what Linux lacks.
package elsewhere
