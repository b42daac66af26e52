// Package cli is the command line: it parses flags, draws progress and tables,
// and prints the JSON that scripts rely on. What the commands do is done by the
// packages below; the joining of store, miner, twin and simulator is in desk.
//
// Standard output holds the result and nothing else, so that it can be piped;
// progress, warnings and errors go to standard error.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/uprava/uprava/connectors"
	"github.com/uprava/uprava/connectors/clickhouse"
	"github.com/uprava/uprava/connectors/clickhouse/embedded"
	"github.com/uprava/uprava/dashboards/auth"
	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/report/archive"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/datasets"
	"github.com/uprava/uprava/mining/measure"
)

// version is set by the linker; `make build` gives the commit.
var version = "unknown"

// Exit codes, documented by `uprava help exit-codes`.
const (
	exitOK          = 0
	exitFailure     = 1
	exitUsage       = 2
	exitBadInput    = 3
	exitNotFound    = 4
	exitNoStore     = 5
	exitInterrupted = 130
)

const exitCodes = `  0    done
  1    failed for a reason that the message tells
  2    the command line is wrong
  3    the input is bad: a file, model or scenario that cannot be read; the store is unchanged
  4    there is no log, pack or process of that name
  5    the store cannot be used: no engine, no server, or another process holds the directory
  130  interrupted; nothing half-done is kept`

// app is what all commands share.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	dataDir, dsn   string
	language       string
}

// Main runs the command line of this process and returns its exit code. The
// first interrupt ends the command in good order, the second at once.
func Main() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return Run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
}

// Run runs one command line and returns its exit code.
func Run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	a := &app{stdin: &counted{in: stdin}, stdout: &counted{out: stdout}, stderr: stderr}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	code := exitCode(ctx, err)
	if code == exitInterrupted {
		fmt.Fprintln(stderr, "uprava: interrupted")
		return code
	}
	fmt.Fprintln(stderr, "uprava:", measure.FaultIn(string(a.lang()), err))
	return code
}

// usageError is a command line that cannot be obeyed.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func exitCode(ctx context.Context, err error) int {
	var usage usageError
	var format *connectors.FormatError
	var row *connectors.RowError
	var locked *embedded.LockedError
	var busy *clickhouse.BusyError
	var newer *clickhouse.NewerError
	var gone *clickhouse.GoneError
	var path *os.PathError
	var input desk.InputError
	switch {
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		return exitInterrupted
	case errors.As(err, &usage), strings.HasPrefix(err.Error(), "unknown command"):
		return exitUsage
	case errors.Is(err, desk.ErrNotFound), errors.Is(err, datasets.ErrUnknown), errors.Is(err, archive.ErrNotFound), errors.Is(err, auth.ErrUnknown):
		return exitNotFound
	case errors.As(err, &locked), errors.As(err, &busy), errors.As(err, &gone), errors.As(err, &newer), errors.Is(err, embedded.ErrMissing):
		return exitNoStore
	case errors.As(err, &format), errors.As(err, &row), errors.As(err, &input), errors.As(err, &path):
		return exitBadInput
	}
	return exitFailure
}

func (a *app) root() *cobra.Command {
	c := &cobra.Command{
		Use:   "uprava",
		Short: "Digital twin and process mining for public administration",
		Long: `Uprava mines processes from event logs, fits and simulates their digital twin,
and shows both. Everything runs on this machine, without internet.

  uprava demo                     the whole way on a fictional town
  uprava ingest LOG.xes.gz        bring a log of one's own into the store
  uprava quality LOG              what the log can tell, and what it cannot
  uprava mine LOG                 lead times and the directly-follows graph
  uprava leadtime LOG             the mean as it is, open cases taken in
  uprava times LOG                where the time goes
  uprava discover LOG --out FILE  a process model
  uprava check LOG --model FILE   how well the log keeps to a model, or to rules
  uprava predict LOG              which open cases will be late
  uprava fit LOG --out DIR        a model that can be simulated
  uprava backtest LOG             how far a fitted model may be trusted
  uprava forecast LOG             load and breaches in the weeks ahead
  uprava simulate DIR             what-if answers with intervals
  uprava attribute DIR            which lever gave how much
  uprava optimise DIR             staff and levers that no others beat
  uprava twin                     the twin as text: compare, merge, ask
  uprava report executive         a report to read, sign or send
  uprava serve                    the pages, on this machine or by access code
  uprava access add NAME          an access code for the network`,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	f := c.PersistentFlags()
	f.StringVar(&a.dataDir, "data", "", "folder of the store (default $UPRAVA_DATA, else the XDG state folder)")
	f.StringVar(&a.dsn, "dsn", "", "ClickHouse server instead of the embedded engine, clickhouse://… (default $UPRAVA_CLICKHOUSE_DSN)")
	f.StringVar(&a.language, "lang", "", "language of tables and data labels: ru or en (default from the locale)")
	c.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	c.AddCommand(
		a.demo(), a.ingest(), a.export(), a.logs(), a.mine(), a.discover(), a.check(), a.compare(), a.explain(), a.drift(), a.distance(), a.times(), a.leadtime(), a.clock(), a.people(), a.objects(), a.quality(), a.predict(), a.filters(), a.fit(), a.dataset(),
		a.backtest(), a.forecast(), a.simulate(), a.twin(), a.kpi(), a.experiment(), a.attribute(), a.optimise(), a.convert(), a.report(), a.serve(), a.access(), a.doctor(), a.versionCommand(),
		&cobra.Command{Use: "exit-codes", Short: "What the exit codes mean", Long: "Exit codes of every command:\n\n" + exitCodes},
	)
	for _, sub := range c.Commands() {
		wrapArgs(sub)
	}
	return c
}

// wrapArgs makes a wrong number of arguments a usage error that shows the usage line.
func wrapArgs(c *cobra.Command) {
	if check := c.Args; check != nil {
		c.Args = func(c *cobra.Command, args []string) error {
			if err := check(c, args); err != nil {
				return usageError{fmt.Errorf("%w\nusage: %s", err, c.UseLine())}
			}
			return nil
		}
	}
	for _, sub := range c.Commands() {
		wrapArgs(sub)
	}
}

// group is a command that only holds others: alone it shows its help, and what
// it does not know is a wrong command line.
func group(c *cobra.Command) *cobra.Command {
	c.Args = cobra.ArbitraryArgs
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return c.Help()
		}
		return usageError{fmt.Errorf("unknown command %q for %q", args[0], c.CommandPath())}
	}
	return c
}

// lang is the language of tables: the flag's, else the locale's, else English.
func (a *app) lang() terms.Lang {
	for _, s := range []string{a.language, os.Getenv("UPRAVA_LANG"), os.Getenv("LC_ALL"), os.Getenv("LC_MESSAGES"), os.Getenv("LANG")} {
		if s == "" {
			continue
		}
		if strings.HasPrefix(strings.ToLower(s), "ru") {
			return terms.RU
		}
		return terms.EN
	}
	return terms.EN
}

// data is the folder of the store.
func (a *app) data() (string, error) {
	for _, d := range []string{a.dataDir, os.Getenv("UPRAVA_DATA")} {
		if d != "" {
			return filepath.Abs(d)
		}
	}
	if d := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(d) {
		return filepath.Join(d, "uprava"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("finding a folder for the store: %w; name one with --data", err)
	}
	return filepath.Join(home, ".local", "state", "uprava"), nil
}

// open opens the store: the server of the DSN, or the embedded engine, or the
// one that a running `uprava serve` shares.
func (a *app) open(ctx context.Context) (*desk.Desk, error) {
	dir, err := a.data()
	if err != nil {
		return nil, err
	}
	dsn := a.dsn
	if dsn == "" {
		dsn = os.Getenv("UPRAVA_CLICKHOUSE_DSN")
	}
	return desk.Open(ctx, desk.Config{Dir: dir, DSN: dsn})
}

// leftToClose is how long a process that stops may hold the folder of the store.
const leftToClose = 15 * time.Second

// withDesk opens the desk for the length of f. Where the process stops through which it
// is reached, f is run once more on the store itself, unless it has read or written
// something that a second run would repeat.
func (a *app) withDesk(ctx context.Context, f func(*desk.Desk) error) error {
	before := a.used()
	err := a.once(ctx, f)
	if _, gone := errors.AsType[*clickhouse.GoneError](err); !gone || ctx.Err() != nil || a.used() != before {
		return err
	}
	fmt.Fprintln(a.stderr, a.lang().T("cli.server-gone"))
	for end := time.Now().Add(leftToClose); ; {
		again := a.once(ctx, f)
		_, locked := errors.AsType[*embedded.LockedError](again)
		if !locked || time.Now().After(end) {
			return again
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(300 * time.Millisecond):
		}
	}
}

func (a *app) once(ctx context.Context, f func(*desk.Desk) error) (err error) {
	d, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	return d.Store().Gone(f(d))
}

// counted counts what goes through a stream.
type counted struct {
	in  io.Reader
	out io.Writer
	n   int
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	c.n += n
	return n, err
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.out.Write(p)
	c.n += n
	return n, err
}

// used is how much of the input was read and of the output was written.
func (a *app) used() int {
	n := 0
	for _, stream := range []any{a.stdin, a.stdout} {
		if c, ok := stream.(*counted); ok {
			n += c.n
		}
	}
	return n
}

// terminal reports whether a stream is one that a person looks at.
func terminal(w io.Writer) bool {
	if c, ok := w.(*counted); ok {
		w = c.out
	}
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
