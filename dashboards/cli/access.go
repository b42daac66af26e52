package cli

import (
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/uprava/uprava/dashboards/auth"
	"github.com/uprava/uprava/dashboards/desk"
)

// accessDir is where access codes and sessions lie: the folder "access" of the data
// folder.
func (a *app) accessDir() (string, error) {
	dir, err := a.data()
	return filepath.Join(dir, "access"), err
}

func (a *app) access() *cobra.Command {
	c := group(&cobra.Command{
		Use:   "access",
		Short: "Access codes, without which nothing is served to the network",
		Long: `Makes, lists and removes the access codes of those who may read and change the
pages when ` + "`uprava serve`" + ` is open to the network. On loopback none is wanted. A code is
shown once; the data folder keeps its argon2id hash, in a file for its owner alone.
What a reader does carries the name of the code. A removed code ends its sessions at
once, also while the server runs.`,
		Example: "  uprava access add ivanova\n  uprava serve --listen 0.0.0.0:8090 --tls-cert town.pem --tls-key town.key --host uprava.town.example",
	})
	codes := func(f func(*auth.Codes) error) error {
		dir, err := a.accessDir()
		if err != nil {
			return err
		}
		return f(auth.OpenCodes(dir))
	}
	c.AddCommand(&cobra.Command{
		Use: "add NAME", Example: "  uprava access add ivanova", Short: "Make a code, which is shown this once", Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return codes(func(c *auth.Codes) error {
				code, err := c.Add(args[0], time.Now())
				if err != nil {
					return err
				}
				fmt.Fprintln(a.stderr, a.lang().T("cli.access.made", args[0]))
				fmt.Fprintln(a.stdout, code)
				return nil
			})
		},
	}, &cobra.Command{
		Use: "list", Example: "  uprava access list", Short: "Who holds a code, and since when", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return codes(func(c *auth.Codes) error {
				list, err := c.List()
				if err != nil {
					return err
				}
				l := a.lang()
				if len(list) == 0 {
					fmt.Fprintln(a.stderr, l.T("cli.access.none"))
					return nil
				}
				t := table{head: []string{l.T("cli.access.name"), l.T("cli.access.added")}}
				for _, k := range list {
					t.add(plain(k.Name), l.Moment(k.Added.In(desk.Moscow)))
				}
				return t.write(a.stdout)
			})
		},
	}, &cobra.Command{
		Use: "remove NAME", Example: "  uprava access remove ivanova", Short: "Remove a code; the sessions it opened are over", Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return codes(func(c *auth.Codes) error {
				if err := c.Remove(args[0]); err != nil {
					return err
				}
				fmt.Fprintln(a.stderr, a.lang().T("cli.access.removed", plain(args[0])))
				return nil
			})
		},
	})
	return c
}
