package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/uprava/uprava/dashboards/alerts"
	"github.com/uprava/uprava/dashboards/api"
	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/jobs"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/dashboards/web"
	frame "github.com/uprava/uprava/dashboards/web/shell"
)

// defaultListen is where the pages are unless told otherwise.
const defaultListen = "127.0.0.1:8090"

// How many long works of the pages run at once, and how many that ended are
// remembered.
const parallelJobs, rememberedJobs = 2, 200

// serving says how the pages are served.
type serving struct {
	listen      string
	specialists bool // single people may be evaluated
}

func (a *app) serve() *cobra.Command {
	var cfg serving
	c := &cobra.Command{
		Use:   "serve",
		Short: "Serve the pages and the API on this machine",
		Long: `Serves the pages, REST, gRPC and OpenAPI on one loopback port until interrupted.
Other addresses are refused: there are no accounts yet. While it runs, every
other command on the same --data goes through it.`,
		Example: "  uprava serve --listen 127.0.0.1:8090",
		Args:    cobra.NoArgs,
	}
	c.Flags().StringVar(&cfg.listen, "listen", defaultListen, "loopback address and port; port 0 takes a free one")
	c.Flags().BoolVar(&cfg.specialists, "specialists", false, "let single people be evaluated, adjusted for what they work at; every look is recorded")
	c.RunE = func(c *cobra.Command, _ []string) error {
		return a.withDesk(c.Context(), func(d *desk.Desk) error {
			return a.serveOn(c.Context(), d, cfg, func(address string) {
				fmt.Fprintln(a.stdout, a.lang().T("cli.serving", address))
			})
		})
	}
	return c
}

// serveOn serves until the context ends, after ready was told the address.
func (a *app) serveOn(ctx context.Context, d *desk.Desk, cfg serving, ready func(address string)) error {
	if !web.LoopbackHost(cfg.listen) {
		return usageError{fmt.Errorf("--listen %q: only a loopback address such as %s is served, since there are no accounts yet", cfg.listen, defaultListen)}
	}
	log := slog.New(slog.NewTextHandler(a.stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	chosen := terms.Lang("")
	if a.language != "" {
		chosen = a.lang()
	}
	life, end := context.WithCancel(ctx)
	work := jobs.New(life, parallelJobs, rememberedJobs)
	defer work.Wait()
	defer end()
	office, composer, err := a.office(d)
	if err != nil {
		return err
	}
	pages, err := web.New(web.Config{Office: office, Composer: composer, Config: frame.Config{
		Desk: d, Jobs: work, Changes: d.Store().Changes, Lang: chosen, Version: version, Log: log, Specialists: cfg.specialists}})
	if err != nil {
		return err
	}
	programs, err := api.New(api.Config{Backend: d.Programs(), Log: log})
	if err != nil {
		return err
	}
	defer programs.Close()
	l, err := net.Listen("tcp", cfg.listen)
	if err != nil {
		return fmt.Errorf("serving: %w; choose another port with --listen", err)
	}
	if err := d.Store().Listen(); err != nil {
		l.Close()
		return err
	}
	server := &http.Server{
		Handler: web.Guard(programs.Handler(pages)), Protocols: api.Protocols(), ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10, BaseContext: func(net.Listener) context.Context { return ctx },
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	var clocks sync.WaitGroup
	clocks.Go(func() { office.Serve(life, func(err error) { log.Error("reports", "error", err) }) })
	watcher := alerts.Watcher{Desk: d, Book: alerts.OpenBook(d.Folder("alerts")), Sender: office.Notes(), Quiet: desk.Office(), Lang: a.lang(), Log: log}
	clocks.Go(func() { watcher.Run(life) })
	defer clocks.Wait()
	defer end()
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	ready("http://" + l.Addr().String() + "/")
	select {
	case err := <-failed:
		return fmt.Errorf("serving: %w", err)
	case <-ctx.Done():
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := server.Shutdown(stopping); err != nil {
		server.Close()
	}
	if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving: %w", err)
	}
	return nil
}
