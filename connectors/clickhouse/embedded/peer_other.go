//go:build !linux

package embedded

import "net"

// checkPeer trusts the mode of the socket.
func checkPeer(net.Conn) error { return nil }
