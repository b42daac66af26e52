package connectors_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/connectors"
	"github.com/uprava/uprava/connectors/csvlog"
	"github.com/uprava/uprava/connectors/xes"
)

// bomb is an archive of so many bytes that hold nothing but one letter after a head.
func bomb(t *testing.T, head string, size int64) []byte {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	require.NoError(t, err)
	_, err = io.WriteString(z, head)
	require.NoError(t, err)
	_, err = io.CopyBuffer(struct{ io.Writer }{z}, struct{ io.Reader }{io.LimitReader(repeated{}, size)}, make([]byte, len(row)))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return b.Bytes()
}

// repeated yields one long row of a CSV for ever.
type repeated struct{}

var row = []byte("1,a,2019-01-01," + strings.Repeat("a", 60_000) + "\n")

func (repeated) Read(p []byte) (int, error) { return copy(p, row[:min(len(row), len(p))]), nil }

func TestABombDoesNotGoOff(t *testing.T) {
	dir := t.TempDir()
	csv := filepath.Join(dir, "bomb.csv.gz")
	require.NoError(t, os.WriteFile(csv, bomb(t, "case,activity,time,note\n", 200<<20), 0o600))
	_, _, err := connectors.Load(t.Context(), "bomb", csvlog.Open(csv, csvlog.Config{}))
	require.ErrorContains(t, err, "grows more than 400 times")
	xml := filepath.Join(dir, "bomb.xes.gz")
	require.NoError(t, os.WriteFile(xml, bomb(t, "<log>", 200<<20), 0o600))
	_, _, err = connectors.Load(t.Context(), "bomb", xes.Open(xml))
	require.Error(t, err)
}
