package cli

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/uprava/uprava/connectors/xes"
	"github.com/uprava/uprava/datasets"
)

func (a *app) dataset() *cobra.Command {
	c := group(&cobra.Command{
		Use:     "dataset",
		Short:   "The systems that come with the program: list, describe, generate",
		Example: "  uprava dataset generate municipality --seed 7",
	})
	c.AddCommand(a.datasetList(), a.datasetDescribe(), a.datasetGenerate())
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
		p, err := datasets.Open(args[0])
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
		Short: "Generate an event log with planted truth",
		Long: `Simulates a pack as it is and writes the event log as XES and the planted truth
as JSON, and the rules of the pack, where it has some, in the language of the log.
The same pack and seed give the same bytes.`,
		Example: "  uprava dataset generate municipality --process land-redistribution --years 1 --seed 7 --out data",
		Args:    cobra.ExactArgs(1),
	}
	f := c.Flags()
	f.StringVar(&cfg.Process, "process", "", "process of the pack (default: its main one)")
	f.IntVar(&cfg.Years, "years", 1, "years to generate")
	f.Uint64Var(&cfg.Seed, "seed", 1, "number of the random series")
	f.StringVarP(&out, "out", "o", ".", "folder to write to")
	c.RunE = func(c *cobra.Command, args []string) error {
		p, err := datasets.Open(args[0])
		if err != nil {
			return err
		}
		cfg.Lang = string(a.lang())
		log, truth, err := datasets.Generate(c.Context(), p, cfg)
		if err != nil {
			return err
		}
		if err := os.MkdirAll(out, 0o755); err != nil {
			return err
		}
		path := filepath.Join(out, log.Name()+".xes.gz")
		err = writeFile(path, func(w io.Writer) error {
			z := gzip.NewWriter(w)
			if err := xes.Write(z, log); err != nil {
				return err
			}
			return z.Close()
		})
		if err != nil {
			return err
		}
		truthPath := filepath.Join(out, log.Name()+".truth.json")
		err = writeFile(truthPath, func(w io.Writer) error {
			enc := json.NewEncoder(w)
			enc.SetIndent("", "  ")
			enc.SetEscapeHTML(false)
			return enc.Encode(truth)
		})
		if err != nil {
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
