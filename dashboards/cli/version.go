package cli

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/uprava/uprava/simulator"
)

func (a *app) versionCommand() *cobra.Command {
	c := &cobra.Command{Use: "version", Short: "Version of this program", Args: cobra.NoArgs, Example: "  uprava version --json"}
	asJSON := jsonFlag(c)
	c.RunE = func(*cobra.Command, []string) error {
		if *asJSON {
			return writeJSON(a.stdout, map[string]string{"version": version, "go": runtime.Version(), "simulator": simulator.Version})
		}
		_, err := fmt.Fprintf(a.stdout, "uprava %s (simulator %s, %s)\n", version, simulator.Version, runtime.Version())
		return err
	}
	return c
}
