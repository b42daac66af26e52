package embedded_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/uprava/uprava/connectors/clickhouse/embedded/enginetest"
)

// TestEmbedded runs the suite against the engine, plain and compressed, through
// the in-process pipe.
func TestEmbedded(t *testing.T) {
	e := enginetest.Open(t)
	for _, m := range []clickhouse.CompressionMethod{clickhouse.CompressionNone, clickhouse.CompressionLZ4} {
		t.Run(m.String(), func(t *testing.T) {
			o := e.Options()
			o.Compression = &clickhouse.Compression{Method: m}
			suite(t, o)
		})
	}
}

// TestServer runs the same suite against a server, so that the embedded engine
// is held to what a server does.
func TestServer(t *testing.T) {
	dsn := os.Getenv("UPRAVA_CLICKHOUSE_DSN")
	if dsn == "" {
		t.Skip("no server to test against: set UPRAVA_CLICKHOUSE_DSN to clickhouse://user:password@host:9000")
	}
	o, err := clickhouse.ParseDSN(dsn)
	require.NoError(t, err)
	suite(t, o)
}

const suiteDB = "uprava_embedded_suite"

// suite is what the warehouse needs of ClickHouse, as a client sees it.
func suite(t *testing.T, o *clickhouse.Options) {
	ctx := context.Background()
	c, err := clickhouse.Open(o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	require.NoError(t, c.Ping(ctx))
	exec := func(q string) { t.Helper(); require.NoError(t, c.Exec(ctx, q), q) }
	exec("DROP DATABASE IF EXISTS " + suiteDB + " SYNC")
	exec("CREATE DATABASE " + suiteDB)
	t.Cleanup(func() { require.NoError(t, c.Exec(ctx, "DROP DATABASE "+suiteDB+" SYNC")) })

	t.Run("rich types", func(t *testing.T) { richTypes(t, c) })
	t.Run("parameters", func(t *testing.T) { queryParameters(t, c) })
	t.Run("empty results", func(t *testing.T) { emptyResults(t, c) })
	t.Run("exceptions", func(t *testing.T) { exceptions(t, c) })
	t.Run("settings", func(t *testing.T) { querySettings(t, c) })
	t.Run("database", func(t *testing.T) { ownDatabase(t, o) })
	t.Run("inserts", func(t *testing.T) { inserts(t, c) })
	t.Run("concurrent", func(t *testing.T) { concurrent(t, c) })
	t.Run("a million rows", func(t *testing.T) { millionRows(t, c) })
	t.Run("cancel", func(t *testing.T) { cancels(t, c) })
}

func richTypes(t *testing.T, c driver.Conn) {
	ctx := context.Background()
	require.NoError(t, c.Exec(ctx, `CREATE TABLE `+suiteDB+`.rich (
		case_id String, activity LowCardinality(String), at DateTime64(6, 'UTC'), who Nullable(String),
		attrs Map(String, String), tags Array(LowCardinality(String)), id UUID, price Decimal(18, 4), f Float64,
		e Enum8('start' = 1, 'complete' = 2), small UInt16, pair Tuple(Int32, String), day Date32,
		note LowCardinality(Nullable(String)), deep Array(Array(Nullable(Int64))), fixed FixedString(3), yes Bool
	) ENGINE = MergeTree ORDER BY (case_id, at)`))
	bob, note := "Боб", "so"
	one, price := int64(-1), "1.5"
	at := time.Date(1987, 2, 3, 4, 5, 6, 789012000, time.UTC)
	b, err := c.PrepareBatch(ctx, "INSERT INTO "+suiteDB+".rich")
	require.NoError(t, err)
	const n = 1000
	for i := range n {
		who, remark := &bob, &note
		if i%2 == 1 {
			who, remark = nil, nil
		}
		require.NoError(t, b.Append(fmt.Sprintf("c%04d", i), "заявление", at.Add(time.Duration(i)*time.Microsecond), who,
			map[string]string{"k": "v'"}, []string{"x", "y"}, "00000000-0000-0000-0000-000000000001", price, 2.5, "complete",
			uint16(i), []any{int32(i), "p"}, at, remark, [][]*int64{{&one, nil}, {}}, "abc", i%2 == 0))
	}
	require.NoError(t, b.Send())

	var (
		caseID, activity, e, fixed, id string
		got, day                       time.Time
		who, remark                    *string
		attrs                          map[string]string
		tags                           []string
		small                          uint16
		deep                           [][]*int64
		yes                            bool
		f                              float64
	)
	row := c.QueryRow(ctx, `SELECT case_id, activity, at, who, attrs, tags, toString(id), f, e, small, day, note, deep, fixed, yes
		FROM `+suiteDB+`.rich WHERE case_id IN ('c0002', 'c0003') ORDER BY case_id LIMIT 1`)
	require.NoError(t, row.Scan(&caseID, &activity, &got, &who, &attrs, &tags, &id, &f, &e, &small, &day, &remark, &deep, &fixed, &yes))
	require.Equal(t, "c0002", caseID)
	require.Equal(t, "заявление", activity)
	require.True(t, got.Equal(at.Add(2*time.Microsecond)), got)
	require.Equal(t, "Боб", *who)
	require.Equal(t, map[string]string{"k": "v'"}, attrs)
	require.Equal(t, []string{"x", "y"}, tags)
	require.Equal(t, "complete", e)
	require.EqualValues(t, 2, small)
	require.Equal(t, "1987-02-03", day.Format(time.DateOnly))
	require.Equal(t, "so", *remark)
	require.Len(t, deep, 2)
	require.EqualValues(t, -1, *deep[0][0])
	require.Nil(t, deep[0][1])
	require.Equal(t, "abc", fixed)
	require.True(t, yes)

	var rows, nulls uint64
	var sum string
	require.NoError(t, c.QueryRow(ctx, `SELECT count(), countIf(who IS NULL AND note IS NULL), toString(sum(price)) FROM `+suiteDB+`.rich`).Scan(&rows, &nulls, &sum))
	require.EqualValues(t, n, rows)
	require.EqualValues(t, n/2, nulls)
	require.Equal(t, "1500", sum)
}

func queryParameters(t *testing.T, c driver.Conn) {
	ctx := context.Background()
	for _, s := range []string{``, `plain`, `it's`, `'`, `''`, `a "q" \ b`, `\'`, `\\`, "tab\tnewline\nend\r", `{x:String}`, "`", `управа; DROP TABLE x --`, `\N`, `?`} {
		var got string
		require.NoError(t, c.QueryRow(ctx, "SELECT {v:String}", clickhouse.Named("v", s)).Scan(&got), "%q", s)
		require.Equal(t, s, got)
		require.NoError(t, c.QueryRow(ctx, "SELECT ?", s).Scan(&got), "%q", s)
		require.Equal(t, s, got)
		require.NoError(t, c.QueryRow(ctx, "SELECT arrayElement({v:Array(String)}, 2)", clickhouse.Named("v", []string{"x", s})).Scan(&got), "%q", s)
		require.Equal(t, s, got)
	}
	at := time.Date(2024, 5, 6, 7, 8, 9, 123456000, time.UTC)
	var got time.Time
	require.NoError(t, c.QueryRow(ctx, "SELECT {at:DateTime64(6, 'UTC')}", clickhouse.Named("at", at)).Scan(&got))
	require.True(t, got.Equal(at), got)
	var n int64
	require.NoError(t, c.QueryRow(ctx, "SELECT {a:Int64} + {b:Int64}", clickhouse.Named("a", 40), clickhouse.Named("b", 2)).Scan(&n))
	require.EqualValues(t, 42, n)
	var null *string
	require.NoError(t, c.QueryRow(ctx, "SELECT {v:Nullable(String)}", clickhouse.Named("v", nil)).Scan(&null))
	require.Nil(t, null)
	exceptionCode(t, 456, c.Exec(ctx, "SELECT {missing:String}"), "UNKNOWN_QUERY_PARAMETER")
}

func emptyResults(t *testing.T, c driver.Conn) {
	ctx := context.Background()
	for q, want := range map[string][]string{
		"SELECT 1 AS a, toLowCardinality('x') AS b, [toNullable(1)] AS c WHERE 0":                   {"a", "b", "c"},
		"SELECT number AS n FROM numbers(10) WHERE number > {v:UInt64} ; ":                          {"n"},
		"WITH 1 AS one SELECT one, map('k', 1) AS m FROM numbers(0) -- and that is all":             {"one", "m"},
		"SHOW TABLES FROM " + suiteDB + " LIKE 'nosuch'":                                            {"name"},
		"/* a remark */ (SELECT 1 AS a WHERE 0) UNION ALL (SELECT 2 WHERE 0)":                       {"a"},
		"SELECT count() AS n FROM numbers(5) GROUP BY number HAVING n > 1 SETTINGS max_threads = 1": {"n"},
	} {
		rows, err := c.Query(ctx, q, clickhouse.Named("v", 100))
		require.NoError(t, err, q)
		require.Equal(t, want, rows.Columns(), q)
		require.False(t, rows.Next(), q)
		require.NoError(t, rows.Err(), q)
		require.NoError(t, rows.Close())
	}
	var s string
	require.NoError(t, c.QueryRow(ctx, "EXISTS DATABASE "+suiteDB).Scan(new(uint8)))
	require.NoError(t, c.QueryRow(ctx, "SHOW CREATE TABLE "+suiteDB+".rich").Scan(&s))
	require.Contains(t, s, "MergeTree")
	rows, err := c.Query(ctx, "DESCRIBE TABLE "+suiteDB+".rich")
	require.NoError(t, err)
	require.True(t, rows.Next())
	require.NoError(t, rows.Close())
}

func exceptionCode(t *testing.T, code int32, err error, text string) {
	t.Helper()
	var ex *clickhouse.Exception
	require.ErrorAs(t, err, &ex)
	require.EqualValues(t, code, ex.Code, ex.Message)
	require.Equal(t, "DB::Exception", ex.Name)
	require.Contains(t, ex.Message, text)
	require.False(t, strings.HasPrefix(ex.Message, "Code:"), ex.Message)
}

func exceptions(t *testing.T, c driver.Conn) {
	ctx := context.Background()
	exceptionCode(t, 47, c.Exec(ctx, "SELECT nope FROM "+suiteDB+".rich"), "nope")
	exceptionCode(t, 60, c.Exec(ctx, "SELECT * FROM "+suiteDB+".nosuch"), "nosuch")
	exceptionCode(t, 62, c.Exec(ctx, "SELEKT 1"), "SELEKT")
	exceptionCode(t, 81, c.Exec(ctx, "CREATE TABLE nosuch_database.t (a Int8) ENGINE = Memory"), "nosuch_database")
	exceptionCode(t, 115, c.Exec(clickhouse.Context(ctx, clickhouse.WithSettings(clickhouse.Settings{"nosuch_setting": 1, "max_threads": 1})), "SELECT 1"), "nosuch_setting")
	_, err := c.PrepareBatch(ctx, "INSERT INTO "+suiteDB+".nosuch (a)")
	exceptionCode(t, 60, err, "nosuch")
	_, err = c.PrepareBatch(ctx, "INSERT INTO "+suiteDB+".rich (nosuch)")
	var ex *clickhouse.Exception
	require.ErrorAs(t, err, &ex)

	// In mid-stream: some blocks arrive, then the exception.
	rows, err := c.Query(ctx, "SELECT throwIf(number = 3000000) FROM numbers(10000000) SETTINGS max_block_size = 10000")
	require.NoError(t, err)
	n := 0
	for rows.Next() {
		n++
	}
	exceptionCode(t, 395, rows.Err(), "throwIf")
	require.Positive(t, n)
	rows.Close() // says it again
	require.NoError(t, c.Ping(ctx))
}

func querySettings(t *testing.T, c driver.Conn) {
	ctx := context.Background()
	with := func(s clickhouse.Settings) context.Context {
		return clickhouse.Context(ctx, clickhouse.WithSettings(s))
	}
	value := func(ctx context.Context, name string) (v string) {
		t.Helper()
		require.NoError(t, c.QueryRow(ctx, "SELECT toString(getSetting({n:String}))", clickhouse.Named("n", name)).Scan(&v))
		return v
	}
	before := value(ctx, "max_block_size")
	for range 3 { // on whichever connection of the pool
		require.Equal(t, "1234", value(with(clickhouse.Settings{"max_block_size": 1234}), "max_block_size"))
		require.Equal(t, "77", value(with(clickhouse.Settings{"max_block_size": 77, "max_threads": 1}), "max_block_size"))
		require.Equal(t, before, value(ctx, "max_block_size"))
	}
	rows, err := c.Query(with(clickhouse.Settings{"max_result_rows": 5, "result_overflow_mode": "throw"}), "SELECT number FROM numbers(100)")
	if err == nil {
		for rows.Next() {
		}
		err = rows.Err()
		rows.Close()
	}
	exceptionCode(t, 396, err, "TOO_MANY_ROWS_OR_BYTES")
	require.Contains(t, value(with(clickhouse.Settings{"log_comment": "it's mine"}), "log_comment"), "it's mine")
	require.Equal(t, "Europe/Moscow", value(with(clickhouse.Settings{"session_timezone": "Europe/Moscow"}), "session_timezone"))
	require.NotEqual(t, "Europe/Moscow", value(ctx, "session_timezone"))
}

func ownDatabase(t *testing.T, o *clickhouse.Options) {
	own := *o
	own.Auth.Database = suiteDB
	c, err := clickhouse.Open(&own)
	require.NoError(t, err)
	defer c.Close()
	var db string
	require.NoError(t, c.QueryRow(context.Background(), "SELECT currentDatabase()").Scan(&db))
	require.Equal(t, suiteDB, db)
	own.Auth.Database = "nosuch_database"
	none, err := clickhouse.Open(&own)
	require.NoError(t, err)
	defer none.Close()
	exceptionCode(t, 81, none.Ping(context.Background()), "nosuch_database")
}

func inserts(t *testing.T, c driver.Conn) {
	ctx := context.Background()
	require.NoError(t, c.Exec(ctx, "CREATE TABLE "+suiteDB+".`odd name` (`a b` UInt64, s LowCardinality(String) DEFAULT 'd', m UInt64 MATERIALIZED `a b` * 2) ENGINE = MergeTree ORDER BY `a b` SETTINGS non_replicated_deduplication_window = 100"))
	count := func() (n uint64) {
		t.Helper()
		require.NoError(t, c.QueryRow(ctx, "SELECT count() FROM "+suiteDB+".`odd name`").Scan(&n))
		return n
	}
	into := "INSERT INTO " + suiteDB + ".`odd name` (`a b`)"
	if b, err := c.PrepareBatch(ctx, into); err == nil { // clickhouse-go's own parser may refuse the space
		require.NoError(t, b.Append(uint64(1)))
		require.NoError(t, b.Send())
	} else {
		require.NoError(t, c.Exec(ctx, into+" VALUES (1)"))
	}
	require.NoError(t, c.Exec(ctx, into+" VALUES (2), (3)"))
	require.NoError(t, c.Exec(ctx, into+" SELECT number + 10 FROM numbers(5)"))
	require.EqualValues(t, 8, count())

	require.NoError(t, c.Exec(ctx, "CREATE TABLE "+suiteDB+".dedup (id UInt64) ENGINE = MergeTree ORDER BY id SETTINGS non_replicated_deduplication_window = 100"))
	for range 2 { // the same token twice adds once
		b, err := c.PrepareBatch(clickhouse.Context(ctx, clickhouse.WithSettings(clickhouse.Settings{"insert_deduplication_token": "t1"})), "INSERT INTO "+suiteDB+".dedup (id)")
		require.NoError(t, err)
		require.NoError(t, b.Append(uint64(7)))
		require.NoError(t, b.Send())
	}
	var n uint64
	require.NoError(t, c.QueryRow(ctx, "SELECT count() FROM "+suiteDB+".dedup").Scan(&n))
	require.EqualValues(t, 1, n)

	empty, err := c.PrepareBatch(ctx, "INSERT INTO "+suiteDB+".dedup (id)")
	require.NoError(t, err)
	require.NoError(t, empty.Send())
	given, err := c.PrepareBatch(ctx, "INSERT INTO "+suiteDB+".dedup (id)")
	require.NoError(t, err)
	require.NoError(t, given.Append(uint64(8)))
	require.NoError(t, given.Abort())
	require.NoError(t, c.QueryRow(ctx, "SELECT count() FROM "+suiteDB+".dedup").Scan(&n))
	require.EqualValues(t, 1, n, "an aborted batch adds nothing")

	// A constraint fails when the rows are in: the batch says so, the connection lives.
	require.NoError(t, c.Exec(ctx, "CREATE TABLE "+suiteDB+".strict (id UInt64, CONSTRAINT small CHECK id < 10) ENGINE = MergeTree ORDER BY id"))
	b, err := c.PrepareBatch(ctx, "INSERT INTO "+suiteDB+".strict (id)")
	require.NoError(t, err)
	require.NoError(t, b.Append(uint64(11)))
	exceptionCode(t, 469, b.Send(), "small")
	require.NoError(t, c.Ping(ctx))
}

func concurrent(t *testing.T, c driver.Conn) {
	var g errgroup.Group
	for i := range uint64(8) {
		g.Go(func() error {
			for range 10 {
				var got uint64
				if err := c.QueryRow(context.Background(), "SELECT sum(number) + {i:UInt64} FROM numbers(100000)", clickhouse.Named("i", i)).Scan(&got); err != nil {
					return err
				}
				if want := 4999950000 + i; got != want {
					return fmt.Errorf("found %d, wanted %d", got, want)
				}
			}
			return nil
		})
	}
	require.NoError(t, g.Wait())
}

func millionRows(t *testing.T, c driver.Conn) {
	ctx := context.Background()
	const n = 1_000_000
	require.NoError(t, c.Exec(ctx, "CREATE TABLE "+suiteDB+".m (id UInt64, a LowCardinality(String), at DateTime64(6, 'UTC')) ENGINE = MergeTree ORDER BY id"))
	ids, names, times := make([]uint64, n), make([]string, n), make([]time.Time, n)
	for i := range ids {
		ids[i], names[i], times[i] = uint64(i), "activity "+string(rune('a'+i%26)), time.UnixMicro(1_700_000_000_000_000+int64(i))
	}
	b, err := c.PrepareBatch(ctx, "INSERT INTO "+suiteDB+".m (id, a, at)")
	require.NoError(t, err)
	require.NoError(t, b.Column(0).Append(ids))
	require.NoError(t, b.Column(1).Append(names))
	require.NoError(t, b.Column(2).Append(times))
	start := time.Now()
	require.NoError(t, b.Send())
	sent := time.Since(start)
	start = time.Now()
	rows, err := c.Query(ctx, "SELECT id, a, at FROM "+suiteDB+".m")
	require.NoError(t, err)
	var sum, got uint64
	for rows.Next() {
		var id uint64
		var a string
		var at time.Time
		require.NoError(t, rows.Scan(&id, &a, &at))
		if a != names[id] || !at.Equal(times[id]) {
			t.Fatalf("row %d: found %q at %v, wanted %q at %v", id, a, at, names[id], times[id])
		}
		sum += id
		got++
	}
	require.NoError(t, rows.Err())
	require.EqualValues(t, n, got)
	require.EqualValues(t, uint64(n)*(n-1)/2, sum)
	t.Logf("a million rows of three columns: sent in %v, read in %v", sent, time.Since(start))
}

// endless is a query that ends by cancellation only, in any reasonable time.
const endless = "SELECT count() FROM numbers(1000000000000) WHERE cityHash64(number) % 7 = 9"

// running counts the queries, of other connections, whose text begins so.
func running(t *testing.T, c driver.Conn, prefix string) (n uint64) {
	t.Helper()
	require.NoError(t, c.QueryRow(context.Background(), "SELECT count() FROM system.processes WHERE startsWith(query, {p:String})", clickhouse.Named("p", prefix)).Scan(&n))
	return n
}

// cancels shows that a query has stopped in the engine, not only its client,
// when the context ends: before the first row, between rows, in an INSERT SELECT.
func cancels(t *testing.T, c driver.Conn) {
	stopped := func(prefix string) {
		t.Helper()
		require.Eventually(t, func() bool { return running(t, c, prefix) == 0 }, 2*time.Second, 20*time.Millisecond, "still running: %s", prefix)
	}
	started := func(prefix string) {
		t.Helper()
		require.Eventually(t, func() bool { return running(t, c, prefix) == 1 }, 5*time.Second, 20*time.Millisecond, "never seen running: %s", prefix)
	}
	begin := func(prefix string, f func(context.Context) error) {
		t.Helper()
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- f(ctx) }()
		started(prefix)
		cancel()
		err := <-done
		require.Error(t, err)
		require.True(t, errors.Is(err, context.Canceled), "%v", err)
		stopped(prefix)
	}
	begin(endless, func(ctx context.Context) error { return c.QueryRow(ctx, endless).Scan(new(uint64)) })
	require.NoError(t, c.Exec(context.Background(), "CREATE TABLE "+suiteDB+".never (id UInt64) ENGINE = MergeTree ORDER BY id"))
	insert := "INSERT INTO " + suiteDB + ".never SELECT number FROM numbers(1000000000000) WHERE cityHash64(number) % 7 = 9"
	begin(insert, func(ctx context.Context) error { return c.Exec(ctx, insert) })

	slow := "SELECT number FROM numbers(1000000000000) WHERE number % 3 = 1 SETTINGS max_block_size = 1000"
	ctx, cancel := context.WithCancel(context.Background())
	rows, err := c.Query(ctx, slow)
	require.NoError(t, err)
	for range 10_000 {
		require.True(t, rows.Next())
	}
	require.EqualValues(t, 1, running(t, c, slow))
	cancel()
	stopped(slow)
	rows.Close()
	require.NoError(t, c.Ping(context.Background()))
}
