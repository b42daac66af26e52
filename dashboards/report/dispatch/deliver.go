package dispatch

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/uprava/uprava/dashboards/report/archive"
	"github.com/uprava/uprava/dashboards/report/mail"
)

// file is what a file that is being written can do.
type file interface {
	io.Writer
	Name() string
	Chmod(fs.FileMode) error
	Sync() error
	Close() error
}

// create begins a file beside its place; tests fill the disk with it.
type create func(dir, pattern string) (file, error)

func createTemp(dir, pattern string) (file, error) { return os.CreateTemp(dir, pattern) }

// toFolder puts files into a folder that others read: each is there whole or not at
// all. The folder must be there: one that is not is a drive that is not connected.
func (o *Office) toFolder(dir string, files []archive.File) error {
	info, err := os.Stat(dir)
	if err != nil {
		return archive.Words("putting the report", dir, err)
	}
	if !info.IsDir() {
		return fmt.Errorf("putting the report in %q: it is a file, wanted a folder", dir)
	}
	for _, f := range files {
		if err := o.place(dir, f); err != nil {
			return archive.Words("putting the report", dir, err)
		}
	}
	return nil
}

func (o *Office) place(dir string, f archive.File) error { return place(o.create, dir, f) }

// WriteFile writes a file that others read, whole or not at all.
func WriteFile(name string, data []byte) error {
	dir := filepath.Dir(name)
	if err := place(createTemp, dir, archive.File{Name: filepath.Base(name), Data: data}); err != nil {
		return archive.Words("writing the report", dir, err)
	}
	return nil
}

func place(create create, dir string, f archive.File) (err error) {
	t, err := create(dir, ".writing-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(t.Name())
		}
	}()
	_, err = t.Write(f.Data)
	if err == nil {
		err = t.Chmod(0o644)
	}
	if err == nil {
		err = t.Sync()
	}
	if e := t.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	return os.Rename(t.Name(), filepath.Join(dir, f.Name))
}

// targets are where an entry sends its reports, as deliveries name them.
func targets(to []string, folder string) []string {
	var out []string
	if folder != "" {
		out = append(out, "folder:"+folder)
	}
	for _, a := range to {
		out = append(out, "mail:"+a)
	}
	return out
}

// deliver sends a record to a target and notes that it arrived.
func (o *Office) deliver(ctx context.Context, server *mail.Server, r *archive.Record, target string) error {
	files := make([]archive.File, len(r.Files))
	for i, f := range r.Files {
		data, err := o.archive.File(r.ID, f.Name)
		if err != nil {
			return err
		}
		files[i], files[i].Data = f, data
	}
	kind, where, _ := strings.Cut(target, ":")
	switch kind {
	case "folder":
		if err := o.toFolder(where, files); err != nil {
			return err
		}
	case "mail":
		if server == nil {
			return fmt.Errorf("mail to %q: %w", where, mail.ErrNoServer)
		}
		m := mail.Message{ID: mail.ID(r.ID, server.From, where), To: where, Subject: r.Title, Text: r.Plain, HTML: r.HTML, Date: o.cfg.Clock.Now()}
		for _, f := range files {
			m.Files = append(m.Files, mail.File{Name: f.Name, Type: MediaType(f.Format), Data: f.Data})
		}
		if err := o.cfg.Send(ctx, *server, m); err != nil {
			return err
		}
	}
	return o.archive.Deliver(r.ID, archive.Delivery{To: target, At: o.cfg.Clock.Now().UTC()})
}
