package embedded

import (
	"fmt"
	"runtime"
	"sync"
	"unsafe"

	"github.com/ebitengine/purego"
)

// library is the engine's C interface (chdb.h), bound without cgo. A connection
// is a chdb_connection, a pointer to a pointer; lengths are passed, so that SQL
// may hold any byte.
var library struct {
	once sync.Once
	path string
	err  error

	sigaction func(sig int32, act, old unsafe.Pointer) int32

	version        func() string
	signalHandlers func(enabled int32)
	connect        func(argc int32, argv unsafe.Pointer) unsafe.Pointer
	close          func(conn unsafe.Pointer)

	query  func(conn, sql unsafe.Pointer, sqlLen uintptr, format unsafe.Pointer, formatLen uintptr, names, nameLens, values, valueLens unsafe.Pointer, n uintptr) unsafe.Pointer
	stream func(conn, sql unsafe.Pointer, sqlLen uintptr, format unsafe.Pointer, formatLen uintptr, names, nameLens, values, valueLens unsafe.Pointer, n uintptr) unsafe.Pointer
	fetch  func(conn, stream unsafe.Pointer) unsafe.Pointer
	cancel func(conn, stream unsafe.Pointer)

	insert       func(conn, sql unsafe.Pointer, sqlLen uintptr, format unsafe.Pointer, formatLen uintptr, names, nameLens, values, valueLens unsafe.Pointer, n uintptr) unsafe.Pointer
	append       func(insert, data unsafe.Pointer, n uintptr) int32
	done         func(insert unsafe.Pointer) unsafe.Pointer
	cancelInsert func(insert unsafe.Pointer)
	insertError  func(insert unsafe.Pointer) unsafe.Pointer
	freeInsert   func(insert unsafe.Pointer)

	buffer func(result unsafe.Pointer) unsafe.Pointer
	length func(result unsafe.Pointer) uintptr
	error  func(result unsafe.Pointer) unsafe.Pointer
	free   func(result unsafe.Pointer)
}

// load maps the library at path into the process, once: a library of this kind
// cannot be unloaded, so a second path is an error.
func load(path string) error {
	l := &library
	l.once.Do(func() {
		l.path = path
		l.err = bind(path)
	})
	if l.err != nil {
		return fmt.Errorf("loading the engine %q: %w", l.path, l.err)
	}
	if l.path != path {
		return fmt.Errorf("loading the engine %q: this process has already loaded %q", path, l.path)
	}
	return nil
}

func bind(path string) error {
	l := &library
	libc, err := purego.Dlopen("libc.so.6", purego.RTLD_NOW)
	if err != nil {
		return fmt.Errorf("the engine needs glibc: %w", err)
	}
	purego.RegisterLibFunc(&l.sigaction, libc, "sigaction")
	defer keepSignals()()
	handle, err := purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		return err
	}
	for _, s := range []struct {
		f    any
		name string
	}{
		{&l.version, "chdb_version"},
		{&l.signalHandlers, "chdb_set_signal_handlers_enabled"},
		{&l.connect, "chdb_connect"},
		{&l.close, "chdb_close_conn"},
		{&l.query, "chdb_query_with_params_n"},
		{&l.stream, "chdb_stream_query_with_params_n"},
		{&l.fetch, "chdb_stream_fetch_result"},
		{&l.cancel, "chdb_stream_cancel_query"},
		{&l.insert, "chdb_stream_insert_with_params_n"},
		{&l.append, "chdb_stream_append"},
		{&l.done, "chdb_stream_done"},
		{&l.cancelInsert, "chdb_stream_cancel_insert"},
		{&l.insertError, "chdb_stream_insert_error"},
		{&l.freeInsert, "chdb_destroy_insert_stream"},
		{&l.buffer, "chdb_result_buffer"},
		{&l.length, "chdb_result_length"},
		{&l.error, "chdb_result_error"},
		{&l.free, "chdb_destroy_query_result"},
	} {
		p, err := purego.Dlsym(handle, s.name)
		if err != nil {
			return fmt.Errorf("it has no %s and is not version %s: %w", s.name, Version, err)
		}
		purego.RegisterFunc(s.f, p)
	}
	if got := l.version(); got != Version {
		return fmt.Errorf("it is version %s, wanted %s: run `make engine`", got, Version)
	}
	l.signalHandlers(0)
	return nil
}

// sigset is glibc's struct sigaction on linux/amd64: handler, mask, flags,
// restorer.
type sigset [152]byte

// keepSignals remembers the Go runtime's signal handlers and returns a function
// that puts back those which have changed meanwhile. Without it a nil
// dereference anywhere in Go code would end the process instead of panicking.
func keepSignals() func() {
	const signals = 31 // the real-time signals above are not the engine's
	runtime.LockOSThread()
	saved := make([]sigset, signals+1)
	for s := int32(1); s <= signals; s++ {
		library.sigaction(s, nil, unsafe.Pointer(&saved[s]))
	}
	return func() {
		var now sigset
		for s := int32(1); s <= signals; s++ {
			if library.sigaction(s, nil, unsafe.Pointer(&now)); now != saved[s] {
				library.sigaction(s, unsafe.Pointer(&saved[s]), nil)
			}
		}
		runtime.UnlockOSThread()
	}
}
