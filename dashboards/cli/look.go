package cli

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/mining"
	"github.com/uprava/uprava/mining/filter"
)

// lookFlags adds the flags that say how a log is looked at.
func lookFlags(c *cobra.Command) func() (desk.Look, error) {
	events := c.Flags().String("events", "instances", "what counts as an event: instances (start paired with complete) or recorded")
	classifier := c.Flags().String("classifier", "", "classifier of the log that names the activities")
	part, asOf := filterFlag(c), asOfFlag(c)
	return func() (desk.Look, error) {
		e, err := mining.ParseEvents(*events)
		if err != nil {
			return desk.Look{}, usageError{err}
		}
		f, err := part()
		if err != nil {
			return desk.Look{}, err
		}
		at, err := asOf()
		return desk.Look{Events: e, Classifier: *classifier, Filter: f, AsOf: at}, err
	}
}

// asOfFlag adds --as-of, the moment at which a command looks: what the log told later
// is not seen, and open cases are judged then.
func asOfFlag(c *cobra.Command) func() (time.Time, error) {
	text := c.Flags().String("as-of", "", "what was known at this moment, such as 2019-12-31 (its end) or 2019-12-31T18:00+03:00; Moscow time without a zone (default: the last event)")
	return func() (time.Time, error) {
		at, err := desk.ParseAsOf(*text)
		if err != nil {
			return at, usageError{fmt.Errorf("--%w", err)}
		}
		return at, nil
	}
}

// filterFlag adds --filter, which may be given more than once: the filters are
// applied one after the other.
func filterFlag(c *cobra.Command) func() (filter.Filter, error) {
	texts := c.Flags().StringArray("filter", nil, "part of the log that is meant, see `uprava filters`; may be repeated")
	return func() (filter.Filter, error) {
		var all filter.Filter
		for _, text := range *texts {
			f, err := filter.Parse(text)
			if err != nil {
				return all, usageError{err}
			}
			all = all.Then(f)
		}
		return all, nil
	}
}

func (a *app) filters() *cobra.Command {
	return &cobra.Command{
		Use:     "filters",
		Short:   "How to write a filter",
		Long:    "How to write --filter, here, in the address of a page and to the API.",
		Example: `  uprava filters --lang ru`,
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprint(a.stdout, filter.Manual(string(a.lang())))
			return err
		},
	}
}
