//go:build !(linux && amd64)

package embedded

// On a platform without an engine everything compiles and Open fails.

type (
	session   struct{}
	insertion struct{}
)

func load(string) error                  { return ErrUnsupported }
func connect([]string) (*session, error) { return nil, ErrUnsupported }

func (*session) close() {}

func (*session) query(string, string, map[string]string) ([]byte, error) {
	return nil, ErrUnsupported
}

func (*session) stream(string, string, map[string]string, func([]byte) error) error {
	return ErrUnsupported
}

func (*session) insert(string, string, map[string]string) (*insertion, error) {
	return nil, ErrUnsupported
}

func (*insertion) append([]byte) error { return ErrUnsupported }
func (*insertion) finish() error       { return ErrUnsupported }
func (*insertion) abort()              {}
