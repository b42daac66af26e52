package desk

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"

	"github.com/uprava/uprava/twin"
)

// ModelHash returns the SHA-256 of the files of a model, which name it whatever it is
// called.
func ModelHash(m *twin.Model) (string, error) {
	files, err := twin.Files(m)
	if err != nil {
		return "", fmt.Errorf("hashing the model %q: %w", m.ID, err)
	}
	return FilesHash(files), nil
}

// FilesHash is ModelHash of the files.
func FilesHash(files map[string][]byte) string {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(h, "%d %s %d\n", len(name), name, len(files[name]))
		h.Write(files[name])
	}
	return hex.EncodeToString(h.Sum(nil))[:32]
}
