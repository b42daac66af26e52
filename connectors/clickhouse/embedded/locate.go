package embedded

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// The one place that says which engine belongs to this tree; fetch.sh reads it
// too.
//
//go:embed engine.pin
var pinText string

// Version is the engine's version, as it stands in the cache path.
var Version = pin("version")

// ErrMissing is wrapped by the error of Find when no engine is installed.
var ErrMissing = errors.New("the embedded ClickHouse engine is not installed: run `make engine`")

// ErrUnsupported is wrapped by the errors of Find and Open on a platform for
// which no engine is published; a ClickHouse server serves there.
var ErrUnsupported = fmt.Errorf("the embedded ClickHouse engine exists for %s only, not for %s/%s: use a ClickHouse server (--dsn or UPRAVA_CLICKHOUSE_DSN)",
	pin("platform"), runtime.GOOS, runtime.GOARCH)

// Find returns the path of the engine's library: the environment variable
// UPRAVA_ENGINE if it is set, else the cache,
// ($XDG_CACHE_HOME or ~/.cache)/uprava/engine/VERSION/libchdb.so, where `make
// engine` puts it. A file of the wrong size in the cache is refused; Verify
// reads it through.
func Find() (string, error) {
	if pin("platform") != runtime.GOOS+"/"+runtime.GOARCH {
		return "", fmt.Errorf("finding the engine: %w", ErrUnsupported)
	}
	if p := os.Getenv("UPRAVA_ENGINE"); p != "" {
		if i, err := os.Stat(p); err != nil {
			return "", fmt.Errorf("finding the engine: UPRAVA_ENGINE: %w", err)
		} else if i.IsDir() {
			return "", fmt.Errorf("finding the engine: UPRAVA_ENGINE is the folder %q, wanted the file libchdb.so", p)
		}
		return p, nil
	}
	cache, err := cacheDir()
	if err != nil {
		return "", fmt.Errorf("finding the engine: %w", err)
	}
	p := filepath.Join(cache, "uprava", "engine", Version, "libchdb.so")
	i, err := os.Stat(p)
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("finding the engine at %q: %w", p, ErrMissing)
	}
	if err != nil {
		return "", fmt.Errorf("finding the engine: %w", err)
	}
	if want := pin("size"); strconv.FormatInt(i.Size(), 10) != want {
		return "", fmt.Errorf("finding the engine: %q has %d bytes, wanted %s of version %s: remove it and run `make engine`", p, i.Size(), want, Version)
	}
	return p, nil
}

// Verify reads the library at path through and compares it with the pinned
// checksum. It takes about a second.
func Verify(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("verifying the engine: %w", err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return fmt.Errorf("verifying the engine %q: %w", path, err)
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != pin("sha256") {
		return fmt.Errorf("verifying the engine %q: its SHA-256 is %s, wanted %s of version %s: remove it and run `make engine`", path, got, pin("sha256"), Version)
	}
	return nil
}

// cacheDir is os.UserCacheDir, but the same XDG rule on every platform, as
// fetch.sh follows it.
func cacheDir() (string, error) {
	if d := os.Getenv("XDG_CACHE_HOME"); filepath.IsAbs(d) {
		return d, nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(home, ".cache"), nil
}

// pin returns the value of a line of engine.pin.
func pin(key string) string {
	for line := range strings.Lines(pinText) {
		if k, v, ok := strings.Cut(strings.TrimSpace(line), " "); ok && k == key {
			return v
		}
	}
	return ""
}
