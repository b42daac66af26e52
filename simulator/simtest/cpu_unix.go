//go:build unix

package simtest

import (
	"syscall"
	"time"
)

// CPU returns the processor time that this process has taken so far, so that a rate is
// told by what the work costs and not by what else the machine does. Where the system
// does not tell it, the wall clock.
func CPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return time.Since(begin)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

var begin = time.Now()
