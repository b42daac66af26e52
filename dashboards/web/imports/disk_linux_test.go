package imports

import (
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// smallDisk mounts an empty disk of some megabytes ("4m") at a folder for the length of a
// test, which is skipped where its user may not do that.
func smallDisk(t *testing.T, dir, size string) {
	t.Helper()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("this user may not mount a small disk: %v", err)
	}
	t.Cleanup(func() { require.NoError(t, syscall.Unmount(dir, syscall.MNT_DETACH)) })
}
