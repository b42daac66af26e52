package access

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"path"
	"strconv"
	"strings"

	"google.golang.org/grpc/codes"

	"github.com/uprava/uprava/dashboards/auth"
	"github.com/uprava/uprava/dashboards/web/shell"
)

// cookie holds the token of a session.
const cookie = "uprava-session"

// Gate lets through who holds an access code: the pages by the cookie of a session,
// programs by `authorization: Bearer CODE`. The name of the code is the reader of
// what lies behind. Open to all are the page that asks for the code, the languages,
// and scripts and styles, which are the same everywhere.
type Gate struct {
	keeper *auth.Keeper
	secure bool
	log    *slog.Logger
	pages  *pages
}

// NewGate returns a gate that Mount must give its page before it is used. Secure
// cookies never travel in the clear; they are for pages under TLS.
func NewGate(k *auth.Keeper, secure bool, log *slog.Logger) *Gate {
	return &Gate{keeper: k, secure: secure, log: log}
}

// Wrap sets the gate before everything that next answers.
func (g *Gate) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, err := g.who(r)
		switch {
		case name != "":
			next.ServeHTTP(w, r.WithContext(shell.WithReader(r.Context(), name)))
		case err == nil && open(r):
			next.ServeHTTP(w, r)
		default:
			g.refuse(w, r, err)
		}
	})
}

// who is the name of who asks; "" where no code and no open session came, or an
// error that says what is wrong.
func (g *Gate) who(r *http.Request) (string, error) {
	if h := r.Header.Get("Authorization"); h != "" {
		scheme, code, _ := strings.Cut(h, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return "", errors.New("the header authorization is understood as: Bearer CODE")
		}
		return g.keeper.Bearer(address(r), code)
	}
	if c, err := r.Cookie(cookie); err == nil {
		return g.keeper.Session(c.Value)
	}
	return "", nil
}

// address is where a request came from.
func address(r *http.Request) netip.Addr {
	a, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return a.Addr()
}

func isGRPC(r *http.Request) bool {
	return strings.HasPrefix(r.Header.Get("Content-Type"), "application/grpc")
}

// open reports whether a request needs no code.
func open(r *http.Request) bool {
	p := r.URL.Path
	if isGRPC(r) || path.Clean(p) != p {
		return false
	}
	if p == "/access" || p == "/access/leave" {
		return true
	}
	return (r.Method == http.MethodGet || r.Method == http.MethodHead) && (strings.HasPrefix(p, "/assets/") || strings.HasPrefix(p, "/language/"))
}

// refuse says to a program in its form, to a reader with the page that asks for the
// code, that one is wanted.
func (g *Gate) refuse(w http.ResponseWriter, r *http.Request, err error) {
	status, code, sentence := http.StatusUnauthorized, codes.Unauthenticated, "an access code is wanted: send it as the header authorization: Bearer CODE; `uprava access add NAME` makes one"
	var often *auth.TooOftenError
	switch {
	case errors.As(err, &often):
		status, code, sentence = http.StatusTooManyRequests, codes.ResourceExhausted, err.Error()
		w.Header().Set("Retry-After", strconv.Itoa(int(often.After.Seconds())+1))
	case errors.Is(err, auth.ErrWrong):
		sentence = err.Error()
	case err != nil && r.Header.Get("Authorization") == "", err != nil && !strings.HasPrefix(err.Error(), "the header"):
		g.log.Error("checking an access code", "error", err)
		status, code, sentence = http.StatusServiceUnavailable, codes.Unavailable, "access codes cannot be checked now; the log of the server says why"
	case err != nil:
		sentence = err.Error()
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("WWW-Authenticate", `Bearer realm="uprava"`)
	switch {
	case isGRPC(r): // trailers alone, as the protocol has it
		w.Header().Set("Content-Type", "application/grpc")
		w.Header().Set("Grpc-Status", strconv.Itoa(int(code)))
		w.Header().Set("Grpc-Message", sentence)
		w.WriteHeader(http.StatusOK)
	case strings.HasPrefix(r.URL.Path, "/api/"), r.URL.Path == "/openapi.json", r.Header.Get("Authorization") != "":
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(struct { // as the gateway writes errors
			Code    codes.Code `json:"code"`
			Message string     `json:"message"`
			Details []string   `json:"details"`
		}{code, sentence, []string{}})
	default:
		g.pages.ask(w, r, status)
	}
}

// hold gives the reader's browser a token to keep, or takes it away with "".
func (g *Gate) hold(w http.ResponseWriter, r *http.Request, token string) {
	secure := g.secure || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https") // who lies here harms no other reader
	c := &http.Cookie{Name: cookie, Value: token, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: secure, MaxAge: int(auth.Lasting.Seconds())}
	if token == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}
