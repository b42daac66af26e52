package embedded_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/ext"
	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/connectors/clickhouse/embedded"
	"github.com/uprava/uprava/connectors/clickhouse/embedded/enginetest"
)

// The test binary runs itself as another process with one of these parts.
func TestMain(m *testing.M) {
	if part := os.Getenv("UPRAVA_TEST_PART"); part != "" {
		if err := child(part, os.Getenv("UPRAVA_TEST_DIR")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

const batchRows = 50_000

// child opens an engine over dir and either holds it until its input closes or
// inserts batches for ever, saying each one that was acknowledged.
func child(part, dir string) error {
	ctx := context.Background()
	e, err := embedded.Open(ctx, dir)
	if err != nil {
		return err
	}
	defer e.Close()
	c, err := clickhouse.Open(e.Options())
	if err != nil {
		return err
	}
	defer c.Close()
	switch part {
	case "hold":
		fmt.Println("holding")
		bufio.NewReader(os.Stdin).ReadByte()
	case "quiet": // everything that might make the engine talk
		c.Exec(ctx, "SELECT nope")
		c.Exec(ctx, "SELECT count() FROM numbers(1000000)")
		short, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
		defer cancel()
		c.Exec(short, endless)
	case "insert":
		for _, q := range []string{"CREATE DATABASE d", "CREATE TABLE d.t (batch UInt64, i UInt64, v String) ENGINE = MergeTree ORDER BY (batch, i)"} {
			if err := c.Exec(ctx, q); err != nil {
				return err
			}
		}
		for n := uint64(0); ; n++ {
			b, err := c.PrepareBatch(ctx, "INSERT INTO d.t")
			if err != nil {
				return err
			}
			for i := range uint64(batchRows) {
				if err := b.Append(n, i, strconv.FormatUint(n*i, 10)); err != nil {
					return err
				}
			}
			if err := b.Send(); err != nil {
				return err
			}
			fmt.Println("acknowledged", n)
		}
	}
	return nil
}

// start runs a part in a child process, which ends with the test at the latest.
func start(t *testing.T, part, dir string) (cmd *exec.Cmd, out *bufio.Scanner) {
	t.Helper()
	cmd = exec.Command(os.Args[0], "-test.run=^$", "clickhouse://name:secret@example/")
	cmd.Env = append(os.Environ(), "UPRAVA_TEST_PART="+part, "UPRAVA_TEST_DIR="+dir)
	cmd.Stderr = os.Stderr
	_, err := cmd.StdinPipe()
	require.NoError(t, err)
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	return cmd, bufio.NewScanner(stdout)
}

func open(t *testing.T, o *clickhouse.Options) clickhouse.Conn {
	t.Helper()
	c, err := clickhouse.Open(o)
	require.NoError(t, err)
	t.Cleanup(func() { c.Close() })
	return c
}

type node struct{ next *node }

func TestPanicsRecover(t *testing.T) {
	e := enginetest.Open(t)
	c := open(t, e.Options())
	dereference := func() (recovered any) {
		defer func() { recovered = recover() }()
		var n *node
		n.next = n
		return nil
	}
	for range 3 { // each new session is a chance to touch the handlers
		require.NoError(t, c.Exec(context.Background(), "SELECT 1"))
		require.ErrorContains(t, dereference().(error), "nil pointer")
		require.NoError(t, open(t, e.Options()).Ping(context.Background()))
	}
}

func TestExecWorks(t *testing.T) {
	enginetest.Open(t)
	for range 20 {
		out, err := exec.Command("sh", "-c", "echo out; exit 3").Output()
		require.Equal(t, "out\n", string(out))
		var exit *exec.ExitError
		require.ErrorAs(t, err, &exit)
		require.Equal(t, 3, exit.ExitCode())
	}
}

func TestLockedDirectoryNamesItsHolder(t *testing.T) {
	dir := enginetest.Dir(t)
	cmd, out := start(t, "hold", dir)
	require.True(t, out.Scan())

	_, err := embedded.Open(context.Background(), dir)
	var locked *embedded.LockedError
	require.ErrorAs(t, err, &locked)
	require.Equal(t, cmd.Process.Pid, locked.PID)
	require.Equal(t, dir, locked.Dir)
	require.Contains(t, locked.Command, filepath.Base(os.Args[0]))
	require.NotContains(t, err.Error(), "secret")
	require.Contains(t, err.Error(), fmt.Sprintf("process %d (", cmd.Process.Pid))

	// What a killed process leaves behind does not count.
	require.NoError(t, cmd.Process.Signal(syscall.SIGKILL))
	require.Error(t, cmd.Wait())
	e, err := embedded.Open(context.Background(), dir)
	require.NoError(t, err)
	_, err = embedded.Open(context.Background(), dir)
	require.ErrorAs(t, err, &locked)
	require.Equal(t, os.Getpid(), locked.PID)
	_, err = embedded.Open(context.Background(), t.TempDir())
	require.ErrorContains(t, err, "this process runs one in")
	require.NoError(t, e.Close())
	require.NoError(t, e.Close())
}

// Batches of 50,000 rows; the child is killed while it writes. What it had
// acknowledged is there whole, and so is or is not the batch after.
func TestKilledInsertLosesNothingAcknowledged(t *testing.T) {
	dir := enginetest.Dir(t)
	cmd, out := start(t, "insert", dir)
	last := -1
	for last < 6 && out.Scan() {
		_, err := fmt.Sscanf(out.Text(), "acknowledged %d", &last)
		require.NoError(t, err)
	}
	time.Sleep(7 * time.Millisecond) // into the next batch
	require.NoError(t, cmd.Process.Signal(syscall.SIGKILL))
	for out.Scan() {
		fmt.Sscanf(out.Text(), "acknowledged %d", &last)
	}
	require.GreaterOrEqual(t, last, 6)
	require.Error(t, cmd.Wait())

	e, err := embedded.Open(context.Background(), dir)
	require.NoError(t, err)
	defer e.Close()
	c := open(t, e.Options())
	rows, err := c.Query(context.Background(), "SELECT batch, count(), uniqExact(i), countIf(v != toString(batch * i)) FROM d.t GROUP BY batch ORDER BY batch")
	require.NoError(t, err)
	found := 0
	for rows.Next() {
		var batch, n, distinct, wrong uint64
		require.NoError(t, rows.Scan(&batch, &n, &distinct, &wrong))
		require.EqualValues(t, found, batch)
		require.EqualValues(t, batchRows, n, "batch %d is torn", batch)
		require.EqualValues(t, batchRows, distinct)
		require.Zero(t, wrong)
		found++
	}
	require.NoError(t, rows.Err())
	require.GreaterOrEqual(t, found, last+1)
	require.LessOrEqual(t, found, last+2)
}

// sockets are the inodes of the sockets this process holds.
func sockets(t *testing.T) map[string]bool {
	t.Helper()
	held := map[string]bool{}
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("this system shows no open files under /proc")
	}
	for _, fd := range fds {
		l, err := os.Readlink("/proc/self/fd/" + fd.Name())
		if inode, ok := strings.CutPrefix(l, "socket:["); err == nil && ok {
			held[strings.TrimSuffix(inode, "]")] = true
		}
	}
	return held
}

func TestNoPort(t *testing.T) {
	e := enginetest.Open(t)
	c := open(t, e.Options())
	require.NoError(t, c.Ping(context.Background()))
	inet := func() (own []string) {
		held := sockets(t)
		for _, table := range []string{"tcp", "tcp6", "udp", "udp6"} {
			b, err := os.ReadFile("/proc/self/net/" + table)
			if err != nil {
				continue
			}
			for _, line := range strings.Split(string(b), "\n")[1:] {
				if f := strings.Fields(line); len(f) > 9 && held[f[9]] {
					own = append(own, table+" "+f[1])
				}
			}
		}
		return own
	}
	require.Empty(t, inet())
	l, err := net.Listen("tcp", "127.0.0.1:0") // the check can see one
	require.NoError(t, err)
	require.Len(t, inet(), 1)
	require.ErrorContains(t, e.Serve(l), "unix socket only")
	require.Empty(t, inet())
}

func TestServe(t *testing.T) {
	e := enginetest.Open(t)
	socket := filepath.Join(t.TempDir(), "engine.sock")
	l, err := net.Listen("unix", socket)
	require.NoError(t, err)
	served := make(chan error, 1)
	go func() { served <- e.Serve(l) }()
	t.Run("suite", func(t *testing.T) { suite(t, embedded.Remote(socket)) })

	// Close ends a statement that another process waits for.
	c := open(t, embedded.Remote(socket))
	failed := make(chan error, 1)
	go func() { failed <- c.QueryRow(context.Background(), endless).Scan(new(uint64)) }()
	local := open(t, e.Options())
	require.Eventually(t, func() bool { return running(t, local, endless) == 1 }, 5*time.Second, 10*time.Millisecond)
	begin := time.Now()
	require.NoError(t, e.Close())
	require.Less(t, time.Since(begin), 2*time.Second)
	require.NoError(t, <-served)
	require.Error(t, <-failed)
	require.Error(t, local.Ping(context.Background()))
	require.ErrorIs(t, e.Serve(nothing{}), net.ErrClosed)
}

type nothing struct{ net.Listener }

func (nothing) Addr() net.Addr { return &net.UnixAddr{Net: "unix"} }
func (nothing) Close() error   { return nil }

// A client that leaves in the middle leaves nothing running and no session open.
func TestLostConnections(t *testing.T) {
	e := enginetest.Open(t)
	c := open(t, e.Options())
	ctx := context.Background()
	require.NoError(t, c.Exec(ctx, "CREATE DATABASE d"))
	require.NoError(t, c.Exec(ctx, "CREATE TABLE d.t (a UInt64) ENGINE = MergeTree ORDER BY a"))
	lose := func(use func(clickhouse.Conn, func())) {
		var mine atomic.Pointer[net.Conn]
		o := e.Options()
		dial := o.DialContext
		o.DialContext = func(ctx context.Context, addr string) (net.Conn, error) {
			c, err := dial(ctx, addr)
			mine.Store(&c)
			return c, err
		}
		other := open(t, o)
		use(other, func() { (*mine.Load()).Close() })
		other.Close()
	}
	for range 5 {
		lose(func(lost clickhouse.Conn, drop func()) {
			rows, err := lost.Query(ctx, "SELECT number FROM numbers(1000000000000)")
			require.NoError(t, err)
			require.True(t, rows.Next())
			drop()
			rows.Close()
		})
		lose(func(lost clickhouse.Conn, drop func()) {
			done := make(chan struct{})
			go func() {
				lost.QueryRow(ctx, endless).Scan(new(uint64))
				close(done)
			}()
			require.Eventually(t, func() bool { return running(t, c, endless) == 1 }, 5*time.Second, time.Millisecond)
			drop()
			<-done
		})
		lose(func(lost clickhouse.Conn, drop func()) {
			b, err := lost.PrepareBatch(ctx, "INSERT INTO d.t")
			require.NoError(t, err)
			require.NoError(t, b.Append(uint64(1)))
			require.NoError(t, b.Flush())
			drop()
			b.Abort()
		})
	}
	require.Eventually(t, func() bool { return embedded.Sessions(e) == 1 }, 3*time.Second, 10*time.Millisecond, "%d sessions", embedded.Sessions(e))
	var n uint64
	require.NoError(t, c.QueryRow(ctx, "SELECT count() FROM system.processes").Scan(&n))
	require.EqualValues(t, 1, n, "only the question itself")

	// The processor is quiet as well.
	used := func() time.Duration {
		var u syscall.Rusage
		require.NoError(t, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	require.Eventually(t, func() bool {
		before := used()
		time.Sleep(200 * time.Millisecond)
		return used()-before < 50*time.Millisecond
	}, 3*time.Second, time.Millisecond)
}

func TestExternalTablesAreRefused(t *testing.T) {
	c := open(t, enginetest.Open(t).Options())
	table, err := ext.NewTable("outside", ext.Column("a", "UInt8"))
	require.NoError(t, err)
	require.NoError(t, table.Append(uint8(1)))
	err = c.Exec(clickhouse.Context(context.Background(), clickhouse.WithExternalTable(table)), "SELECT * FROM outside")
	exceptionCode(t, 48, err, `no external tables, found outside`)
	require.NoError(t, c.Ping(context.Background()))
}

func TestValuesWithoutTypeAreRefused(t *testing.T) {
	c := open(t, enginetest.Open(t).Options())
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	for _, q := range []string{"SELECT NULL", "SELECT []", "SELECT (1, NULL)"} {
		exceptionCode(t, 48, c.Exec(ctx, q), "Nothing")
	}
	for _, q := range []string{`SELECT '{"a":1}'::JSON`, "SELECT 1::Dynamic", "SELECT 1::Variant(UInt8, String)"} {
		exceptionCode(t, 48, c.Exec(ctx, q), "does not pass on")
	}
	require.NoError(t, c.Exec(ctx, "SELECT NULL::Nullable(String), []::Array(String)"))
}

func TestNothingIsPrinted(t *testing.T) {
	dir := enginetest.Dir(t)
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), "UPRAVA_TEST_PART=quiet", "UPRAVA_TEST_DIR="+dir)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	require.Empty(t, string(out))
}

func TestDataOutliveTheEngine(t *testing.T) {
	dir := enginetest.Dir(t)
	ctx := context.Background()
	for i := range uint64(3) {
		e, err := embedded.Open(ctx, dir)
		require.NoError(t, err)
		c := open(t, e.Options())
		require.NoError(t, c.Exec(ctx, "CREATE DATABASE IF NOT EXISTS d"))
		require.NoError(t, c.Exec(ctx, "CREATE TABLE IF NOT EXISTS d.t (a UInt64) ENGINE = MergeTree ORDER BY a"))
		require.NoError(t, c.Exec(ctx, "INSERT INTO d.t VALUES (?)", i))
		var n uint64
		require.NoError(t, c.QueryRow(ctx, "SELECT count() FROM d.t").Scan(&n))
		require.Equal(t, i+1, n)
		require.NoError(t, e.Close()) // before its clients
	}
	info, err := os.Stat(dir)
	require.NoError(t, err)
	require.True(t, info.IsDir())
}
