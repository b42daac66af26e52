package cli

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/mining/conformance"
	"github.com/uprava/uprava/mining/discovery"
	"github.com/uprava/uprava/mining/measure"
)

func (a *app) discover() *cobra.Command {
	var algorithm, out string
	var noise float64
	var parameters []string
	c := &cobra.Command{
		Use:   "discover LOG",
		Short: "Discover a process model from a log",
		Long: `Discovers a process model and writes it, by the ending of the file's name, as BPMN
2.0 with a diagram (.bpmn), Petri net (.pnml), process tree (.ptml) or JSON (.json).
Without --out the model is printed. Beside it stands how well it fits the log it was
found in, and how precise it is.

The inductive miner (Leemans, Fahland, van der Aalst 2013) always gives a sound
model; without --noise it replays every case of the log. "--algorithm list" lists
all miners with their parameters.`,
		Example: `  uprava discover receipt --algorithm inductive --noise 0.2 --out receipt.bpmn
  uprava discover receipt --algorithm heuristics --set dependency=0.95 --out receipt.pnml
  uprava discover receipt --algorithm declare --json`,
		Args: cobra.MaximumNArgs(1),
	}
	c.Flags().StringVar(&algorithm, "algorithm", "inductive", "the miner; list lists them all")
	c.Flags().Float64Var(&noise, "noise", 0, "share of infrequent behaviour to leave out, 0…1")
	c.Flags().StringArrayVar(&parameters, "set", nil, "another parameter of the miner, NAME=VALUE; may be repeated")
	c.Flags().StringVarP(&out, "out", "o", "", "file to write: .bpmn, .pnml, .ptml or .json")
	look := lookFlags(c)
	asJSON := jsonFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		if algorithm == "list" {
			return a.listMiners()
		}
		if len(args) == 0 {
			return usageError{fmt.Errorf("the name of a log is missing\nusage: %s", c.UseLine())}
		}
		k, err := look()
		if err != nil {
			return err
		}
		name, values, err := miner(algorithm, noise, parameters)
		if err != nil {
			return usageError{err}
		}
		return a.withDesk(c.Context(), func(d *desk.Desk) error {
			f, err := d.FindModel(c.Context(), args[0], k, name, values)
			if err != nil {
				return err
			}
			if out != "" {
				write, err := f.Writer(out, args[0])
				if err != nil {
					return usageError{err}
				}
				if err := writeFile(out, write); err != nil {
					return err
				}
			}
			switch {
			case *asJSON:
				return writeJSON(a.stdout, f)
			case out != "":
				fmt.Fprintln(a.stdout, a.lang().T("cli.discovered", plain(args[0]), out))
			default:
				if err := a.printModel(f); err != nil {
					return err
				}
			}
			a.printFit(f.Check)
			a.warn(measure.TextsIn(string(a.lang()), f.Doubts))
			return nil
		})
	}
	return c
}

// miner returns the name of a miner and the values of its parameters. "inductive"
// is im, or imf where noise is given.
func miner(name string, noise float64, parameters []string) (string, map[string]string, error) {
	values := map[string]string{}
	if noise != 0 {
		values["noise"] = strconv.FormatFloat(noise, 'g', -1, 64)
	}
	for _, p := range parameters {
		key, value, ok := strings.Cut(p, "=")
		if !ok {
			return "", nil, fmt.Errorf("--set %q: wanted NAME=VALUE", p)
		}
		values[key] = value
	}
	if name == "inductive" {
		name = "im"
		if noise != 0 {
			name = "imf"
		}
	}
	for _, a := range desk.Declared {
		if a.Name == name {
			return name, values, nil
		}
	}
	if _, err := discovery.Find(name); err != nil {
		return "", nil, fmt.Errorf("no algorithm %q; `uprava discover --algorithm list` lists them", name)
	}
	return name, values, nil
}

func (a *app) listMiners() error {
	t := table{head: []string{a.lang().T("discover.name"), a.lang().T("discover.title"), a.lang().T("discover.parameters")}}
	title := func(m discovery.Algorithm) string {
		if a.lang() == terms.RU {
			return m.RU
		}
		return m.EN
	}
	for _, m := range discovery.Algorithms() {
		var names []string
		for _, p := range m.Parameters {
			names = append(names, p.Name+"="+p.Default)
		}
		t.add(m.Name, title(m), strings.Join(names, " "))
	}
	for _, m := range desk.Declared {
		t.add(m.Name, title(m), "noise=0")
	}
	return t.write(a.stdout)
}

// printModel prints a model without a file: the notation of its tree or partial
// order, else its JSON.
func (a *app) printModel(f *desk.Found) error {
	switch {
	case f.Model != nil && f.Model.Tree != nil:
		_, err := fmt.Fprintln(a.stdout, f.Model.Tree)
		return err
	case f.Model != nil && f.Model.POWL != nil:
		_, err := fmt.Fprintln(a.stdout, f.Model.POWL)
		return err
	case f.Model != nil:
		return writeJSON(a.stdout, f.Model)
	}
	return writeJSON(a.stdout, f.Declared)
}

// printFit tells on standard error how a model fits the log it was found in.
func (a *app) printFit(r *conformance.Result) {
	if r == nil {
		return
	}
	l := a.lang()
	fitting := measure.Unknown
	if r.FittingTraces != nil {
		fitting = l.Int(*r.FittingTraces)
	}
	fmt.Fprintln(a.stderr, l.T("discover.fit", figure(l, r.LogFitness), fitting, l.Int(r.Traces), figure(l, r.Precision)))
}

// figure is a share between 0 and 1 with three decimals.
func figure(l terms.Lang, x measure.Number) string {
	if math.IsNaN(float64(x)) {
		return measure.Unknown
	}
	return l.Float(float64(x), 3)
}
