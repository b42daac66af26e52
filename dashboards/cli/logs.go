package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/uprava/uprava/dashboards/desk"
)

func (a *app) logs() *cobra.Command {
	c := group(&cobra.Command{
		Use:     "logs",
		Short:   "The logs of the store: list, show, rename, delete",
		Example: "  uprava logs list --json",
	})
	c.AddCommand(a.logsList(), a.logsShow(), a.logsRename(), a.logsDelete())
	return c
}

func (a *app) logsList() *cobra.Command {
	c := &cobra.Command{Use: "list", Short: "List the logs", Args: cobra.NoArgs, Example: "  uprava logs list"}
	asJSON := jsonFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		return a.withDesk(c.Context(), func(d *desk.Desk) error {
			list, err := d.Store().Logs(c.Context())
			if err != nil {
				return err
			}
			if *asJSON {
				return writeJSON(a.stdout, list)
			}
			l := a.lang()
			if len(list) == 0 {
				fmt.Fprintln(a.stdout, l.T("logs.empty"), "uprava ingest FILE")
				return nil
			}
			t := table{head: []string{l.T("logs.log"), l.T("logs.cases"), l.T("logs.events"), l.T("logs.period")}, right: map[int]bool{1: true, 2: true}}
			for _, i := range list {
				t.add(i.Name, l.Int(i.Cases), l.Int(i.Events), l.Date(i.First)+" — "+l.Date(i.Last))
			}
			return t.write(a.stdout)
		})
	}
	return c
}

// quarantineShown is how many rejected rows are listed at most.
const quarantineShown = 1000

func (a *app) logsShow() *cobra.Command {
	c := &cobra.Command{Use: "show LOG", Short: "What the store knows of one log", Args: cobra.ExactArgs(1), Example: "  uprava logs show receipt --quarantine"}
	quarantine := c.Flags().Bool("quarantine", false, "list the rejected rows with position and reason")
	asJSON := jsonFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		return a.withDesk(c.Context(), func(d *desk.Desk) error {
			if *quarantine {
				rows, err := d.Store().Quarantine(c.Context(), args[0], quarantineShown)
				if err != nil {
					return err
				}
				if *asJSON {
					return writeJSON(a.stdout, rows)
				}
				l := a.lang()
				t := table{head: []string{l.T("cli.source"), l.T("cli.line"), l.T("cli.column"), l.T("cli.field"), l.T("cli.reason")}, right: map[int]bool{1: true, 2: true}}
				for _, r := range rows {
					t.add(r.Source, fmt.Sprint(r.Line), fmt.Sprint(r.Column), r.Field, r.Reason)
				}
				return t.write(a.stdout)
			}
			i, err := d.Store().Log(c.Context(), args[0])
			if err != nil {
				return err
			}
			if *asJSON {
				return writeJSON(a.stdout, i)
			}
			l := a.lang()
			t := table{}
			t.add(l.T("logs.log"), i.Name)
			t.add(l.T("logs.cases"), l.Int(i.Cases))
			t.add(l.T("logs.events"), l.Int(i.Events))
			t.add(l.T("logs.period"), l.Date(i.First)+" — "+l.Date(i.Last))
			t.add(l.T("cli.quarantined"), l.Int(i.Quarantined))
			return t.write(a.stdout)
		})
	}
	return c
}

func (a *app) logsRename() *cobra.Command {
	return &cobra.Command{Use: "rename LOG NEW-NAME", Short: "Give a log another name", Args: cobra.ExactArgs(2), Example: "  uprava logs rename export permits-2019",
		RunE: func(c *cobra.Command, args []string) error {
			return a.withDesk(c.Context(), func(d *desk.Desk) error {
				if err := d.Rename(c.Context(), args[0], args[1]); err != nil {
					return err
				}
				fmt.Fprintln(a.stdout, a.lang().T("cli.renamed", plain(args[0]), plain(args[1])))
				return nil
			})
		}}
}

func (a *app) logsDelete() *cobra.Command {
	return &cobra.Command{Use: "delete LOG", Short: "Delete a log with its rejected rows", Args: cobra.ExactArgs(1), Example: "  uprava logs delete permits-2018",
		RunE: func(c *cobra.Command, args []string) error {
			return a.withDesk(c.Context(), func(d *desk.Desk) error {
				if err := d.Delete(c.Context(), args[0]); err != nil {
					return err
				}
				fmt.Fprintln(a.stdout, a.lang().T("cli.deleted", plain(args[0])))
				return nil
			})
		}}
}
