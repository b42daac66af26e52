package desk

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/simulator/backtest"
	"github.com/uprava/uprava/twin"
)

// trustFile holds, in the folder of a fitted model, what a back-test of the log said.
const trustFile = "backtest.txt"

// Backtest fits a model to the first part of a log of the store and judges it by the
// rest. Beside the model that was fitted to the whole log the verdict is kept, for the
// evidence of what is simulated with it.
func (d *Desk) Backtest(ctx context.Context, log string, look Look, cfg backtest.Config) (*backtest.Result, error) {
	v, err := d.View(ctx, log, look)
	if err != nil {
		return nil, err
	}
	r, err := backtest.Run(ctx, v.Log, cfg)
	if err != nil {
		return nil, input(ctx, err)
	}
	if dir := d.ModelDir(log); look.Filter.Empty() && exists(dir) {
		if err := os.WriteFile(filepath.Join(dir, trustFile), []byte(r.Words()+"\n"), 0o644); err != nil {
			return nil, fmt.Errorf("keeping the verdict of the back-test: %w", err)
		}
	}
	if err := d.noteBackTest(log, look, r); err != nil {
		return nil, fmt.Errorf("keeping the verdict of the back-test: %w", err)
	}
	return r, nil
}

// Refuse returns, for a model whose back-test found its times wrong, the sentence with
// which an answer by it is withheld and what to do; nil for any other.
func Refuse(m *twin.Model) error {
	if !backtest.FailsTimes(m.Trust) {
		return nil
	}
	say := func(lang terms.Lang) string {
		return lang.T("studio.trust.poor.refusal") + " " + lang.T("studio.trust.advice")
	}
	return InputError{&measure.Doubt{EN: say(terms.EN), RU: say(terms.RU)}}
}

// Doubtful reports whether a model is fitted to a log that no back-test has judged.
func (d *Desk) Doubtful(log string) bool {
	dir := d.ModelDir(log)
	return exists(dir) && !exists(filepath.Join(dir, trustFile))
}
