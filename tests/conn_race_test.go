//go:build race

package tests

// connRace tells that the race detector is on, under which calls allocate.
const connRace = true
