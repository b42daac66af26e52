package imports

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/gzip"

	"github.com/uprava/uprava/connectors"
	"github.com/uprava/uprava/connectors/csvlog"
	"github.com/uprava/uprava/connectors/parquet"
	"github.com/uprava/uprava/connectors/xes"
	"github.com/uprava/uprava/mining/eventlog"
)

// kind is what a file is by its content, whatever its name says.
type kind string

const (
	csvKind     kind = "csv"
	xesKind     kind = "xes"
	parquetKind kind = "parquet"
)

// What a file may be that is no log; each is a term "import.no.NAME".
var (
	errEmpty   = errors.New("empty")
	errArchive = errors.New("archive") // zip, also of office documents
	errBinary  = errors.New("binary")
	errGzip    = errors.New("gzip") // damaged
)

// sniff tells what a file is by its first bytes, those of its content where it is gzip.
func sniff(path string) (kind, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	r := bufio.NewReaderSize(f, 4096)
	head, err := r.Peek(4)
	if len(head) == 0 {
		return "", errEmpty
	}
	if err != nil && err != io.EOF {
		return "", err
	}
	if bytes.HasPrefix(head, []byte("PAR1")) {
		return parquetKind, nil
	}
	if bytes.HasPrefix(head, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(r)
		if err != nil {
			return "", errGzip
		}
		r = bufio.NewReaderSize(z, 4096)
	}
	head, err = r.Peek(4096)
	switch {
	case len(head) == 0 && err == io.EOF:
		return "", errEmpty
	case len(head) == 0:
		return "", errGzip
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return "", errArchive
	}
	utf16 := bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) || bytes.Count(head, []byte{0})*3 > len(head)
	text := head
	if utf16 {
		text = bytes.ReplaceAll(head, []byte{0}, nil)
	}
	for _, b := range text {
		if b < 0x20 && b != '\t' && b != '\n' && b != '\r' && b != '\f' {
			return "", errBinary
		}
	}
	text = bytes.TrimLeft(text, "\xef\xbb\xbf\xff\xfe \t\r\n")
	if bytes.HasPrefix(text, []byte("<")) {
		return xesKind, nil
	}
	return csvKind, nil
}

// open returns the source of an upload, which calls it by the name that the reader knows.
func (up *upload) open(cfg csvlog.Config) connectors.Source {
	var src connectors.Source
	switch up.Kind {
	case xesKind:
		src = xes.Open(up.Path)
	case parquetKind:
		src = parquet.Open(up.Path)
	default:
		src = csvlog.Open(up.Path, cfg)
	}
	return &called{src, up.Name}
}

// called is a source under another name.
type called struct {
	connectors.Source
	name string
}

func (c *called) Name() string                   { return c.name }
func (c *called) Open(ctx context.Context) error { return c.rename(c.Source.Open(ctx)) }

func (c *called) Next(ctx context.Context) (*connectors.Row, error) {
	r, err := c.Source.Next(ctx)
	return r, c.rename(err)
}

func (c *called) rename(err error) error {
	var format *connectors.FormatError
	var row *connectors.RowError
	switch {
	case err == nil || err == io.EOF:
	case errors.As(err, &row):
		row.Source = c.name
	case errors.As(err, &format):
		format.Source = c.name
	}
	return err
}

func (c *called) Meta() *eventlog.Meta {
	if d, ok := c.Source.(connectors.Described); ok {
		return d.Meta()
	}
	return nil
}

func (c *called) Progress() (done, total int64) {
	if m, ok := c.Source.(connectors.Measured); ok {
		return m.Progress()
	}
	return 0, 0
}

func (c *called) Warnings() []error {
	if d, ok := c.Source.(connectors.Doubtful); ok {
		return d.Warnings()
	}
	return nil
}

// logName is the name of a log that was not given one: the file's, in lower case and
// without its extensions.
func logName(file string) string {
	name := strings.TrimSuffix(strings.ToLower(file), ".gz")
	name = strings.TrimSpace(strings.TrimSuffix(name, filepath.Ext(name)))
	if name == "" {
		return "log"
	}
	return name
}
