package cli

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"time"

	"github.com/uprava/uprava/dashboards/auth"
	"github.com/uprava/uprava/dashboards/metrics"
	"github.com/uprava/uprava/dashboards/web"
	"github.com/uprava/uprava/dashboards/web/access"
)

// gated reports whether an access code is wanted: others than the users of this
// machine can reach the pages.
func (s serving) gated() bool {
	return !web.LoopbackHost(s.listen) || slices.ContainsFunc(s.hosts, func(h string) bool { return !web.LoopbackHost(h) })
}

// names are those by which the server may be asked beside its addresses.
func (s serving) names() []string {
	names := slices.Clone(s.hosts)
	if host, _, err := net.SplitHostPort(s.listen); err == nil && host != "" {
		if a, err := netip.ParseAddr(host); err != nil || !a.IsUnspecified() {
			names = append(names, host)
		}
	}
	return names
}

// shown is the address that readers open: by name, or by the first address of this
// machine where it listens on all.
func (s serving) shown(at net.Addr) string {
	scheme := "http"
	if s.cert != "" {
		scheme = "https"
	}
	host, port, err := net.SplitHostPort(at.String())
	if err != nil {
		return scheme + "://" + at.String() + "/"
	}
	if a, err := netip.ParseAddr(host); len(s.hosts) > 0 && !web.LoopbackHost(s.listen) {
		host = s.hosts[0]
	} else if err == nil && a.IsUnspecified() {
		list, _ := net.InterfaceAddrs()
		for _, x := range list {
			if n, ok := x.(*net.IPNet); ok && n.IP.IsGlobalUnicast() {
				host = n.IP.String()
				break
			}
		}
	}
	return scheme + "://" + net.JoinHostPort(host, port) + "/"
}

// certificate loads the certificate; nil where none is named.
func (s serving) certificate() (*tls.Certificate, error) {
	if (s.cert == "") != (s.key == "") {
		return nil, usageError{errors.New("--tls-cert and --tls-key go together: give both or neither")}
	}
	if s.cert == "" {
		return nil, nil
	}
	c, err := tls.LoadX509KeyPair(s.cert, s.key)
	if err != nil {
		return nil, usageError{fmt.Errorf("--tls-cert %q, --tls-key %q: %w", s.cert, s.key, err)}
	}
	return &c, nil
}

// gate is what stands before the pages, nil on loopback, with the count of wrong
// codes. Without any code nobody could enter, so that is refused.
func (a *app) gate(cfg serving, log *slog.Logger) (*access.Gate, func() int64, error) {
	if !cfg.gated() {
		return nil, nil, nil
	}
	dir, err := a.accessDir()
	if err != nil {
		return nil, nil, err
	}
	list, err := auth.OpenCodes(dir).List()
	if err != nil {
		return nil, nil, err
	}
	if len(list) == 0 {
		return nil, nil, usageError{fmt.Errorf("--listen %q, --host %q: beyond loopback the pages are served by access code, and there is none yet; make one with `uprava access add NAME`, or listen on %s", cfg.listen, cfg.hosts, defaultListen)}
	}
	k, err := auth.OpenKeeper(dir)
	if err != nil {
		return nil, nil, err
	}
	return access.NewGate(k, cfg.cert != "", log), k.Wrong, nil
}

// serveMetrics serves /healthz and /metrics until stop is called; where no address is
// named there is nothing to stop.
func (a *app) serveMetrics(cfg serving, m *metrics.Metrics, log *slog.Logger) (stop func(), err error) {
	if cfg.metrics == "" {
		return func() {}, nil
	}
	l, err := net.Listen("tcp", cfg.metrics)
	if err != nil {
		return nil, fmt.Errorf("serving metrics: %w; choose another address with --metrics", err)
	}
	names := serving{listen: cfg.metrics, hosts: cfg.hosts}
	s := &http.Server{Handler: web.Guard(m.Handler(), names.names()...), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute, WriteTimeout: time.Minute,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			log.Error("serving metrics", "error", err)
		}
	}()
	address := serving{listen: cfg.metrics}.shown(l.Addr())
	fmt.Fprintln(a.stderr, a.lang().T("cli.metrics", address, address))
	return func() { s.Close(); <-done }, nil
}
