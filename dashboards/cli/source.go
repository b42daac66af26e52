package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/uprava/uprava/connectors"
	"github.com/uprava/uprava/connectors/csvlog"
	"github.com/uprava/uprava/connectors/parquet"
	"github.com/uprava/uprava/connectors/xes"
)

// formats are the kinds of files that can be read, by their extensions. The
// list is explicit: a source that is not here does not exist.
const formats = ".xes, .xes.gz, .csv, .tsv, .txt, .parquet"

// openSource returns the source for a file by its extension; csv says how a CSV
// is to be read.
func openSource(path string, csv csvlog.Config) (connectors.Source, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, usageError{fmt.Errorf("%q is a folder, wanted a file (%s)", path, formats)}
	}
	switch name := strings.ToLower(filepath.Base(path)); {
	case strings.HasSuffix(name, ".xes"), strings.HasSuffix(name, ".xes.gz"), strings.HasSuffix(name, ".xml"), strings.HasSuffix(name, ".xml.gz"):
		return xes.Open(path), nil
	case strings.HasSuffix(name, ".csv"), strings.HasSuffix(name, ".tsv"), strings.HasSuffix(name, ".txt"):
		return csvlog.Open(path, csv), nil
	case strings.HasSuffix(name, ".parquet"):
		return parquet.Open(path), nil
	}
	return nil, usageError{fmt.Errorf("no reader for %q, wanted one of %s", path, formats)}
}

// logName is the name of a log that was not given one: the file's, lower case,
// without its extensions.
func logName(path string) string {
	name := strings.ToLower(filepath.Base(path))
	name = strings.TrimSuffix(name, ".gz")
	return strings.TrimSuffix(name, filepath.Ext(name))
}
