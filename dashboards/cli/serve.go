package cli

import (
	"context"
	"crypto/tls"
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
	"github.com/uprava/uprava/dashboards/metrics"
	"github.com/uprava/uprava/dashboards/prepare"
	"github.com/uprava/uprava/dashboards/report/compose"
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
	hosts       []string // names of this server beside its addresses
	cert, key   string   // files of the TLS certificate and its key
	metrics     string   // address of /healthz and /metrics; "" for none
	specialists bool     // single people may be evaluated
}

func (a *app) serve() *cobra.Command {
	var cfg serving
	c := &cobra.Command{
		Use:   "serve",
		Short: "Serve the pages and the API, on this machine or by access code",
		Long: `Serves the pages, REST, gRPC and OpenAPI on one port until interrupted. While it
runs, every other command on the same --data goes through it.

On a loopback address every user of this machine has every right, without a login. On
any other address, and where --host gives the server a name (as behind a proxy on the
same machine), everything but the login is behind access codes, which ` + "`uprava access add`" + `
makes: pages ask for the code, programs send it as authorization: Bearer CODE. Without
--tls-cert and --tls-key codes and data cross the network in the clear. Wrong codes are
counted by the address they come from; behind a proxy that is the proxy's.

--metrics serves /healthz and /metrics (Prometheus) on an address of their own, without
a code; there are counts and times there, nothing of the logs.`,
		Example: `  uprava serve --listen 127.0.0.1:8090
  uprava serve --listen 0.0.0.0:8090 --host uprava.town.example --tls-cert town.pem --tls-key town.key --metrics 127.0.0.1:9090`,
		Args: cobra.NoArgs,
	}
	f := c.Flags()
	f.StringVar(&cfg.listen, "listen", defaultListen, "address and port; port 0 takes a free one; beyond loopback access codes are needed")
	f.StringSliceVar(&cfg.hosts, "host", nil, "name by which browsers may open the server, beside its addresses; may be given again")
	f.StringVar(&cfg.cert, "tls-cert", "", "certificate chain in PEM, for https")
	f.StringVar(&cfg.key, "tls-key", "", "private key of the certificate in PEM")
	f.StringVar(&cfg.metrics, "metrics", "", "address of /healthz and /metrics, such as 127.0.0.1:9090 (default: none)")
	f.BoolVar(&cfg.specialists, "specialists", false, "let single people be evaluated, adjusted for what they work at; every look is recorded")
	c.RunE = func(c *cobra.Command, _ []string) error {
		return a.withDesk(c.Context(), func(d *desk.Desk) error {
			return a.serveOn(c.Context(), d, cfg, func(address string) {
				word := "cli.serving"
				if cfg.gated() {
					word = "cli.serving.open"
				}
				fmt.Fprintln(a.stdout, a.lang().T(word, address))
			})
		})
	}
	return c
}

// serveOn serves until the context ends, after ready was told the address.
func (a *app) serveOn(ctx context.Context, d *desk.Desk, cfg serving, ready func(address string)) error {
	certificate, err := cfg.certificate()
	if err != nil {
		return err
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
	gate, wrong, err := a.gate(cfg, log)
	if err != nil {
		return err
	}
	ahead := &prepare.Worker{Changes: d.Store().Changes, Steps: preparing(d, composer), Log: log}
	pages, err := web.New(web.Config{Progress: ahead.Progress, Office: office, Composer: composer, Gate: gate, Config: frame.Config{
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
	counts := metrics.New(metrics.Config{Version: version, Wrong: wrong, Alive: func(ctx context.Context) error {
		_, err := d.Store().Changes(ctx)
		return err
	}})
	handler := programs.Handler(pages)
	if gate != nil {
		handler = gate.Wrap(handler)
	}
	stopMetrics, err := a.serveMetrics(cfg, counts, log)
	if err != nil {
		l.Close()
		return err
	}
	defer stopMetrics()
	server := &http.Server{
		Handler: ahead.Wrap(counts.Wrap(web.Guard(handler, cfg.names()...))), Protocols: api.Protocols(), ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10, BaseContext: func(net.Listener) context.Context { return ctx },
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	var clocks sync.WaitGroup
	clocks.Go(func() { office.Serve(life, func(err error) { log.Error("reports", "error", err) }) })
	watcher := alerts.Watcher{Desk: d, Book: alerts.OpenBook(d.Folder("alerts")), Sender: office.Notes(), Quiet: desk.Office(), Lang: a.lang(), Log: log}
	clocks.Go(func() { watcher.Run(life) })
	clocks.Go(func() { ahead.Run(life) })
	defer clocks.Wait()
	defer end()
	failed := make(chan error, 1)
	if certificate != nil {
		server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{*certificate}, MinVersion: tls.VersionTLS12}
		server.Protocols.SetHTTP2(true)
		go func() { failed <- server.ServeTLS(l, "", "") }()
	} else {
		if cfg.gated() {
			fmt.Fprintln(a.stderr, a.lang().T("cli.plain-http"))
		}
		go func() { failed <- server.Serve(l) }()
	}
	ready(cfg.shown(l.Addr()))
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

// preparing names what the pages behind the doors of the start page rest on: the boards,
// the risks of the open cases, and the executive report of the last month.
func preparing(d *desk.Desk, c *compose.Composer) func(context.Context) ([]prepare.Step, error) {
	return func(ctx context.Context) ([]prepare.Step, error) {
		logs, err := d.LogNames(ctx)
		if err != nil {
			return nil, err
		}
		var steps []prepare.Step
		for _, log := range logs {
			steps = append(steps, prepare.Step{Name: "board of " + log, Do: func(ctx context.Context) error {
				_, err := d.Board(ctx, log, desk.BoardQuestion{})
				return err
			}})
		}
		for _, log := range logs {
			steps = append(steps, prepare.Step{Name: "risks of " + log, Do: func(ctx context.Context) error {
				_, err := d.Risks(ctx, log, desk.Look{})
				return err
			}})
		}
		report, err := c.Prepare(ctx)
		if err != nil {
			return nil, err
		}
		return append(steps, report...), nil
	}
}
