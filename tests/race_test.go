//go:build linux && race

package tests

// raceEnabled tells that loops are slow.
const raceEnabled = true
