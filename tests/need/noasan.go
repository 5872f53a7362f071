//go:build !asan

package need

const asan = false
