package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/mining/petri"
	"github.com/uprava/uprava/mining/processtree"
)

func (a *app) discover() *cobra.Command {
	var algorithm, out string
	var noise float64
	c := &cobra.Command{
		Use:   "discover LOG --out FILE",
		Short: "Discover a process model from a log",
		Long: `Discovers a process model and writes it as BPMN 2.0 with a diagram (.bpmn), Petri
net (.pnml) or process tree (.ptml), by the ending of the file's name. Without
--out the process tree is printed.

The inductive miner (Leemans, Fahland, van der Aalst 2013) always gives a sound
model; without --noise it replays every case of the log.`,
		Example: `  uprava discover receipt --algorithm inductive --noise 0.2 --out receipt.bpmn`,
		Args:    cobra.ExactArgs(1),
	}
	c.Flags().StringVar(&algorithm, "algorithm", "inductive", "how: inductive")
	c.Flags().Float64Var(&noise, "noise", 0, "share of infrequent behaviour to leave out, 0…1 (IMf)")
	c.Flags().StringVarP(&out, "out", "o", "", "file to write: .bpmn, .pnml or .ptml")
	look := lookFlags(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		k, err := look()
		if err != nil {
			return err
		}
		if algorithm != "inductive" {
			return usageError{fmt.Errorf("no algorithm %q, wanted inductive", algorithm)}
		}
		var write func(io.Writer, *processtree.Tree) error
		if out != "" {
			if write, err = modelWriter(out, args[0]); err != nil {
				return err
			}
		}
		return a.withDesk(c.Context(), func(d *desk.Desk) error {
			tree, err := d.Discover(c.Context(), args[0], k, noise)
			if err != nil {
				return err
			}
			if out == "" {
				fmt.Fprintln(a.stdout, tree)
				return nil
			}
			if err := writeFile(out, func(w io.Writer) error { return write(w, tree) }); err != nil {
				return err
			}
			fmt.Fprintln(a.stdout, a.lang().T("cli.discovered", plain(args[0]), out))
			return nil
		})
	}
	return c
}

// modelWriter returns the writer of a model file by its extension.
func modelWriter(path, name string) (func(io.Writer, *processtree.Tree) error, error) {
	switch p := strings.ToLower(path); {
	case strings.HasSuffix(p, ".bpmn"):
		return func(w io.Writer, t *processtree.Tree) error {
			d := processtree.BPMN(t, name)
			if err := bpmn.Layout(d); err != nil {
				return err
			}
			return bpmn.Write(w, d)
		}, nil
	case strings.HasSuffix(p, ".pnml"):
		return func(w io.Writer, t *processtree.Tree) error {
			return petri.Write(w, processtree.Petri(t, name))
		}, nil
	case strings.HasSuffix(p, ".ptml"):
		return func(w io.Writer, t *processtree.Tree) error { return processtree.Write(w, t, name) }, nil
	}
	return nil, usageError{fmt.Errorf("no writer for the model %q, wanted .bpmn, .pnml or .ptml", path)}
}
