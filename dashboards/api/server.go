package api

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	upravav1 "github.com/uprava/uprava/dashboards/api/proto/uprava/v1"
)

// OpenAPI is the description of the REST interface (OpenAPI 2.0), which is
// served as /openapi.json.
//
//go:embed openapi.json
var OpenAPI []byte

// maxRequest is the largest request in bytes; a question is a few names and
// numbers.
const maxRequest = 64 << 10

// Config says what New serves.
type Config struct {
	Backend Backend
	// Simulations is how many run at once, each on all processors; more are
	// refused. 0 means 2.
	Simulations int
	Log         *slog.Logger // of what the caller is not told; nil for none
}

// Validate reports all faults of the configuration.
func (c Config) Validate() error {
	var faults []error
	if c.Backend == nil {
		faults = append(faults, errors.New("no backend is given"))
	}
	if c.Simulations < 0 {
		faults = append(faults, fmt.Errorf("simulations at once %d: wanted 0 or more", c.Simulations))
	}
	return errors.Join(faults...)
}

// Server answers gRPC and REST.
type Server struct {
	grpc *grpc.Server
	rest http.Handler
}

// New returns a server; the caller closes it.
func New(cfg Config) (*Server, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("configuring the interface for programs: %w", err)
	}
	if cfg.Simulations == 0 {
		cfg.Simulations = 2
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	svc := &service{backend: cfg.Backend, log: cfg.Log, simulations: make(chan struct{}, cfg.Simulations)}
	s := &Server{grpc: grpc.NewServer(grpc.MaxRecvMsgSize(maxRequest))}
	upravav1.RegisterUpravaServer(s.grpc, svc)
	gateway := runtime.NewServeMux(
		runtime.WithMarshalerOption(runtime.MIMEWildcard, &runtime.HTTPBodyMarshaler{Marshaler: codec{}}),
		runtime.WithDisableHTTPMethodOverride(),
		runtime.WithDisablePathLengthFallback(),
		runtime.WithWriteContentLength(),
		runtime.WithRoutingErrorHandler(routingError),
	)
	if err := upravav1.RegisterUpravaHandlerServer(context.Background(), gateway, svc); err != nil {
		return nil, fmt.Errorf("registering the REST interface: %w", err)
	}
	s.rest = rest(gateway)
	return s, nil
}

// Close ends the gRPC connections.
func (s *Server) Close() { s.grpc.Stop() }

// Protocols are what the http.Server around Handler must speak: gRPC needs
// HTTP/2, which goes unencrypted on loopback.
func Protocols() *http.Protocols {
	var p http.Protocols
	p.SetHTTP1(true)
	p.SetUnencryptedHTTP2(true)
	return &p
}

// Handler answers gRPC, REST and the description, and passes everything else on
// to web; nil answers that there is nothing else.
func (s *Server) Handler(web http.Handler) http.Handler {
	if web == nil {
		web = http.NotFoundHandler()
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.ProtoMajor == 2 && strings.HasPrefix(r.Header.Get("Content-Type"), "application/grpc"):
			s.grpc.ServeHTTP(w, r)
		case strings.HasPrefix(r.URL.Path, "/api/"):
			s.rest.ServeHTTP(w, r)
		case r.URL.Path == "/openapi.json" && (r.Method == http.MethodGet || r.Method == http.MethodHead):
			w.Header().Set("Content-Type", "application/json")
			w.Write(OpenAPI)
		default:
			web.ServeHTTP(w, r)
		}
	})
}

// rest refuses what the gateway would let pass quietly: a misspelt parameter,
// a body that is not said to be JSON (a page of another site can send such a
// one without asking), a body without end.
func rest(gateway http.Handler) http.Handler {
	known := map[string]bool{}
	fields := (&upravav1.MineRequest{}).ProtoReflect().Descriptor().Fields()
	for i := range fields.Len() {
		if name := string(fields.Get(i).Name()); name != "log" { // which is in the path
			known[name] = true
		}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		query, err := url.ParseQuery(r.URL.RawQuery)
		if err != nil {
			refuse(w, r, codes.InvalidArgument, "reading the query: "+err.Error())
			return
		}
		for name := range query {
			if !known[name] || !strings.HasPrefix(r.URL.Path, "/api/v1/logs/") {
				refuse(w, r, codes.InvalidArgument, fmt.Sprintf("reading the query: parameter %q is not known; /openapi.json tells which are", name))
				return
			}
		}
		if r.Method == http.MethodPost {
			if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" {
				refuse(w, r, codes.InvalidArgument, fmt.Sprintf("reading the request: its content type is %q, wanted application/json", kind))
				return
			}
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxRequest)
		gateway.ServeHTTP(w, r)
	})
}

func refuse(w http.ResponseWriter, r *http.Request, code codes.Code, sentence string) {
	runtime.DefaultHTTPErrorHandler(r.Context(), runtime.NewServeMux(), codec{}, w, r, status.Error(code, sentence))
}
