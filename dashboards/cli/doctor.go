package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"github.com/uprava/uprava/connectors/clickhouse/embedded"
	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/web"
)

// finding is one line of what the doctor says.
type finding struct {
	Name string `json:"name"`
	OK   bool   `json:"ok"`
	Text string `json:"text"`
}

func (a *app) doctor() *cobra.Command {
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Check that everything this program needs is there",
		Long: `Checks the engine and its checksum, the folder of the store, the pages and the
time zones, and says what to do where something is wrong. The exit code is 1 where
anything is.`,
		Example: "  uprava doctor --json",
		Args:    cobra.NoArgs,
	}
	asJSON := jsonFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		list := a.examine(c.Context())
		bad := 0
		for _, f := range list {
			if !f.OK {
				bad++
			}
		}
		if *asJSON {
			if err := writeJSON(a.stdout, list); err != nil {
				return err
			}
		} else {
			t := table{}
			for _, f := range list {
				mark := "ok"
				if !f.OK {
					mark = "!!"
				}
				t.add(mark, f.Name, f.Text)
			}
			if err := t.write(a.stdout); err != nil {
				return err
			}
		}
		if bad > 0 {
			return fmt.Errorf("%d of %d checks failed", bad, len(list))
		}
		return nil
	}
	return c
}

func (a *app) examine(ctx context.Context) []finding {
	var out []finding
	check := func(name string, f func() (string, error)) {
		text, err := f()
		if err != nil {
			text = err.Error()
		}
		out = append(out, finding{name, err == nil, text})
	}
	check("machine", func() (string, error) {
		return fmt.Sprintf("%s/%s, %d processors", runtime.GOOS, runtime.GOARCH, runtime.NumCPU()), nil
	})
	dsn := a.dsn
	if dsn == "" {
		dsn = os.Getenv("UPRAVA_CLICKHOUSE_DSN")
	}
	if dsn == "" {
		check("engine", func() (string, error) {
			path, err := embedded.Find()
			if err != nil {
				return "", err
			}
			return path, embedded.Verify(path)
		})
	}
	check("store", func() (text string, err error) {
		dir, err := a.data()
		if err != nil {
			return "", err
		}
		err = a.withDesk(ctx, func(d *desk.Desk) error {
			list, err := d.Store().Logs(ctx)
			text = fmt.Sprintf("%s, %d logs", dir, len(list))
			return err
		})
		return text, err
	})
	check("pages", func() (string, error) {
		if !web.Built() {
			return "", errors.New("the pages are not in this binary: run `make build`")
		}
		return "in this binary", nil
	})
	check("time zones", func() (string, error) {
		_, err := time.LoadLocation("Europe/Moscow")
		return "known", err
	})
	return out
}
