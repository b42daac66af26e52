package web

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// firstPage is the most that a page may weigh on the line before its charts come:
// HTML, styles and the scripts that are loaded at once.
const firstPage = 200_000

func TestFirstPageIsLight(t *testing.T) {
	h := handler(t)
	for _, path := range []string{"/", "/logs/plain"} {
		page := get(h, path)
		weight := get(h, path, "Accept-Encoding", "gzip").Body.Len()
		seen := map[string]bool{}
		var load func(name string)
		load = func(name string) {
			if seen[name] {
				return
			}
			seen[name] = true
			packed, whole := get(h, "/assets/"+name, "Accept-Encoding", "gzip, br"), get(h, "/assets/"+name)
			require.Equal(t, http.StatusOK, whole.Code, name)
			weight += packed.Body.Len()
			if strings.HasSuffix(name, ".js") { // what a script imports in its head comes with it; import(…) does not
				for _, m := range regexp.MustCompile(`(?:from|import)\s*"\./([^"]+)"`).FindAllStringSubmatch(whole.Body.String(), -1) {
					load(m[1])
				}
			}
		}
		for _, m := range regexp.MustCompile(`(?:href|src)="[./]*assets/([^"]+)"`).FindAllStringSubmatch(page.Body.String(), -1) {
			load(m[1])
		}
		require.Contains(t, seen, "page.js")
		require.Contains(t, seen, "page.css")
		t.Logf("%s: %d bytes, %d files", path, weight, len(seen)+1)
		require.Less(t, weight, firstPage, path)
	}
}

func TestAssetsAreCompressedAndKept(t *testing.T) {
	h := handler(t)
	packed := get(h, "/assets/page.js", "Accept-Encoding", "br, gzip;q=0.8")
	require.Equal(t, "gzip", packed.Header().Get("Content-Encoding"))
	require.Equal(t, "text/javascript; charset=utf-8", packed.Header().Get("Content-Type"))
	plain := get(h, "/assets/page.js", "Accept-Encoding", "gzip;q=0")
	require.Empty(t, plain.Header().Get("Content-Encoding"))
	require.Less(t, packed.Body.Len(), plain.Body.Len())
	require.NotEqual(t, packed.Header().Get("ETag"), plain.Header().Get("ETag"))
	again := get(h, "/assets/page.js", "Accept-Encoding", "gzip", "If-None-Match", packed.Header().Get("ETag"))
	require.Equal(t, http.StatusNotModified, again.Code)
	require.Equal(t, "no-cache", packed.Header().Get("Cache-Control"))
	chunk := regexp.MustCompile(`chunk-[A-Z0-9]+\.js`).FindString(plain.Body.String())
	require.NotEmpty(t, chunk)
	require.Contains(t, get(h, "/assets/"+chunk).Header().Get("Cache-Control"), "immutable")
	require.Equal(t, http.StatusNotFound, get(h, "/assets/web.go").Code)
}
