package ocel

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/objectcentric"
)

// Config says how times without a zone are to be read.
type Config struct {
	Location *time.Location // nil for UTC
}

// MaxSize bounds the files that are read whole into memory, 1 GiB.
const MaxSize = 1 << 30

// Read reads the log in a file by the ending of its name. Warnings tell what was
// read otherwise than it was declared. An error names the file and, where the
// format has them, line and column; nothing of the log is returned then.
func Read(ctx context.Context, path string, cfg Config) (*objectcentric.Log, []error, error) {
	r := &reader{location: cfg.Location, path: path}
	if r.location == nil {
		r.location = time.UTC
	}
	var err error
	switch ext := strings.ToLower(filepath.Ext(path)); ext {
	case ".jsonocel", ".json":
		err = r.file(r.json)
	case ".xmlocel", ".xml":
		err = r.file(r.xml)
	case ".sqlite", ".db":
		err = r.sqlite(ctx)
	default:
		return nil, nil, fmt.Errorf("reading %q: no reader for %q, wanted .jsonocel, .json, .xmlocel, .xml, .sqlite or .db", path, ext)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("reading %q: %w", path, err)
	}
	name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	l, err := objectcentric.New(name, r.objects, r.events)
	if err != nil {
		return nil, nil, fmt.Errorf("reading %q: %w", path, err)
	}
	return l, r.warnings(), nil
}

// reader gathers a log.
type reader struct {
	path     string
	location *time.Location
	objects  []objectcentric.Object
	events   []objectcentric.Event

	mistyped, unzoned int
}

func (r *reader) file(read func(io.Reader) error) error {
	f, err := os.Open(r.path)
	if err != nil {
		return errors.Unwrap(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.Size() > MaxSize {
		return fmt.Errorf("%d bytes: wanted at most %d", info.Size(), MaxSize)
	}
	return read(f)
}

func (r *reader) warnings() (out []error) {
	if r.mistyped > 0 {
		out = append(out, &measure.Doubt{
			EN: fmt.Sprintf("%d values are not of the type that their attribute declares and are kept as text", r.mistyped),
			RU: fmt.Sprintf("значений не того типа, который объявлен у реквизита: %d (оставлены текстом)", r.mistyped),
		})
	}
	if r.unzoned > 0 {
		out = append(out, &measure.Doubt{
			EN: fmt.Sprintf("%d times have no zone and are read as %s", r.unzoned, r.location),
			RU: fmt.Sprintf("отметок времени без часового пояса: %d (прочитаны как %s)", r.unzoned, r.location),
		})
	}
	return out
}

// stamp reads a time.
func (r *reader) stamp(s string) (eventlog.Stamp, error) {
	at, zoned, err := eventlog.ParseStamp(strings.TrimSpace(s))
	if err != nil {
		return eventlog.None, err
	}
	if zoned {
		return at, nil
	}
	r.unzoned++
	u := at.Time.Go()
	return eventlog.At(time.Date(u.Year(), u.Month(), u.Day(), u.Hour(), u.Minute(), u.Second(), u.Nanosecond(), r.location)), nil
}

// value reads the value of an attribute of a declared type: string, time,
// integer, float or boolean.
func (r *reader) value(kind, text string) eventlog.Value {
	mistyped := func() eventlog.Value {
		r.mistyped++
		return eventlog.Text(text)
	}
	switch kind {
	case "integer":
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return eventlog.Int(n)
		}
		return mistyped()
	case "float":
		if x, err := strconv.ParseFloat(text, 64); err == nil {
			return eventlog.Float(x)
		}
		return mistyped()
	case "boolean":
		switch text {
		case "true", "1":
			return eventlog.Bool(true)
		case "false", "0":
			return eventlog.Bool(false)
		}
		return mistyped()
	case "time":
		if at, err := r.stamp(text); err == nil {
			return eventlog.TimeValue(at)
		}
		return mistyped()
	}
	return eventlog.Text(text)
}
