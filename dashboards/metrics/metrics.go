// Package metrics tells a monitoring system how the server does: /healthz and
// /metrics (Prometheus text format), on an address of their own and without access
// code, so they hold counts and times and nothing of the logs.
package metrics

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// patience is how long the store has to answer that it is there.
const patience = 5 * time.Second

// Config says what is measured.
type Config struct {
	Version string
	Alive   func(context.Context) error // whether the store answers
	Wrong   func() int64                // wrong access codes since the start; nil where none are wanted
}

// Metrics counts what a server answers.
type Metrics struct {
	alive    func(context.Context) error
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	running  prometheus.Gauge
}

// New returns metrics that count from zero.
func New(cfg Config) *Metrics {
	m := &Metrics{
		alive: cfg.Alive, registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "uprava_http_requests_total", Help: "Requests answered, by kind (page, asset, rest, grpc, stream) and HTTP status."}, []string{"kind", "code"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "uprava_http_request_seconds", Help: "Time to the end of the answer in seconds, by kind; streams, which last, are left out.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}}, []string{"kind"}),
		running: prometheus.NewGauge(prometheus.GaugeOpts{Name: "uprava_http_requests_running", Help: "Requests being answered now, streams among them."}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{Name: "uprava_build_info", Help: "1, with the version as label.", ConstLabels: prometheus.Labels{"version": cfg.Version}})
	build.Set(1)
	m.registry.MustRegister(m.requests, m.seconds, m.running, build, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	if cfg.Wrong != nil {
		m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "uprava_wrong_access_codes_total", Help: "Wrong access codes since the start."}, func() float64 { return float64(cfg.Wrong()) }))
	}
	return m
}

// Handler answers /healthz and /metrics.
func (m *Metrics) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), patience)
		defer cancel()
		w.Header().Set("Cache-Control", "no-store")
		if err := m.alive(ctx); err != nil {
			http.Error(w, "the store does not answer", http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write([]byte("ok\n"))
	})
	return mux
}

// Wrap counts what next answers.
func (m *Metrics) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begin := time.Now()
		m.running.Inc()
		defer m.running.Dec()
		seen := &recorder{ResponseWriter: w}
		next.ServeHTTP(seen, r)
		kind := kindOf(r, w.Header())
		if seen.status == 0 {
			seen.status = http.StatusOK
		}
		m.requests.WithLabelValues(kind, strconv.Itoa(seen.status)).Inc()
		if kind != "stream" {
			m.seconds.WithLabelValues(kind).Observe(time.Since(begin).Seconds())
		}
	})
}

// kindOf sorts requests into few kinds: their paths name logs and people.
func kindOf(r *http.Request, answer http.Header) string {
	switch {
	case strings.HasPrefix(r.Header.Get("Content-Type"), "application/grpc"):
		return "grpc"
	case strings.HasPrefix(answer.Get("Content-Type"), "text/event-stream"):
		return "stream"
	case strings.HasPrefix(r.URL.Path, "/api/"), r.URL.Path == "/openapi.json":
		return "rest"
	case strings.HasPrefix(r.URL.Path, "/assets/"):
		return "asset"
	}
	return "page"
}

// recorder remembers the status of an answer.
type recorder struct {
	http.ResponseWriter
	status int
}

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 && status >= 200 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Flush and Unwrap keep streams and gRPC as they are without the recorder.
func (w *recorder) Flush() { _ = http.NewResponseController(w.ResponseWriter).Flush() }

func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }
