//go:build race

package simulator

// raceDetector says that the tests run many times slower.
const raceDetector = true
