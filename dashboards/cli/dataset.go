package cli

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/uprava/uprava/connectors/xes"
	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/datasets"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/performance"
	"github.com/uprava/uprava/twin"
)

func (a *app) dataset() *cobra.Command {
	c := group(&cobra.Command{
		Use:     "dataset",
		Short:   "The systems that come with the program: list, describe, generate, check",
		Example: "  uprava dataset generate municipality --seed 7",
	})
	c.AddCommand(a.datasetList(), a.datasetDescribe(), a.datasetGenerate(), a.datasetCheck())
	return c
}

func (a *app) datasetList() *cobra.Command {
	c := &cobra.Command{Use: "list", Short: "List the packs", Args: cobra.NoArgs, Example: "  uprava dataset list"}
	c.RunE = func(*cobra.Command, []string) error {
		t := table{}
		packs, err := datasets.Packs()
		if err != nil {
			return err
		}
		for _, p := range packs {
			t.add(p.ID, p.Name.In(string(a.lang())))
		}
		return t.write(a.stdout)
	}
	return c
}

func (a *app) datasetDescribe() *cobra.Command {
	c := &cobra.Command{Use: "describe PACK", Short: "What a pack holds and where its figures come from", Args: cobra.ExactArgs(1), Example: "  uprava dataset describe municipality"}
	c.RunE = func(_ *cobra.Command, args []string) error {
		p, err := datasets.Find(args[0])
		if err != nil {
			return err
		}
		lang := string(a.lang())
		fmt.Fprintf(a.stdout, "%s\n%s\n\n", p.Name.In(lang), p.Notice.In(lang))
		return p.Describe(a.stdout, lang)
	}
	return c
}

func (a *app) datasetGenerate() *cobra.Command {
	var cfg datasets.Config
	var out string
	c := &cobra.Command{
		Use:   "generate PACK",
		Short: "Generate event logs with planted truth",
		Long: `Simulates all processes of a pack as they are, on their shared people, and writes their
logs as XES, cut at the end of the period with cases under way, the twin as text, and the
planted truth as JSON, and the rules of the pack where it has some. With --process the log of that process alone, whole and clean. The
same pack and seed give the same bytes.`,
		Example: "  uprava dataset generate municipality --years 2 --seed 7 --out town\n  uprava dataset generate municipality --process redistribution --years 1 --out data",
		Args:    cobra.ExactArgs(1),
	}
	f := c.Flags()
	f.StringVar(&cfg.Process, "process", "", "one process of the pack, whole (default: all of them, cut)")
	f.IntVar(&cfg.Years, "years", 0, "years to generate (default: as the pack says, or 1 of a process)")
	f.Uint64Var(&cfg.Seed, "seed", 1, "number of the random series")
	f.StringVarP(&out, "out", "o", ".", "folder to write to")
	c.RunE = func(c *cobra.Command, args []string) error {
		p, err := datasets.Find(args[0])
		if err != nil {
			return err
		}
		cfg.Lang = string(a.lang())
		if cfg.Process == "" {
			return a.generateSystem(c.Context(), p, datasets.SystemConfig{Years: cfg.Years, Seed: cfg.Seed, Lang: cfg.Lang, Outline: true}, out)
		}
		log, truth, err := datasets.Generate(c.Context(), p, cfg)
		if err != nil {
			return err
		}
		if err := os.MkdirAll(out, 0o755); err != nil {
			return err
		}
		path := filepath.Join(out, log.Name()+".xes.gz")
		if err := writeLog(path, log); err != nil {
			return err
		}
		truthPath := filepath.Join(out, log.Name()+".truth.json")
		if err := writeTruth(truthPath, truth); err != nil {
			return err
		}
		checks, err := p.Rules(cfg.Lang)
		if err != nil {
			return err
		}
		if checks != nil {
			err = writeFile(filepath.Join(out, log.Name()+".rules.yaml"), func(w io.Writer) error {
				_, err := w.Write(checks)
				return err
			})
			if err != nil {
				return err
			}
		}
		l := a.lang()
		fmt.Fprintln(a.stdout, l.T("cli.generated", l.Count("case", int64(log.Cases())), l.Count("instance", int64(log.Events())), path, truthPath))
		return nil
	}
	return c
}

func writeLog(path string, log *eventlog.Log) error {
	return writeFile(path, func(w io.Writer) error {
		z := gzip.NewWriter(w)
		if err := xes.Write(z, log); err != nil {
			return err
		}
		return z.Close()
	})
}

func writeTruth(path string, truth any) error {
	return writeFile(path, func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		return enc.Encode(truth)
	})
}

// generateSystem writes a whole system: its logs, its twin and the truth.
func (a *app) generateSystem(ctx context.Context, p *datasets.Pack, cfg datasets.SystemConfig, out string) error {
	s, err := datasets.GenerateSystem(ctx, p, cfg)
	if err != nil {
		return err
	}
	logs := filepath.Join(out, "logs")
	if err := os.MkdirAll(logs, 0o755); err != nil {
		return err
	}
	l := a.lang()
	bar := a.bar(l.T("dataset.writing"))
	for i, log := range s.Logs {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := writeLog(filepath.Join(logs, log.Name()+".xes.gz"), log); err != nil {
			return err
		}
		bar.step(i+1, len(s.Logs))
	}
	bar.end()
	if err := twin.Write(filepath.Join(out, "twin"), s.Twin); err != nil {
		return err
	}
	if err := writeTruth(filepath.Join(out, "truth.json"), s.Truth); err != nil {
		return err
	}
	t := table{head: []string{l.T("dataset.log"), l.T("figure.cases"), l.T("dataset.events"), l.T("dataset.open")}, right: map[int]bool{1: true, 2: true, 3: true}}
	for i, log := range s.Logs {
		open := "—"
		if i < len(s.Truth.Processes) {
			open = l.Int(int64(s.Truth.Processes[i].Open))
		}
		t.add(log.Name(), l.Int(int64(log.Cases())), l.Int(int64(log.Events())), open)
	}
	if err := t.write(a.stdout); err != nil {
		return err
	}
	fmt.Fprintln(a.stdout, l.T("dataset.written", logs, filepath.Join(out, "twin"), filepath.Join(out, "truth.json")))
	return nil
}

func (a *app) datasetCheck() *cobra.Command {
	var cfg datasets.CheckConfig
	var years int
	c := &cobra.Command{
		Use:   "check PACK",
		Short: "Does a pack keep what it promises: a scorecard",
		Long: `Generates the logs of a pack, brings them into a store of their own, asks that store from
another process, which knows nothing of how they were made, simulates as-is and to-be,
and compares all that with what is planted and published. Exit code 1 where anything is
not as it must be.`,
		Example: "  uprava dataset check municipality --seed 3",
		Args:    cobra.ExactArgs(1),
	}
	f := c.Flags()
	f.IntVar(&years, "years", 0, "years to generate (default: as the pack says)")
	f.Uint64Var(&cfg.Seed, "seed", 1, "number of the random series")
	f.IntVar(&cfg.Replications, "replications", 60, "simulated periods behind each figure")
	asJSON := jsonFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		p, err := datasets.Find(args[0])
		if err != nil {
			return err
		}
		cfg.Lang = string(a.lang())
		s, err := datasets.GenerateSystem(c.Context(), p, datasets.SystemConfig{Years: years, Seed: cfg.Seed, Lang: cfg.Lang})
		if err != nil {
			return err
		}
		dir, err := os.MkdirTemp("", "uprava-check-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		if err := storeLogs(c.Context(), dir, s.Logs); err != nil {
			return err
		}
		bar := a.bar(a.lang().T("dataset.checking"))
		defer bar.end()
		cfg.Progress, cfg.Ask = bar.step, askStore(dir)
		card, err := datasets.Check(c.Context(), p, s, cfg)
		if err != nil {
			return err
		}
		bar.end()
		if *asJSON {
			if err := writeJSON(a.stdout, card); err != nil {
				return err
			}
		} else if err := a.printScorecard(card); err != nil {
			return err
		}
		if n := len(card.Failed()); n > 0 {
			return fmt.Errorf("%s", a.lang().T("dataset.failed", a.lang().Int(int64(n)), a.lang().Int(int64(len(card.Rows)))))
		}
		return nil
	}
	return c
}

// storeLogs puts logs into a store of their own.
func storeLogs(ctx context.Context, dir string, logs []*eventlog.Log) error {
	store := &app{dataDir: dir, stdout: io.Discard, stderr: io.Discard}
	return store.withDesk(ctx, func(d *desk.Desk) error {
		for _, log := range logs {
			if err := d.Store().Save(ctx, log.Name(), log); err != nil {
				return err
			}
		}
		return nil
	})
}

// askStore asks a store by the command line of this program, in a process of its own.
func askStore(dir string) func(context.Context, datasets.Question) (*performance.LongRun, error) {
	return func(ctx context.Context, q datasets.Question) (*performance.LongRun, error) {
		self, err := os.Executable()
		if err != nil {
			return nil, err
		}
		args := []string{"--data", dir, "leadtime", q.Log, "--json", "--unit", string(q.Unit), "--time-zone", q.TimeZone, "--as-of", q.AsOf.Format(time.RFC3339)}
		for flag, value := range map[string]string{"--from": q.From, "--to": q.To, "--cluster": q.Cluster} {
			if value != "" {
				args = append(args, flag, value)
			}
		}
		for _, w := range q.Week {
			args = append(args, "--week", w)
		}
		if q.Production {
			args = append(args, "--production")
		}
		c := exec.CommandContext(ctx, self, args...)
		c.Env = append(os.Environ(), "UPRAVA_TEST_COMMAND=1")
		var out, errs bytes.Buffer
		c.Stdout, c.Stderr = &out, &errs
		if err := c.Run(); err != nil {
			return nil, fmt.Errorf("asking the store of log %q: %w: %s", q.Log, err, strings.TrimSpace(errs.String()))
		}
		var r performance.LongRun
		if err := json.Unmarshal(out.Bytes(), &r); err != nil {
			return nil, fmt.Errorf("asking the store of log %q: reading its answer: %w", q.Log, err)
		}
		return &r, nil
	}
}

func (a *app) printScorecard(card *datasets.Scorecard) error {
	l := a.lang()
	t := table{head: []string{"", l.T("dataset.check"), l.T("cli.of"), l.T("dataset.wanted"), l.T("dataset.found")}}
	for _, r := range card.Rows {
		mark := "✓"
		switch {
		case r.Told:
			mark = "·"
		case !r.Pass:
			mark = "✗"
		}
		t.add(mark, l.T("scorecard."+r.Check), r.Of, r.Wanted.In(string(l)), r.Found.In(string(l)))
	}
	if err := t.write(a.stdout); err != nil {
		return err
	}
	fmt.Fprintln(a.stdout, l.T("dataset.evidence", l.Int(int64(card.Replications)), l.Int(int64(card.Seed))))
	return nil
}
