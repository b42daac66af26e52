//go:build unix && !aix && !solaris

package embedded

import (
	"fmt"
	"net"
	"os"

	"golang.org/x/sys/unix"
)

// pipe returns the two ends of a stream inside this process: a socket pair,
// buffered by the kernel, with deadlines and with the liveness check that
// clickhouse-go makes of sockets.
func pipe() (client, server net.Conn, err error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("opening a socket pair: %w", err)
	}
	for _, fd := range fds {
		unix.CloseOnExec(fd)
	}
	if client, err = end(fds[0]); err != nil {
		unix.Close(fds[1])
		return nil, nil, err
	}
	if server, err = end(fds[1]); err != nil {
		client.Close()
		return nil, nil, err
	}
	return client, server, nil
}

func end(fd int) (net.Conn, error) {
	f := os.NewFile(uintptr(fd), "engine")
	defer f.Close() // FileConn makes a duplicate of its own
	c, err := net.FileConn(f)
	if err != nil {
		return nil, fmt.Errorf("opening a socket pair: %w", err)
	}
	return c, nil
}
