package embedded_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/connectors/clickhouse/embedded"
	"github.com/uprava/uprava/connectors/clickhouse/embedded/enginetest"
)

func TestFind(t *testing.T) {
	t.Setenv("UPRAVA_ENGINE", "")
	cache := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", cache)
	_, err := embedded.Find()
	if embedded.Pinned("platform") != "linux/amd64" {
		require.ErrorIs(t, err, embedded.ErrUnsupported)
		return
	}
	require.ErrorIs(t, err, embedded.ErrMissing)
	require.ErrorContains(t, err, "run `make engine`")

	folder := filepath.Join(cache, "uprava", "engine", embedded.Version)
	require.NoError(t, os.MkdirAll(folder, 0o700))
	lib := filepath.Join(folder, "libchdb.so")
	require.NoError(t, os.WriteFile(lib, []byte("half a download"), 0o600))
	_, err = embedded.Find()
	require.ErrorContains(t, err, "has 15 bytes, wanted "+embedded.Pinned("size"))
	require.ErrorContains(t, embedded.Verify(lib), "its SHA-256 is ")

	t.Setenv("UPRAVA_ENGINE", lib)
	found, err := embedded.Find()
	require.NoError(t, err)
	require.Equal(t, lib, found)
	t.Setenv("UPRAVA_ENGINE", folder)
	_, err = embedded.Find()
	require.ErrorContains(t, err, "wanted the file libchdb.so")
	t.Setenv("UPRAVA_ENGINE", filepath.Join(folder, "nosuch"))
	_, err = embedded.Find()
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestPin(t *testing.T) {
	require.Len(t, embedded.Pinned("sha256"), 64)
	require.True(t, strings.HasSuffix(embedded.Pinned("package"), "@"+embedded.Version+"-stable.1"))
	require.Empty(t, embedded.Pinned("nosuch"))
}

func TestVerify(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 566 MB")
	}
	enginetest.Need(t)
	path, err := embedded.Find()
	require.NoError(t, err)
	require.NoError(t, embedded.Verify(path))
}

func TestCommandLine(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"uprava", "serve"}, "uprava serve"},
		{[]string{"uprava", "--dsn", "clickhouse://me:secret@host:9000/x", "mine"}, "uprava --dsn clickhouse://…@host:9000/x mine"},
		{[]string{"uprava", "a\nb"}, "uprava a b"},
		{[]string{strings.Repeat("я", 300)}, strings.Repeat("я", 199) + "…"},
	} {
		require.Equal(t, c.want, embedded.CommandLine(c.args))
	}
}
