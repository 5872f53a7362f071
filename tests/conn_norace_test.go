//go:build !race

package tests

const connRace = false
