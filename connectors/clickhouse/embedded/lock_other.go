//go:build !unix || solaris || aix

package embedded

import "os"

func flock(*os.File) (taken bool, err error) { return false, ErrUnsupported }
