package desk

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"

	"github.com/uprava/uprava/simulator"
)

// Answers keeps what commands answered, by the hash of all that the answer depends
// on: asked again, it is read instead of being computed.
type Answers struct{ Dir string }

// Key returns the hash of the given parts and of the program: another may reckon
// otherwise.
func (a Answers) Key(parts ...any) (string, error) {
	text, err := json.Marshal(append([]any{simulator.Version, program()}, parts...))
	if err != nil {
		return "", fmt.Errorf("hashing the question: %w", err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16]), nil
}

// Find reads an answer into to, and reports whether there is one.
func (a Answers) Find(key string, to any) bool {
	data, err := os.ReadFile(filepath.Join(a.Dir, key+".json"))
	return err == nil && json.Unmarshal(data, to) == nil
}

// Keep stores an answer.
func (a Answers) Keep(key string, answer any) error {
	data, err := json.Marshal(answer)
	if err != nil {
		return fmt.Errorf("storing the answer: %w", err)
	}
	if err := os.MkdirAll(a.Dir, 0o755); err != nil {
		return fmt.Errorf("storing the answer: %w", err)
	}
	temporary, err := os.CreateTemp(a.Dir, "answer-*")
	if err != nil {
		return fmt.Errorf("storing the answer: %w", err)
	}
	defer os.Remove(temporary.Name())
	if _, err := temporary.Write(data); err != nil {
		return fmt.Errorf("storing the answer: %w", err)
	}
	if err := temporary.Close(); err != nil {
		return fmt.Errorf("storing the answer: %w", err)
	}
	return os.Rename(temporary.Name(), filepath.Join(a.Dir, key+".json"))
}

// program names the build of the running program: its commit where it was built from
// one without changes, else its size and the time at which it was built.
var program = sync.OnceValue(func() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		settings := map[string]string{}
		for _, s := range info.Settings {
			settings[s.Key] = s.Value
		}
		if commit := settings["vcs.revision"]; commit != "" && settings["vcs.modified"] == "false" {
			return commit
		}
	}
	name, err := os.Executable()
	if err != nil {
		return ""
	}
	file, err := os.Stat(name)
	if err != nil {
		return ""
	}
	return fmt.Sprint(file.Size(), file.ModTime().UnixMicro())
})
