package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/uprava/uprava/datasets"
	"github.com/uprava/uprava/mining/eventlog"
)

// demonstrationSeed is the number of the random series of demonstration logs.
const demonstrationSeed = 1

// Stages of LoadPack, as keys of terms.
const StageGenerating, StageStoring = "demo.generating", "demo.storing"

// LoadPack generates the logs of a pack, cut with cases under way, and stores them; tell
// hears the stage and, while storing, how many logs of how many are stored. The same pack and language give the same logs. A
// log of the same name that is not of the pack is an InputError, found before anything is
// stored; where storing fails or ctx ends, what was added is taken away again.
func (d *Desk) LoadPack(ctx context.Context, pack *datasets.Pack, lang string, tell func(stage string, done, total int64)) (_ *datasets.System, err error) {
	if tell == nil {
		tell = func(string, int64, int64) {}
	}
	tell(StageGenerating, 0, 0)
	system, err := datasets.GenerateSystem(ctx, pack, datasets.SystemConfig{Seed: demonstrationSeed, Lang: lang})
	if err != nil {
		return nil, err
	}
	isNew := make([]bool, len(system.Logs))
	for i, l := range system.Logs {
		meta, err := d.store.Meta(ctx, l.Name())
		if errors.Is(err, ErrNotFound) {
			isNew[i] = true
			continue
		}
		if err != nil {
			return nil, err
		}
		if of, _, ok := datasets.Origin(meta); !ok || of != pack.ID {
			return nil, InputError{fmt.Errorf("the store holds a log %q that is not of the pack %q: rename it first (uprava logs rename)", l.Name(), pack.ID)}
		}
	}
	var added []*eventlog.Log
	defer func() {
		if err == nil {
			return
		}
		clean, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer cancel()
		for _, l := range added {
			err = errors.Join(err, d.store.Delete(clean, l.Name()))
		}
	}()
	for i, l := range system.Logs {
		tell(StageStoring, int64(i), int64(len(system.Logs)))
		if err := d.store.Save(ctx, l.Name(), l); err != nil {
			return nil, err
		}
		if isNew[i] {
			added = append(added, l)
		}
	}
	tell(StageStoring, int64(len(system.Logs)), int64(len(system.Logs)))
	return system, ctx.Err()
}
