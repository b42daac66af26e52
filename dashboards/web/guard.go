package web

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// policy allows the bundle of this binary and nothing else; WebAssembly is
// compiled for the layout of the process map.
const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; font-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// Guard lets through only what was asked of this server by a name that is its own:
// a loopback name, the address at which the connection came in, or one of hosts,
// which are names or addresses without a port. A page of another site that had its
// name resolve to this machine is refused, so DNS rebinding gains nothing; so is any
// request that changes something from another origin. Guard sets the security
// headers on every answer.
func Guard(next http.Handler, hosts ...string) http.Handler {
	sameOrigin := http.NewCrossOriginProtection().Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin") // with no-referrer a browser posts its own forms from the origin "null"
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		if !ownHost(r, hosts) {
			http.Error(w, "this server answers only to its own names; open it by its address, http://127.0.0.1 on its machine, or start it with --host NAME", http.StatusMisdirectedRequest)
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
	name := hostName(host)
	if strings.EqualFold(name, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(name)
	return err == nil && addr.IsLoopback()
}

// hostName is a host without its port and brackets.
func hostName(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
}

func ownHost(r *http.Request, hosts []string) bool {
	if LoopbackHost(r.Host) {
		return true
	}
	name := hostName(r.Host)
	if slices.ContainsFunc(hosts, func(h string) bool { return strings.EqualFold(h, name) }) {
		return name != ""
	}
	asked, err := netip.ParseAddr(name) // a number needs no DNS that could lie
	local, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	return err == nil && ok && local.AddrPort().Addr().Unmap().WithZone("") == asked.Unmap()
}

func sameHost(origin, host string) bool {
	_, o, ok := strings.Cut(origin, "://")
	return ok && strings.EqualFold(o, host)
}
