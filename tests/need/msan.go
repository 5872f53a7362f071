//go:build msan

package need

const msan = true
