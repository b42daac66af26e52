package cli

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/uprava/uprava/connectors/csvlog"
	"github.com/uprava/uprava/connectors/parquet"
	"github.com/uprava/uprava/connectors/xes"
	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/mining/eventlog"
)

func (a *app) export() *cobra.Command {
	var out string
	c := &cobra.Command{
		Use:   "export LOG --out FILE",
		Short: "Write a log of the store to a file",
		Long: `Writes a log as XES (.xes, .xes.gz), CSV (.csv) or Parquet (.parquet), by the
ending of the file's name. Reading the file gives the same log.`,
		Example: "  uprava export receipt --out receipt.parquet",
		Args:    cobra.ExactArgs(1),
	}
	c.Flags().StringVarP(&out, "out", "o", "", "file to write; an existing one is replaced")
	c.RunE = func(c *cobra.Command, args []string) error {
		write, err := writerFor(out)
		if err != nil {
			return err
		}
		return a.withDesk(c.Context(), func(d *desk.Desk) error {
			l, err := d.Store().Load(c.Context(), args[0])
			if err != nil {
				return err
			}
			if err := writeFile(out, func(w io.Writer) error { return write(w, l) }); err != nil {
				return err
			}
			t := a.lang()
			fmt.Fprintln(a.stdout, t.T("cli.exported", plain(args[0]), t.Count("case", int64(l.Cases())), t.Count("event", int64(l.Events())), out))
			return nil
		})
	}
	return c
}

// writerFor returns the writer for a file by its extension.
func writerFor(path string) (func(io.Writer, *eventlog.Log) error, error) {
	switch name := strings.ToLower(path); {
	case path == "":
		return nil, usageError{errors.New("--out FILE is needed: .xes, .xes.gz, .csv or .parquet")}
	case strings.HasSuffix(name, ".xes"):
		return xes.Write, nil
	case strings.HasSuffix(name, ".xes.gz"):
		return func(w io.Writer, l *eventlog.Log) error {
			z := gzip.NewWriter(w) // no name and no time inside: the same log gives the same bytes
			if err := xes.Write(z, l); err != nil {
				return err
			}
			return z.Close()
		}, nil
	case strings.HasSuffix(name, ".csv"):
		return csvlog.Write, nil
	case strings.HasSuffix(name, ".parquet"):
		return parquet.Write, nil
	}
	return nil, usageError{fmt.Errorf("no writer for %q, wanted .xes, .xes.gz, .csv or .parquet", path)}
}

// writeFile writes a file whole or not at all.
func writeFile(path string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".uprava-*")
	if err != nil {
		return fmt.Errorf("writing %q: %w", path, err)
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
			err = fmt.Errorf("writing %q: %w", path, err)
		}
	}()
	if err := write(f); err != nil {
		return err
	}
	if err := f.Chmod(0o644); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
