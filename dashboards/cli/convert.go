package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/mining/measure"
)

func (a *app) convert() *cobra.Command {
	var to, process, out string
	c := &cobra.Command{
		Use:   "convert MODEL --to prosimos|bpsim --out BASE",
		Short: "A model in the form of another simulator",
		Long: `Writes one process of a model as files of Prosimos (BASE.bpmn and BASE.json) or as a
BPMN file with parameters of BPSim 2.0 (BASE.bpmn), and lists what these cannot hold.
MODEL may itself be such files.`,
		Example: `  uprava convert municipality --process redistribution --to prosimos --out land
  uprava convert land.bpmn land.json --to bpsim --out land-bpsim`,
		Args: cobra.RangeArgs(1, 2),
	}
	f := c.Flags()
	f.StringVar(&to, "to", "", "form: prosimos or bpsim")
	f.StringVar(&process, "process", "", "process to write (default: the only one)")
	f.StringVarP(&out, "out", "o", "", "name of the files, without an ending")
	c.RunE = func(c *cobra.Command, args []string) error {
		if to != "prosimos" && to != "bpsim" {
			return usageError{fmt.Errorf("--to %q: wanted prosimos or bpsim", to)}
		}
		if out == "" {
			return usageError{fmt.Errorf("--out is needed\nusage: %s", c.UseLine())}
		}
		m, _, err := desk.ReadModel(args)
		if err != nil {
			return err
		}
		files, lost, err := desk.WriteModel(m, process, to, strings.TrimSuffix(out, ".bpmn"))
		if err != nil {
			return err
		}
		l := a.lang()
		fmt.Fprintln(a.stdout, l.T("convert.written", strings.Join(files, ", ")))
		if len(lost) > 0 {
			fmt.Fprintln(a.stdout, l.T("convert.lost"))
			for _, text := range measure.TextsIn(string(l), lost) {
				fmt.Fprintln(a.stdout, "  -", plain(text))
			}
		}
		return nil
	}
	return c
}
