package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/gzhttp"
	"github.com/klauspost/compress/gzip"
)

// asset is one file of the bundle, whole and compressed.
type asset struct {
	name, kind, tag string
	body            []byte
	packed          func() []byte // nil where compressing gains nothing
}

// files serves a bundle by name. What a chunk's name says of its content the
// browser may keep for a year; the rest it asks for again, by tag.
func files(bundle fs.FS) (http.Handler, error) {
	all := map[string]*asset{}
	err := fs.WalkDir(bundle, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := fs.ReadFile(bundle, name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(body)
		a := &asset{name: name, kind: mime.TypeByExtension(path.Ext(name)), body: body, tag: hex.EncodeToString(sum[:8])}
		a.packed = sync.OnceValue(func() []byte { return packed(body) })
		all[name] = a
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading browser assets: %w", err)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a := all[strings.TrimPrefix(r.URL.Path, "/")]
		if a == nil {
			http.NotFound(w, r)
			return
		}
		a.serve(w, r)
	}), nil
}

func (a *asset) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-cache")
	if strings.HasPrefix(a.name, "chunk-") {
		h.Set("Cache-Control", "private, max-age=31536000, immutable")
	}
	if a.kind != "" {
		h.Set("Content-Type", a.kind)
	}
	h.Set("Vary", "Accept-Encoding")
	body, tag := a.body, a.tag
	if acceptsGzip(r) {
		if p := a.packed(); p != nil {
			body, tag = p, tag+"-gz"
			h.Set("Content-Encoding", "gzip")
		}
	}
	h.Set("ETag", `"`+tag+`"`)
	http.ServeContent(w, r, a.name, time.Time{}, bytes.NewReader(body))
}

// packed compresses a file as well as gzip can; nil where that gains nothing.
func packed(body []byte) []byte {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err == nil {
		_, err = z.Write(body)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil || b.Len() > len(body)*9/10 {
		return nil
	}
	return b.Bytes()
}

func acceptsGzip(r *http.Request) bool {
	for _, part := range strings.Split(r.Header.Get("Accept-Encoding"), ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.TrimSpace(name) == "gzip" {
			return !strings.Contains(strings.ReplaceAll(q, " ", ""), "q=0") || strings.Contains(q, "0.")
		}
	}
	return false
}

// compressed compresses what a browser accepts compressed: pages, data and drawings;
// streams and archives go as they are.
func compressed(next http.Handler) (http.Handler, error) {
	wrap, err := gzhttp.NewWrapper(gzhttp.EnableZstd(false), gzhttp.ContentTypes([]string{
		"text/html", "text/plain", "text/csv", "text/css", "text/javascript", "application/json", "application/xml", "text/xml", "image/svg+xml"}))
	if err != nil {
		return nil, err
	}
	return wrap(next), nil
}
