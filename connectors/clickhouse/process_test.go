package clickhouse

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/connectors"
	"github.com/uprava/uprava/connectors/clickhouse/embedded"
	"github.com/uprava/uprava/connectors/clickhouse/embedded/enginetest"
	"github.com/uprava/uprava/mining"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
)

func init() {
	children["ingest"] = func(ctx context.Context, args []string) error {
		s, err := Open(ctx, Config{Dir: args[0]})
		if err != nil {
			return err
		}
		defer s.Close()
		if s.Serves() {
			return errors.New("this process runs the engine, wanted to go through the other")
		}
		_, err = s.Ingest(ctx, "random", connectors.FromLog(logtest.Random(5, logtest.Config{})), connectors.IngestConfig{})
		return err
	}
	// It stages batches for ever, and says so after each.
	children["endless"] = func(ctx context.Context, args []string) error {
		s, err := Open(ctx, Config{Dir: args[0]})
		if err != nil {
			return err
		}
		_, err = s.Ingest(ctx, "endless", &endless{}, connectors.IngestConfig{BatchSize: 1000, Fingerprint: "x", Progress: func(p connectors.Progress) {
			if p.Events > 5000 {
				fmt.Println("staged", p.Events)
			}
		}})
		return err
	}
	children["hold"] = func(ctx context.Context, args []string) error {
		s, err := Open(ctx, Config{Dir: args[0]})
		if err != nil {
			return err
		}
		fmt.Println("holding")
		_, err = io.Copy(io.Discard, os.Stdin)
		// Built for the race detector a program ends through C, whose destructors
		// take an engine that still runs from under its own threads.
		return errors.Join(err, s.Close())
	}
}

// endless is a source without end.
type endless struct {
	n     int
	event eventlog.Event
	row   connectors.Row
}

func (e *endless) Open(context.Context) error { return nil }
func (e *endless) Close() error               { return nil }
func (e *endless) Next(ctx context.Context) (*connectors.Row, error) {
	e.event = eventlog.NewEvent(fmt.Sprint("case ", e.n/10), "a", eventlog.Stamp{Time: eventlog.Time(e.n)})
	e.n++
	e.row = connectors.Row{Event: &e.event, Case: e.event.Case, Line: int64(e.n)}
	return &e.row, ctx.Err()
}

// child runs this test binary as another process.
func child(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	c := exec.Command(self, args...)
	c.Env = append(os.Environ(), childVariable+"="+name)
	return c
}

// ownDir returns an empty data directory, once no engine runs in this process.
func ownDir(t *testing.T) string {
	t.Helper()
	enginetest.Need(t)
	if os.Getenv(dsnVariable) != "" {
		t.Skip("this test is about data directories, not servers")
	}
	require.NoError(t, closeShared())
	return t.TempDir()
}

// Another process ingests beside one that listens.
func TestIngestThroughAListeningProcess(t *testing.T) {
	dir := ownDir(t)
	ctx := context.Background()
	s, err := Open(ctx, Config{Dir: dir})
	require.NoError(t, err)
	defer s.Close()
	require.NoError(t, s.Listen())
	info, err := os.Stat(filepath.Join(dir, "engine.sock"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "the socket is its owner's alone")
	out, err := child(t, "ingest", dir).CombinedOutput()
	require.NoError(t, err, string(out))
	back, err := s.Load(ctx, "random")
	require.NoError(t, err)
	require.Empty(t, eventlog.Diff(logtest.Random(5, logtest.Config{}), back))
}

// A process that does not listen holds the directory, and is named.
func TestHeldDirectoryNamesItsHolder(t *testing.T) {
	dir := ownDir(t)
	c := child(t, "hold", dir)
	in, err := c.StdinPipe()
	require.NoError(t, err)
	out, err := c.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, c.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "holding\n", line)
	_, err = Open(context.Background(), Config{Dir: dir})
	var locked *embedded.LockedError
	require.ErrorAs(t, err, &locked)
	require.Equal(t, c.Process.Pid, locked.PID)
	require.NoError(t, in.Close())
	require.NoError(t, c.Wait())
	s, err := Open(context.Background(), Config{Dir: dir})
	require.NoError(t, err)
	require.NoError(t, s.Close())
}

// kill -9 in the middle of an ingest: the store opens again, shows nothing of
// it, and takes the log in anew.
func TestKilledIngestLeavesNothingVisible(t *testing.T) {
	dir := ownDir(t)
	c := child(t, "endless", dir)
	out, err := c.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, c.Start())
	_, err = bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	require.NoError(t, c.Process.Kill())
	_ = c.Wait()

	ctx := context.Background()
	s, err := Open(ctx, Config{Dir: dir})
	require.NoError(t, err)
	defer s.Close()
	logs, err := s.Logs(ctx)
	require.NoError(t, err)
	require.Empty(t, logs)
	_, err = s.Load(ctx, "endless")
	require.ErrorIs(t, err, mining.ErrUnknownLog)
	deadline := time.Now().Add(2 * time.Minute) // until the killed process's claim on the log lapses
	for {
		_, err = s.Ingest(ctx, "endless", connectors.FromLog(logtest.Parse("<a,b>^3")), connectors.IngestConfig{Fingerprint: "y"})
		if _, busy := errors.AsType[*BusyError](err); !busy || time.Now().After(deadline) {
			break
		}
		time.Sleep(time.Second)
	}
	require.NoError(t, err)
	l, err := s.Load(ctx, "endless")
	require.NoError(t, err)
	require.Equal(t, 6, l.Events())
}

func TestNewerSchemaIsRefused(t *testing.T) {
	dir := ownDir(t)
	ctx := context.Background()
	s, err := Open(ctx, Config{Dir: dir})
	require.NoError(t, err)
	require.NoError(t, s.conn.Exec(ctx, "INSERT INTO schema_version (version) VALUES (99)"))
	require.NoError(t, s.Close())
	_, err = Open(ctx, Config{Dir: dir})
	var newer *NewerError
	require.ErrorAs(t, err, &newer)
	require.Contains(t, err.Error(), "99")
	require.Contains(t, err.Error(), "newer uprava")
}

// An older schema is brought up to date and keeps its rows; a step that fails
// is taken again at the next opening.
func TestOlderSchemaMigratesWithoutLoss(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	require.NoError(t, s.conn.Exec(ctx, "TRUNCATE TABLE schema_version"))
	steps := fstest.MapFS{"0001_first.sql": {Data: []byte("CREATE TABLE IF NOT EXISTS old (a UInt32) ENGINE = {{.Engine \"MergeTree\" \"old\"}} ORDER BY a;\n")}}
	require.NoError(t, migrate(ctx, s.conn, steps, deployment{}))
	require.NoError(t, s.conn.Exec(ctx, "INSERT INTO old VALUES (1), (2)"))
	steps["0002_second.sql"] = &fstest.MapFile{Data: []byte("ALTER TABLE old ADD COLUMN IF NOT EXISTS b UInt32 DEFAULT a * 10;\nTHIS IS NO STATEMENT;\n")}
	require.ErrorContains(t, migrate(ctx, s.conn, steps, deployment{}), "from version 1 to 2")
	steps["0002_second.sql"] = &fstest.MapFile{Data: []byte("ALTER TABLE old ADD COLUMN IF NOT EXISTS b UInt32 DEFAULT a * 10;\n")}
	require.NoError(t, migrate(ctx, s.conn, steps, deployment{}))
	require.NoError(t, migrate(ctx, s.conn, steps, deployment{}), "again does nothing")
	var n, sum uint64
	require.NoError(t, s.conn.QueryRow(ctx, "SELECT count(), sum(b) FROM old").Scan(&n, &sum))
	require.EqualValues(t, 2, n)
	require.EqualValues(t, 30, sum)
	delete(steps, "0002_second.sql")
	var newer *NewerError
	require.ErrorAs(t, migrate(ctx, s.conn, steps, deployment{}), &newer)
}

func TestRenameAndDelete(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	for _, name := range []string{"a", "b"} {
		require.NoError(t, s.Save(ctx, name, logtest.Parse("<a,b>^2")))
	}
	require.Error(t, s.Rename(ctx, "a", "b"), "a name is taken once")
	for _, bad := range []string{"", "x\ny", strings.Repeat("я", 201)} {
		require.Error(t, s.Rename(ctx, "a", bad))
	}
	require.NoError(t, s.Rename(ctx, "a", "новое имя; DROP TABLE logs --"))
	require.ErrorIs(t, s.Rename(ctx, "a", "c"), mining.ErrUnknownLog)
	require.NoError(t, s.Delete(ctx, "b"))
	require.ErrorIs(t, s.Delete(ctx, "b"), mining.ErrUnknownLog)
	logs, err := s.Logs(ctx)
	require.NoError(t, err)
	require.Len(t, logs, 1)
	require.Equal(t, "новое имя; DROP TABLE logs --", logs[0].Name)
	l, err := s.Load(ctx, logs[0].Name)
	require.NoError(t, err)
	require.Equal(t, 4, l.Events())
}

func BenchmarkStore(b *testing.B) {
	enginetest.Need(b)
	builder := eventlog.NewBuilder("bench")
	const events = 1_000_000
	names := []string{"приём", "проверка", "запрос", "решение", "выдача"}
	for i := range events {
		e := eventlog.NewEvent(fmt.Sprint("case ", i/10), names[(i*7)%5], eventlog.Stamp{Time: eventlog.Time(i) * 1e6})
		e.Resource = names[i%3]
		if err := builder.Add(&e); err != nil {
			b.Fatal(err)
		}
	}
	l := builder.Log()
	s := openBench(b)
	ctx := context.Background()
	perEvent := func(b *testing.B) {
		b.ReportMetric(float64(events)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
	}
	b.Run("ingest", func(b *testing.B) {
		for i := range b.N {
			_, err := s.Ingest(ctx, fmt.Sprint("bench", i), connectors.FromLog(l), connectors.IngestConfig{})
			require.NoError(b, err)
		}
		perEvent(b)
		info, err := s.Log(ctx, "bench0")
		require.NoError(b, err)
		b.ReportMetric(float64(info.Bytes)/events, "B/event")
	})
	b.Run("load", func(b *testing.B) {
		for range b.N {
			_, err := s.Load(ctx, "bench0")
			require.NoError(b, err)
		}
		perEvent(b)
	})
	b.Run("directly-follows", func(b *testing.B) {
		for range b.N {
			_, err := s.Source("bench0").DirectlyFollows(ctx, mining.Instances)
			require.NoError(b, err)
		}
		perEvent(b)
	})
}

// BenchmarkGrowth asks the engine for directly-follows graphs of synthetic logs of as
// many million events as UPRAVA_GROWTH lists, such as 1,10,100.
func BenchmarkGrowth(b *testing.B) {
	sizes := os.Getenv("UPRAVA_GROWTH")
	if sizes == "" {
		b.Skip("UPRAVA_GROWTH lists no sizes, such as 1,10,100 for so many million events")
	}
	enginetest.Need(b)
	ctx := context.Background()
	s := openBench(b)
	for _, size := range strings.Split(sizes, ",") {
		millions, err := strconv.Atoi(size)
		require.NoError(b, err)
		const part = 10_000_000 // events of one log in memory
		name := "growth" + size
		for done := 0; done < millions*1_000_000; done += part {
			n := min(part, millions*1_000_000-done)
			c := &eventlog.Columns{Activities: []string{"приём", "проверка", "запрос", "решение", "выдача"}}
			for i := range n {
				c.Activity, c.Time = append(c.Activity, eventlog.Code(i*7%5)), append(c.Time, eventlog.Time(done+i)*1e6)
				if i%10 == 9 {
					c.Cases, c.Ends = append(c.Cases, strconv.Itoa((done+i)/10)), append(c.Ends, uint32(i+1))
				}
			}
			c.Zone = make([]eventlog.Zone, len(c.Time))
			l, err := eventlog.FromColumns(name, nil, c)
			require.NoError(b, err)
			_, err = s.Ingest(ctx, name, connectors.FromLog(l), connectors.IngestConfig{})
			require.NoError(b, err)
		}
		b.Run(size+"M/directly-follows", func(b *testing.B) {
			for b.Loop() {
				_, err := s.Source(name).DirectlyFollows(ctx, mining.Instances)
				require.NoError(b, err)
			}
			b.ReportMetric(float64(millions)*1e6*float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

func openBench(b *testing.B) *Store {
	require.NoError(b, closeShared())
	s, err := Open(context.Background(), Config{Dir: b.TempDir()})
	require.NoError(b, err)
	b.Cleanup(func() { s.Close() })
	return s
}
