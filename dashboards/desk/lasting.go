package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/uprava/uprava/dashboards/kept"
)

// Folder is a folder of the desk's data for documents of a kind, made with the first
// of them.
func (d *Desk) Folder(parts ...string) string {
	return filepath.Join(append([]string{d.dir}, parts...)...)
}

// answersDir holds what is kept of a log's answers over restarts.
func (d *Desk) answersDir(log string) string {
	return filepath.Join(d.dir, "answers", strings.ReplaceAll(url.PathEscape(log), ".", "%2E"))
}

// lasting is an answer on disk, with the state of the log that it is about.
type lasting struct {
	State    string          `json:"state"`
	Question string          `json:"question"`
	Answer   json.RawMessage `json:"answer"`
}

// Lasting is Remember for answers that took long: they are also kept in the data
// folder, so that a restart need not compute them again. An answer must come back
// from JSON as it was. One answer is kept of each question, that of the last state.
func Lasting[T any](ctx context.Context, d *Desk, log, question string, compute func(context.Context) (T, error)) (T, error) {
	return Remember(ctx, d, log, "lasting\x00"+question, func(ctx context.Context) (T, error) {
		var answer T
		state, err := d.state(ctx, log)
		if err != nil {
			return answer, err
		}
		sum := sha256.Sum256([]byte(question))
		file := filepath.Join(d.answersDir(log), hex.EncodeToString(sum[:12])+".json")
		var found lasting
		if b, err := os.ReadFile(file); err == nil && json.Unmarshal(b, &found) == nil && found.State == state && found.Question == question && json.Unmarshal(found.Answer, &answer) == nil {
			return answer, nil
		}
		if answer, err = compute(ctx); err != nil {
			return answer, err
		}
		raw, err := json.Marshal(answer)
		if err != nil {
			return answer, fmt.Errorf("keeping an answer about %q: %w", log, err)
		}
		b, err := json.Marshal(lasting{state, question, raw})
		if err != nil {
			return answer, fmt.Errorf("keeping an answer about %q: %w", log, err)
		}
		d.keep(ctx, log, state, file, b)
		return answer, nil
	})
}

// state names the state of a log as it is now.
func (d *Desk) state(ctx context.Context, log string) (string, error) {
	changed, err := d.Changed(ctx, log)
	return fmt.Sprint(changed.UnixNano()), err
}

// keep writes a file of answers where the log is still at the state. That a full disk
// keeps nothing is no fault of the answer: it is computed again.
func (d *Desk) keep(ctx context.Context, log, state, file string, content []byte) {
	if d.dir == "" {
		return
	}
	if now, err := d.state(ctx, log); err == nil && now == state {
		_ = kept.Replace(file, content)
	}
}

// forget removes what is kept of a log.
func (d *Desk) forget(log string) error {
	if err := os.RemoveAll(d.answersDir(log)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
