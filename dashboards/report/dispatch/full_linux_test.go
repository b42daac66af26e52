package dispatch

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// small mounts a file system of so many bytes in memory, or skips the test where this
// user may not.
func small(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("none", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("mounting a small file system: %v; run as root", err)
	}
	t.Cleanup(func() { require.NoError(t, syscall.Unmount(dir, 0)) })
	return dir
}

// A disk on which reports and journal are kept fills up, for real: the run says so, no
// part of a report stays, nothing is sent, and with room again the next run delivers once.
func TestDiskThatIsFull(t *testing.T) {
	dir := small(t, "256k")
	d := newDesk(t, "2019-11-25 08:00", weekly(""))
	schedule, err := os.ReadFile(d.ScheduleFile())
	require.NoError(t, err)
	d.cfg.Dir = dir
	d.restart()
	require.NoError(t, os.WriteFile(d.ScheduleFile(), schedule, 0o600))
	filler := filepath.Join(dir, "filler")
	fill := func(left int) { // all but so many bytes
		var fs syscall.Statfs_t
		require.NoError(t, os.RemoveAll(filler))
		require.NoError(t, syscall.Statfs(dir, &fs))
		require.NoError(t, os.WriteFile(filler, bytes.Repeat([]byte("x"), int(fs.Bavail)*int(fs.Bsize)-left), 0o600))
	}

	fill(0) // not even the journal fits
	runs, err := d.RunDue(context.Background())
	require.Empty(t, runs)
	require.ErrorContains(t, err, "the disk is full")

	fill(16 << 10) // the journal fits, the report does not
	runs, err = d.RunDue(context.Background())
	require.NoError(t, err)
	require.Len(t, runs, 1)
	require.Contains(t, runs[0].Error, "the disk is full")
	journal, err := d.Journal()
	require.NoError(t, err)
	require.Contains(t, journal[0].Error, "the disk is full", "the page shows the journal")
	sent, err := d.Sent()
	require.NoError(t, err)
	require.Empty(t, sent)
	require.Empty(t, d.sent)

	require.NoError(t, os.Remove(filler))
	d.restart()
	d.clock.now = d.clock.now.Add(10 * time.Minute)
	require.Equal(t, []string{"2019-W47 done"}, d.due())
	require.Empty(t, d.due())
	require.Len(t, d.sent, 1)
	sent, err = d.Sent()
	require.NoError(t, err)
	require.Len(t, sent, 1)
}

// A folder of reports in which nothing may be written is told the same way.
func TestFolderThatMayNotBeWritten(t *testing.T) {
	dir := small(t, "256k")
	e := weekly("")
	e.To, e.Folder = nil, filepath.Join(dir, "out")
	require.NoError(t, os.Mkdir(e.Folder, 0o755))
	d := newDesk(t, "2019-11-25 08:00", e)
	require.NoError(t, syscall.Mount("none", dir, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""))
	runs, err := d.RunDue(context.Background())
	require.NoError(t, err)
	require.Contains(t, runs[0].Error, "may not be written")
	require.NoError(t, syscall.Mount("none", dir, "tmpfs", syscall.MS_REMOUNT, ""))
	d.clock.now = d.clock.now.Add(time.Minute)
	require.Equal(t, []string{"2019-W47 done"}, d.due())
	left, err := os.ReadDir(e.Folder)
	require.NoError(t, err)
	require.Len(t, left, 1)
}
