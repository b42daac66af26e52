package clickhouse

import (
	"io/fs"
	"strings"
)

// queries are the statements of sql/queries, by the name in the comment line
// "-- name: …" above each.
var queries = mustQueries(mustSub(sqlFiles, "sql/queries"))

func mustQueries(f fs.FS) map[string]string {
	files, err := fs.Glob(f, "*.sql")
	if err != nil {
		panic("clickhouse: " + err.Error()) // a fault of the program, seen by every test
	}
	out := map[string]string{}
	for _, file := range files {
		text, err := fs.ReadFile(f, file)
		if err != nil {
			panic("clickhouse: " + err.Error())
		}
		for part := range strings.SplitSeq("\n"+string(text), "\n-- name: ") {
			name, body, ok := strings.Cut(part, "\n")
			if !ok || strings.TrimSpace(name) == "" {
				continue
			}
			name = strings.TrimSpace(name)
			if _, twice := out[name]; twice {
				panic("clickhouse: two queries are named " + name)
			}
			out[name] = strings.TrimSuffix(strings.TrimSpace(body), ";")
		}
	}
	return out
}
