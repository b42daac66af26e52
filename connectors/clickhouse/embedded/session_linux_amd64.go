package embedded

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"unsafe"
)

// session is one connection of the engine: its own settings and current
// database, one statement at a time. It is not for concurrent use.
type session struct{ p unsafe.Pointer }

// connect opens a session. The first one of a process starts the engine with
// args, the last one to close stops it.
func connect(args []string) (*session, error) {
	var pin runtime.Pinner
	defer pin.Unpin()
	argv := make([]*byte, len(args)+1)
	for i, a := range args {
		b := append([]byte(a), 0)
		pin.Pin(&b[0])
		argv[i] = &b[0]
	}
	pin.Pin(&argv[0])
	defer keepSignals()()
	p := library.connect(int32(len(args)), unsafe.Pointer(&argv[0]))
	if p == nil {
		return nil, errors.New("the engine did not start: its files may be damaged, of a newer version, or held by a program other than uprava")
	}
	return &session{p}, nil
}

func (s *session) close() {
	if s.p != nil {
		library.close(s.p)
		s.p = nil
	}
}

// conn is the chdb_connection behind the pointer the engine handed out.
func (s *session) conn() unsafe.Pointer { return *(*unsafe.Pointer)(s.p) }

// query runs one statement to its end and returns its whole result in format.
func (s *session) query(sql, format string, params map[string]string) ([]byte, error) {
	a := passParameters(params)
	defer a.pin.Unpin()
	r := library.query(s.conn(), text(sql), uintptr(len(sql)), text(format), uintptr(len(format)), a.names, a.nameLens, a.values, a.valueLens, a.n)
	runtime.KeepAlive(sql)
	if r == nil {
		return nil, nil
	}
	defer library.free(r)
	if err := resultError(r); err != nil {
		return nil, err
	}
	return bytes.Clone(result(r)), nil
}

// stream runs a SELECT and hands each piece of its result to yield, which must
// not keep it. An error of yield cancels the query and is returned.
func (s *session) stream(sql, format string, params map[string]string, yield func([]byte) error) error {
	a := passParameters(params)
	defer a.pin.Unpin()
	st := library.stream(s.conn(), text(sql), uintptr(len(sql)), text(format), uintptr(len(format)), a.names, a.nameLens, a.values, a.valueLens, a.n)
	runtime.KeepAlive(sql)
	if st == nil {
		return errors.New("the engine began no result")
	}
	defer library.free(st)
	if err := resultError(st); err != nil {
		return err
	}
	for {
		r := library.fetch(s.conn(), st)
		if r == nil {
			return nil
		}
		err := resultError(r)
		data := result(r)
		if err == nil && len(data) > 0 {
			if err = yield(data); err != nil {
				library.cancel(s.conn(), st)
			}
		}
		library.free(r)
		if err != nil || len(data) == 0 {
			return err
		}
	}
}

// insertion is an INSERT in progress; end it with finish or abort.
type insertion struct{ p unsafe.Pointer }

// insert begins an INSERT whose data follow in format. The statement has no
// FORMAT clause.
func (s *session) insert(sql, format string, params map[string]string) (*insertion, error) {
	a := passParameters(params)
	defer a.pin.Unpin()
	p := library.insert(s.conn(), text(sql), uintptr(len(sql)), text(format), uintptr(len(format)), a.names, a.nameLens, a.values, a.valueLens, a.n)
	runtime.KeepAlive(sql)
	if p == nil {
		return nil, errors.New("the engine began no insert")
	}
	i := &insertion{p}
	if err := i.err(); err != nil {
		i.free()
		return nil, err
	}
	return i, nil
}

// append passes encoded rows on. After an error only abort may follow.
func (i *insertion) append(data []byte) error {
	if len(data) == 0 {
		return nil
	}
	state := library.append(i.p, unsafe.Pointer(&data[0]), uintptr(len(data)))
	runtime.KeepAlive(data)
	if state == 0 {
		return nil
	}
	if err := i.err(); err != nil {
		return err
	}
	return fmt.Errorf("the engine refused the rows with state %d", state)
}

// finish writes what was appended and returns when it is durable.
func (i *insertion) finish() error {
	defer i.free()
	r := library.done(i.p)
	if r == nil {
		return i.err()
	}
	defer library.free(r)
	return resultError(r)
}

// abort ends the INSERT; blocks the engine has already formed may stay, as with
// a server.
func (i *insertion) abort() {
	library.cancelInsert(i.p)
	i.free()
}

func (i *insertion) err() error {
	if e := library.insertError(i.p); e != nil {
		return errors.New(cString(e))
	}
	return nil
}

func (i *insertion) free() { library.freeInsert(i.p) }

func result(r unsafe.Pointer) []byte {
	n := library.length(r)
	if n == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(library.buffer(r)), n)
}

func resultError(r unsafe.Pointer) error {
	if e := library.error(r); e != nil {
		return errors.New(cString(e))
	}
	return nil
}

// arguments are query parameters as four parallel C arrays, pinned for one call.
type arguments struct {
	pin                                runtime.Pinner
	names, nameLens, values, valueLens unsafe.Pointer
	n                                  uintptr
}

func passParameters(params map[string]string) *arguments {
	a := &arguments{n: uintptr(len(params))}
	if a.n == 0 {
		return a
	}
	names, values := make([]*byte, 0, a.n), make([]*byte, 0, a.n)
	nameLens, valueLens := make([]uintptr, 0, a.n), make([]uintptr, 0, a.n)
	for k, v := range params {
		kb, vb := append([]byte(k), 0), append([]byte(v), 0)
		a.pin.Pin(&kb[0])
		a.pin.Pin(&vb[0])
		names, nameLens = append(names, &kb[0]), append(nameLens, uintptr(len(k)))
		values, valueLens = append(values, &vb[0]), append(valueLens, uintptr(len(v)))
	}
	a.pin.Pin(&names[0])
	a.pin.Pin(&values[0])
	a.pin.Pin(&nameLens[0])
	a.pin.Pin(&valueLens[0])
	a.names, a.nameLens = unsafe.Pointer(&names[0]), unsafe.Pointer(&nameLens[0])
	a.values, a.valueLens = unsafe.Pointer(&values[0]), unsafe.Pointer(&valueLens[0])
	return a
}

func text(s string) unsafe.Pointer { return unsafe.Pointer(unsafe.StringData(s)) }

func cString(p unsafe.Pointer) string {
	n := 0
	for *(*byte)(unsafe.Add(p, n)) != 0 {
		n++
	}
	return string(unsafe.Slice((*byte)(p), n))
}
