package clickhouse

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"text/template"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

//go:embed sql
var sqlFiles embed.FS

// schemaSteps are the files that lead from an empty database to the present
// schema, NNNN_what.sql: step n turns version n-1 into n. A published step is
// never edited; a change is a new step, and each of its statements may be run
// again after it was interrupted.
var schemaSteps = mustSub(sqlFiles, "sql/schema")

func mustSub(f fs.FS, dir string) fs.FS {
	sub, err := fs.Sub(f, dir)
	if err != nil {
		panic("clickhouse: " + err.Error()) // a fault of the program, seen by every test
	}
	return sub
}

// deployment fills the engine clauses of a schema step: plain tables on one
// server, replicated ones on a cluster.
type deployment struct{ cluster string }

// OnCluster is the clause of a CREATE TABLE that makes the table on every node.
func (d deployment) OnCluster() string {
	if d.cluster == "" {
		return ""
	}
	return "ON CLUSTER " + quoteName(d.cluster)
}

// Engine is the engine clause of a table: its family, and the engine's arguments.
func (d deployment) Engine(family, table string, args ...string) string {
	if d.cluster != "" {
		family = "Replicated" + family
		args = append([]string{"'/clickhouse/tables/{shard}/{database}/" + table + "'", "'{replica}'"}, args...)
	}
	return family + "(" + strings.Join(args, ", ") + ")"
}

func quoteName(s string) string {
	return "`" + strings.NewReplacer(`\`, `\\`, "`", "\\`").Replace(s) + "`"
}

// NewerError says that a store was written by a newer program.
type NewerError struct{ Found, Known int }

func (e *NewerError) Error() string {
	return fmt.Sprintf("opening the store: its schema has version %d, this program knows versions up to %d; use a newer uprava", e.Found, e.Known)
}

// migrate brings the schema of the connection's database to the version of the
// last step, and refuses a newer one. Two programs may do it at once: every
// statement of a step does nothing the second time.
func migrate(ctx context.Context, conn driver.Conn, steps fs.FS, d deployment) error {
	files, err := fs.Glob(steps, "*.sql")
	if err != nil {
		return fmt.Errorf("opening the store: %w", err)
	}
	slices.Sort(files)
	create := "CREATE TABLE IF NOT EXISTS schema_version " + d.OnCluster() +
		" (version UInt32, applied DateTime64(6, 'UTC') DEFAULT now64(6)) ENGINE = " + d.Engine("MergeTree", "schema_version") + " ORDER BY version"
	if err := conn.Exec(ctx, create); err != nil {
		return fmt.Errorf("opening the store: %w", err)
	}
	var found uint32
	if err := conn.QueryRow(ctx, "SELECT max(version) FROM schema_version").Scan(&found); err != nil {
		return fmt.Errorf("opening the store: reading the version of its schema: %w", err)
	}
	if int(found) > len(files) {
		return &NewerError{int(found), len(files)}
	}
	for i, file := range files {
		version := i + 1
		if n, err := stepVersion(file); err != nil || n != version {
			return fmt.Errorf("opening the store: schema step %q: wanted number %d (%v)", file, version, err)
		}
		if version <= int(found) {
			continue
		}
		if err := apply(ctx, conn, steps, file, d); err != nil {
			return fmt.Errorf("opening the store: bringing its schema from version %d to %d: %w", version-1, version, err)
		}
		err := conn.Exec(ctx, "INSERT INTO schema_version (version) SELECT {version:UInt32}", clickhouse.Named("version", version))
		if err != nil {
			return fmt.Errorf("opening the store: recording schema version %d: %w", version, err)
		}
	}
	return nil
}

func stepVersion(file string) (int, error) {
	digits, _, ok := strings.Cut(path.Base(file), "_")
	if !ok {
		return 0, errors.New("name without a number")
	}
	return strconv.Atoi(digits)
}

func apply(ctx context.Context, conn driver.Conn, steps fs.FS, file string, d deployment) error {
	text, err := fs.ReadFile(steps, file)
	if err != nil {
		return err
	}
	t, err := template.New(file).Parse(string(text))
	if err != nil {
		return err
	}
	var b strings.Builder
	if err := t.Execute(&b, d); err != nil {
		return err
	}
	for _, statement := range statements(b.String()) {
		if err := conn.Exec(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return nil
}

// statements cuts a script at the semicolons that end its lines and leaves out
// what is only comment.
func statements(script string) []string {
	var out []string
	for part := range strings.SplitSeq(script, ";\n") {
		part = strings.TrimSuffix(strings.TrimSpace(part), ";")
		for line := range strings.Lines(part) {
			if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "--") {
				out = append(out, part)
				break
			}
		}
	}
	return out
}
