//go:build !unix

package simtest

import "time"

// CPU returns the wall clock since the program began, for the system does not tell the
// processor time.
func CPU() time.Duration { return time.Since(begin) }

var begin = time.Now()
