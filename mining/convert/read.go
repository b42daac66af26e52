package convert

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/mining/petri"
	"github.com/uprava/uprava/mining/processtree"
)

// Endings are the endings of the files that ReadNet reads.
var Endings = []string{".pnml", ".ptml", ".bpmn"}

// ReadNet reads a model as a Petri net, by the ending of its name, and what of it
// the net does not hold: nothing of a Petri net or a process tree; of a diagram
// what bpmn.Read does not know, and what FromBPMN says otherwise. Errors name the
// file and, where the format tells, line and column.
func ReadNet(name string, r io.Reader) (*petri.Net, []Approximation, error) {
	fail := func(err error) (*petri.Net, []Approximation, error) {
		return nil, nil, fmt.Errorf("reading model %q: %w", name, err)
	}
	switch strings.ToLower(filepath.Ext(name)) {
	case ".pnml":
		n, err := petri.Read(r)
		if err != nil {
			return fail(err)
		}
		return n, nil, nil
	case ".ptml":
		t, err := processtree.Read(r)
		if err != nil {
			return fail(err)
		}
		return processtree.Petri(t, strings.TrimSuffix(filepath.Base(name), filepath.Ext(name))), nil, nil
	case ".bpmn":
		d, unknown, err := bpmn.Read(r)
		if err != nil {
			return fail(err)
		}
		var listed []Approximation
		for _, u := range unknown {
			listed = append(listed, Approximation{fmt.Sprint(u), "is not read", "не читается"})
		}
		n, more, err := FromBPMN(d)
		if err != nil {
			return fail(err)
		}
		return n, append(listed, more...), nil
	}
	return fail(fmt.Errorf("no reader for %q, wanted one of %q", filepath.Ext(name), Endings))
}

// ReadNetFile is ReadNet of a file.
func ReadNetFile(path string) (*petri.Net, []Approximation, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, fmt.Errorf("reading model %q: %w", path, errors.Unwrap(err))
	}
	defer f.Close()
	return ReadNet(path, f)
}
