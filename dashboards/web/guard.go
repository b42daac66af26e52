package web

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// policy allows the bundle of this binary and nothing else; WebAssembly is
// compiled for the layout of the process map.
const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; font-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// Guard lets through only what a browser on this machine may ask: requests
// whose Host is a loopback name (a page of another site that had its name
// resolve to 127.0.0.1 is refused, so DNS rebinding gains nothing), and no
// request that changes something from another origin. It sets the security
// headers on every answer.
func Guard(next http.Handler) http.Handler {
	sameOrigin := http.NewCrossOriginProtection().Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin") // with no-referrer a browser posts its own forms from the origin "null"
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		if !LoopbackHost(r.Host) {
			http.Error(w, "this server answers only to the loopback address; open it as http://127.0.0.1", http.StatusMisdirectedRequest)
			return
		}
		if o := r.Header.Get("Origin"); o != "" && !sameHost(o, r.Host) {
			http.Error(w, "requests from other sites are refused", http.StatusForbidden)
			return
		}
		sameOrigin.ServeHTTP(w, r)
	})
}

// LoopbackHost reports whether a host, with or without a port, names this
// machine's loopback interface.
func LoopbackHost(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	name = strings.TrimSuffix(strings.TrimPrefix(name, "["), "]")
	if strings.EqualFold(name, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(name)
	return err == nil && addr.IsLoopback()
}

func sameHost(origin, host string) bool {
	_, o, ok := strings.Cut(origin, "://")
	return ok && strings.EqualFold(o, host)
}
