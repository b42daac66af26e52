package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/uprava/uprava/connectors"
	"github.com/uprava/uprava/dashboards/desk"
)

func (a *app) ingest() *cobra.Command {
	var log string
	var from sourceFlags
	c := &cobra.Command{
		Use:   "ingest FILE",
		Short: "Bring an event log into the store",
		Long: `Reads an event log (` + formats + `) into the store. The same file
again adds nothing; a longer export of the same log adds only what is new. Rows
that cannot be read are kept apart with their position and the reason (uprava
logs show LOG --quarantine). Until the whole file is read the store shows
nothing of it; an interrupted ingest goes on where it stopped. The JSON follows
ingest.schema.json of this package.`,
		Example: `  uprava ingest receipt.xes.gz
  uprava ingest export.csv --log permits --mapping permits.yaml --json`,
		Args: cobra.ExactArgs(1),
	}
	c.Flags().StringVar(&log, "log", "", "name of the log (default: the file's, lower case, without extensions)")
	from.add(c)
	asJSON := jsonFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		path := args[0]
		if log == "" {
			log = logName(path)
		}
		cfg, err := from.config()
		if err != nil {
			return err
		}
		src, err := openSource(path, cfg)
		if err != nil {
			return err
		}
		print, err := connectors.Fingerprint(path, from.options()...)
		if err != nil {
			return err
		}
		return a.withDesk(c.Context(), func(d *desk.Desk) error {
			bar := a.bar(log)
			defer bar.end()
			report, err := d.Store().Ingest(c.Context(), log, src, connectors.IngestConfig{Fingerprint: print, Progress: bar.ingested})
			if err != nil {
				return err
			}
			bar.end()
			if *asJSON {
				return writeJSON(a.stdout, report)
			}
			l := a.lang()
			fmt.Fprintln(a.stdout, l.T("cli.ingested", plain(report.Log), l.Count("case", report.Cases), l.Count("event", report.Events),
				l.Int(report.Added), l.Int(report.Duplicates), l.Int(report.Quarantined)))
			for _, w := range report.Warnings {
				a.warn([]string{w.Error()})
			}
			return nil
		})
	}
	return c
}
