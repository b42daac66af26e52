package access

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/uprava/uprava/dashboards/api"
	upravav1 "github.com/uprava/uprava/dashboards/api/proto/uprava/v1"
	"github.com/uprava/uprava/dashboards/auth"
	"github.com/uprava/uprava/dashboards/web/shell"
)

// behind is a gate before pages that tell who reads them.
func behind(t *testing.T, secure bool) (h http.Handler, code string, dir string) {
	t.Helper()
	dir = t.TempDir()
	code, err := auth.OpenCodes(dir).Add("ivanova", time.Now())
	require.NoError(t, err)
	k, err := auth.OpenKeeper(dir)
	require.NoError(t, err)
	g := NewGate(k, secure, slog.New(slog.DiscardHandler))
	s, err := shell.New(shell.Config{Version: "test"})
	require.NoError(t, err)
	require.NoError(t, Mount(s, g))
	s.Section("owner", "owner")
	who := func(w http.ResponseWriter, r *http.Request) error {
		_, err := w.Write([]byte("reader " + shell.Reader(r.Context())))
		return err
	}
	s.Handle("GET /logs/{log}", who)
	s.Handle("POST /logs/{log}", who)
	s.Handle("GET /api/v1/logs", who)
	s.Handle("GET /openapi.json", who)
	s.Handle("GET /assets/page.css", who)
	return g.Wrap(s), code, dir
}

func ask(h http.Handler, method, path, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func form(code, back string) string { return url.Values{"code": {code}, "back": {back}}.Encode() }

func TestWithoutACodeNothingIsShown(t *testing.T) {
	h, code, _ := behind(t, false)
	for _, tc := range []struct{ method, path string }{
		{"GET", "/"}, {"GET", "/logs/receipt?p=2011"}, {"POST", "/logs/receipt"}, {"GET", "/nothing"}, {"GET", "/live"}, {"POST", "/assets/page.css"},
		{"GET", "/assets/../logs/receipt"}, {"GET", "//access"}, {"GET", "/access/../logs/receipt"}, {"GET", "/accessible"},
	} {
		w := ask(h, tc.method, tc.path, "")
		require.Equal(t, http.StatusUnauthorized, w.Code, tc.path)
		require.NotContains(t, w.Body.String(), "reader ", tc.path)
		require.Contains(t, w.Body.String(), `name="code"`, tc.path)
		require.NotContains(t, w.Body.String(), `class="sections"`, "no menus: %s", tc.path)
		require.Equal(t, "no-store", w.Header().Get("Cache-Control"))
	}
	for _, path := range []string{"/access", "/assets/page.css"} {
		require.Equal(t, http.StatusOK, ask(h, "GET", path, "").Code, path)
	}
	require.Equal(t, http.StatusSeeOther, ask(h, "GET", "/language/en", "").Code)
	require.Equal(t, http.StatusUnauthorized, ask(h, "GET", "/logs/receipt", "", "Cookie", cookie+"="+code).Code, "a code is no session")
}

func TestReaderEntersAndLeaves(t *testing.T) {
	for _, secure := range []bool{false, true} {
		h, code, dir := behind(t, secure)
		page := ask(h, "GET", "/logs/receipt?p=2011&vs=year&lang=en", "").Body.String()
		require.Contains(t, page, `name="back" value="logs/receipt?p=2011&amp;vs=year&amp;lang=en"`)
		require.Contains(t, page, `action="../access"`)
		require.Contains(t, page, `<a href="../logs/receipt?p=2011&amp;vs=year&amp;lang=en">`, "for who came by a link with a session")
		wrong := ask(h, "POST", "/access", form("AAAAAAAA-B", "logs/receipt"), "Accept-Language", "en")
		require.Equal(t, http.StatusUnauthorized, wrong.Code)
		require.Empty(t, wrong.Result().Cookies())
		require.Contains(t, wrong.Body.String(), "This code opens nothing")
		require.Contains(t, wrong.Body.String(), `value="logs/receipt"`, "the way back is kept")
		require.NotContains(t, wrong.Body.String(), "AAAAAAAA")

		in := ask(h, "POST", "/access", form(code, "logs/receipt?p=2011"))
		require.Equal(t, http.StatusSeeOther, in.Code)
		require.Equal(t, "./logs/receipt?p=2011", in.Header().Get("Location"))
		c := in.Result().Cookies()[0]
		require.True(t, c.HttpOnly)
		require.Equal(t, http.SameSiteStrictMode, c.SameSite)
		require.Equal(t, int(auth.Lasting.Seconds()), c.MaxAge)
		require.Equal(t, secure, c.Secure)
		require.Equal(t, "/", c.Path)
		session := cookie + "=" + c.Value
		require.Equal(t, "reader ivanova", ask(h, "GET", "/logs/receipt", "", "Cookie", session).Body.String())
		require.Equal(t, "reader ivanova", ask(h, "GET", "/api/v1/logs", "", "Cookie", session).Body.String())
		require.Contains(t, ask(h, "GET", "/nothing?lang=en", "", "Cookie", session).Body.String(), "Leave (ivanova)")
		require.Contains(t, ask(h, "GET", "/access?lang=en", "", "Cookie", session).Body.String(), "You have entered: ivanova")

		out := ask(h, "POST", "/access/leave", "", "Cookie", session)
		require.Equal(t, http.StatusSeeOther, out.Code)
		require.Equal(t, "../access", out.Header().Get("Location"))
		require.Negative(t, out.Result().Cookies()[0].MaxAge)
		require.Equal(t, http.StatusUnauthorized, ask(h, "GET", "/logs/receipt", "", "Cookie", session).Code, "also for who kept the cookie")

		require.True(t, ask(h, "POST", "/access", form(code, ""), "X-Forwarded-Proto", "https").Result().Cookies()[0].Secure, "behind a proxy with TLS")
		c = ask(h, "POST", "/access", form(code, "")).Result().Cookies()[0]
		require.NoError(t, auth.OpenCodes(dir).Remove("ivanova"))
		require.Equal(t, http.StatusUnauthorized, ask(h, "GET", "/logs/receipt", "", "Cookie", cookie+"="+c.Value).Code, "a removed code ends its sessions")
	}
}

func TestTheWayBackStaysHere(t *testing.T) {
	h, code, _ := behind(t, false)
	for _, evil := range []string{"//evil.example", "https://evil.example/", `\\evil.example`, "javascript:alert(1)", "/%5Cevil.example", "mailto:a@b"} {
		require.Equal(t, "./", ask(h, "POST", "/access", form(code, evil)).Header().Get("Location"), evil)
	}
	require.Equal(t, http.StatusUnauthorized, ask(h, "GET", "//evil.example/x", "").Code)
	require.NotContains(t, ask(h, "GET", "//evil.example/x", "").Body.String(), `"//evil`)
}

func TestGuessingIsSlowedDown(t *testing.T) {
	h, code, _ := behind(t, false)
	var w *httptest.ResponseRecorder
	for range 11 {
		w = ask(h, "POST", "/access", form("AAAAAAAA-B", ""), "Accept-Language", "en")
	}
	require.Equal(t, http.StatusTooManyRequests, w.Code)
	require.NotEmpty(t, w.Header().Get("Retry-After"))
	require.Contains(t, w.Body.String(), "Too many wrong codes")
	require.Equal(t, http.StatusTooManyRequests, ask(h, "POST", "/access", form(code, "")).Code, "a right guess is not told from a wrong one")
	w = ask(h, "GET", "/api/v1/logs", "", "Authorization", "Bearer AAAAAAAA-B")
	require.Equal(t, http.StatusTooManyRequests, w.Code, "one limit for pages and programs")
	require.Contains(t, w.Body.String(), `"code":8`)
}

func TestREST(t *testing.T) {
	h, code, dir := behind(t, false)
	for _, path := range []string{"/api/v1/logs", "/openapi.json"} {
		w := ask(h, "GET", path, "")
		require.Equal(t, http.StatusUnauthorized, w.Code)
		require.Equal(t, "application/json", w.Header().Get("Content-Type"))
		require.Contains(t, w.Header().Get("WWW-Authenticate"), "Bearer")
		require.Contains(t, w.Body.String(), `{"code":16,"message":"an access code is wanted`)
		require.Equal(t, "reader ivanova", ask(h, "GET", path, "", "Authorization", "bearer "+code).Body.String())
	}
	require.Contains(t, ask(h, "GET", "/api/v1/logs", "", "Authorization", "Bearer x").Body.String(), "opens nothing")
	require.Contains(t, ask(h, "GET", "/api/v1/logs", "", "Authorization", "Basic x").Body.String(), "Bearer CODE")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "codes.json"), []byte("{"), 0o600))
	w := ask(h, "GET", "/api/v1/logs", "", "Authorization", "Bearer "+code)
	require.Equal(t, http.StatusServiceUnavailable, w.Code, "what cannot be checked is refused")
	require.NotContains(t, w.Body.String(), dir)
}

// answers is a backend that is never asked without a code.
type answers struct{ api.Backend }

func TestGRPC(t *testing.T) {
	programs, err := api.New(api.Config{Backend: answers{}})
	require.NoError(t, err)
	defer programs.Close()
	dir := t.TempDir()
	code, err := auth.OpenCodes(dir).Add("script", time.Now())
	require.NoError(t, err)
	k, err := auth.OpenKeeper(dir)
	require.NoError(t, err)
	server := httptest.NewUnstartedServer(NewGate(k, false, slog.New(slog.DiscardHandler)).Wrap(programs.Handler(nil)))
	server.Config.Protocols = api.Protocols()
	server.Start()
	defer server.Close()
	conn, err := grpc.NewClient(strings.TrimPrefix(server.URL, "http://"), grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	defer conn.Close()
	client := upravav1.NewUpravaClient(conn)
	for header, want := range map[string]codes.Code{"": codes.Unauthenticated, "Bearer wrong": codes.Unauthenticated, "Bearer " + code: codes.InvalidArgument} {
		ctx := t.Context()
		if header != "" {
			ctx = metadata.AppendToOutgoingContext(ctx, "authorization", header)
		}
		_, err := client.Mine(ctx, &upravav1.MineRequest{})
		require.Equal(t, want, status.Code(err), "%q: %v", header, err) // with a code the service itself refuses a question without a log
	}
}
