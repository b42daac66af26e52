package connectors

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
)

// Fingerprint returns what stands for the content of a file, as it is stored,
// and the options with which it is read: equal fingerprints read the same rows.
// It reads the file once (SHA-256, at the speed of the disk).
func Fingerprint(path string, options ...string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("taking the fingerprint: %w", err)
	}
	defer f.Close()
	h := sha256.New()
	for _, o := range options {
		fmt.Fprintf(h, "%d:%s,", len(o), o)
	}
	h.Write([]byte{0})
	if _, err := io.CopyBuffer(h, f, make([]byte, 1<<20)); err != nil {
		return "", fmt.Errorf("taking the fingerprint of %q: %w", path, err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
