package cli

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares with testdata/name, which -update rewrites. Goldens pin the
// format; what is true of the numbers is proved elsewhere.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "run the test with -update")
	require.Equal(t, string(want), got)
}

const permits = "case,activity,start,time,resource\n" +
	"1,приём,2019-03-04T09:00:00+03:00,2019-03-04T09:10:00+03:00,A\n" +
	"1,проверка,2019-03-05T10:00:00+03:00,2019-03-05T12:00:00+03:00,B\n" +
	"1,решение,2019-03-07T09:00:00+03:00,2019-03-07T09:30:00+03:00,C\n" +
	"2,приём,2019-03-05T09:00:00+03:00,2019-03-05T09:10:00+03:00,A\n" +
	"2,решение,,2019-03-06T09:30:00+03:00,C\n" +
	"3,приём,2019-03-06T09:00:00+03:00,2019-03-06T09:20:00+03:00,A\n" +
	"3,проверка,2019-03-06T10:00:00+03:00,не время,B\n"

func TestContracts(t *testing.T) {
	s := newShell(t)
	dir := t.TempDir()
	t.Chdir(dir)
	require.NoError(t, os.WriteFile("permits.csv", []byte(permits), 0o600))
	ingest := s.ok("ingest", "permits.csv", "--json")
	again := s.ok("ingest", "permits.csv", "--json")
	mine := s.ok("mine", "permits", "--json")
	recorded := s.ok("mine", "permits", "--events", "recorded", "--json")
	tree := s.ok("discover", "permits")
	table := s.ok("mine", "permits", "--lang", "ru")
	quarantine := s.ok("logs", "show", "permits", "--quarantine", "--json")
	s.ok("fit", "permits", "--out", "twin")
	simulate := s.ok("simulate", "twin", "--replications", "3", "--cases", "20", "--json")
	changed := s.ok("simulate", "twin", "--replications", "3", "--cases", "20", "--lever", "step:проверка*0.5", "--json")
	t.Chdir(here)
	schema, err := os.ReadFile("ingest.schema.json")
	require.NoError(t, err)
	check(t, schema, ingest)
	check(t, schema, again)
	golden(t, "ingest.json", ingest)
	golden(t, "ingest-again.json", again)
	golden(t, "mine.json", mine)
	golden(t, "mine-recorded.json", recorded)
	golden(t, "discover.txt", tree)
	golden(t, "mine-ru.txt", table)
	golden(t, "quarantine.json", quarantine)
	golden(t, "simulate.json", simulate)
	golden(t, "simulate-lever.json", changed)
}

var here = func() string {
	dir, err := os.Getwd()
	if err != nil {
		panic(err)
	}
	return dir
}()
