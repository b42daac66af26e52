package embedded

import (
	"bytes"
	"net"
	"slices"
	"strings"
	"time"

	chproto "github.com/ClickHouse/ch-go/proto"
	"github.com/ClickHouse/clickhouse-go/v2/lib/proto"
)

// sessionSettings hold in every session beneath those of the client: instants
// are UTC wherever the office is, and the engine's own shorthand ("1+1" for
// "SELECT 1+1") is off, so that SQL which runs here runs on a server.
var sessionSettings = map[string]string{"session_timezone": "UTC", "implicit_select": "0"}

// logComment carries the tag by which KILL finds the session's statement.
const logComment = "log_comment"

// query answers a Query packet: the statement, the tables that follow it, and
// for an INSERT the blocks.
func (n *conn) query() error {
	var q chproto.Query
	if err := q.DecodeAware(n.r, n.version); err != nil {
		return err
	}
	n.compress = q.Compression == chproto.CompressionEnabled
	external := ""
	for {
		name, b, err := n.receive()
		if err != nil {
			return err
		}
		if len(b.Columns) == 0 {
			break
		}
		external = name
	}
	if external != "" {
		return n.except(&exception{codeNotImplemented, "DB::Exception: the embedded engine takes no external tables, found " + external + ": insert into a temporary table instead"})
	}
	if err := n.set(q.Settings); err != nil {
		return n.except(err)
	}
	params := parameters(q.Parameters)
	insert, columns, ok, err := splitInsert(q.Body)
	if err != nil {
		return n.except(err)
	}
	if ok {
		return n.insert(insert, columns, params)
	}
	gone, err := n.watched(func() error { return n.run(q.Body, params) })
	if gone {
		return net.ErrClosed // nobody listens any more
	}
	return n.end(err)
}

// run executes a statement and sends its blocks, the first always with the
// columns, even if there is no row.
func (n *conn) run(sql string, params map[string]string) error {
	sent := false
	forward := func(b *proto.Block) error {
		sent = true
		return n.send(b)
	}
	decode := func(data []byte) error { return decodeBlocks(data, &n.e.columns, forward) }
	var err error
	stream := isStreamed(sql)
	if stream {
		err = n.s.stream(sql, "Native", params, decode)
		stream = err == nil || sent || !strings.Contains(err.Error(), "Streaming query is not supported")
	}
	if !stream {
		var data []byte
		if data, err = n.s.query(sql, "Native", params); err == nil {
			err = decode(data)
		}
	}
	if err != nil || sent || !isRows(sql) {
		return err
	}
	b, err := n.header(sql, params)
	if err != nil {
		return err
	}
	return n.send(b)
}

// header finds the columns of a statement that gave no block. What DESCRIBE does
// not take, such as SHOW, is cheap and is run again in a format that names them.
func (n *conn) header(sql string, params map[string]string) (*proto.Block, error) {
	bare := strings.TrimRight(sql, "; \t\r\n")
	data, err := n.s.query("DESCRIBE ("+bare+"\n)", "Native", params)
	if err == nil {
		var names, types []string
		err := decodeBlocks(data, &n.e.columns, func(b *proto.Block) error {
			for i := range b.Rows() {
				names = append(names, b.Columns[0].Row(i, false).(string))
				types = append(types, b.Columns[1].Row(i, false).(string))
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		return header(names, types, &n.e.columns)
	}
	if data, err = n.s.query(bare, "TSVWithNamesAndTypes", params); err != nil {
		return nil, err
	}
	lines := bytes.SplitN(data, []byte("\n"), 3)
	if len(lines) < 2 || len(lines[0]) == 0 {
		return &proto.Block{}, nil
	}
	return header(strings.Split(string(lines[0]), "\t"), strings.Split(string(lines[1]), "\t"), &n.e.columns)
}

// insert tells the client the columns and passes its blocks on until an empty
// one. It is done when the engine has written them; when the client leaves
// before, the insert is given up.
func (n *conn) insert(sql, columns string, params map[string]string) error {
	head, err := n.header(columns, params)
	if err != nil {
		return n.except(err)
	}
	in, err := n.s.insert(sql, "Native", params)
	if err != nil {
		return n.except(err)
	}
	if err := n.send(head); err != nil {
		in.abort()
		return err
	}
	var failed error // kept until the client has sent all, as it does not listen before
	for {
		_, b, err := n.receive()
		if err != nil {
			if failed == nil {
				in.abort()
			}
			return err
		}
		if len(b.Columns) == 0 || b.Rows() == 0 {
			break
		}
		if failed != nil {
			continue
		}
		n.out.Reset()
		if failed = b.Encode(&n.out, 0); failed == nil {
			failed = in.append(n.out.Buf)
		}
		n.out.Reset()
		if failed != nil {
			in.abort()
		}
	}
	if failed == nil {
		failed = in.finish()
	}
	return n.end(failed)
}

// watched runs a statement and cancels it in the engine when the client says so
// or is gone, which it reports. The client sends nothing else meanwhile, so
// looking at the next byte does not disturb the protocol.
func (n *conn) watched(statement func() error) (gone bool, err error) {
	done, left := make(chan struct{}), make(chan bool, 1)
	defer func() {
		close(done)
		n.c.SetReadDeadline(time.Unix(1, 0)) // wakes the watcher
		gone = <-left
		n.c.SetReadDeadline(time.Time{})
	}()
	go func() {
		b, err := n.in.Peek(1)
		select {
		case <-done:
			left <- false
			return
		default:
		}
		if err == nil && chproto.ClientCode(b[0]) != chproto.ClientCodeCancel {
			left <- false
			return
		}
		// The statement may not have been registered yet, or be one of two:
		// ask until it has ended.
		for wait := 10 * time.Millisecond; ; wait = min(2*wait, 500*time.Millisecond) {
			n.e.kill(n.tag) // a failure to kill is tried again
			select {
			case <-done:
				left <- err != nil
				return
			case <-time.After(wait):
			}
		}
	}()
	return false, statement()
}

// set makes the session's settings those of a statement: what an earlier
// statement had set and this one has not goes back to its default. A setting of
// a SET statement of the client stays until a statement sends the same one.
func (n *conn) set(settings []chproto.Setting) error {
	wanted := make(map[string]string, len(settings))
	for _, s := range settings {
		v := s.Value
		if s.Custom {
			v = unquote(v)
		}
		wanted[s.Key] = v
	}
	var change []string
	for k, v := range wanted {
		if was, ok := n.applied[k]; !ok || was != v {
			if k == logComment {
				v = n.tag + v
			}
			change = append(change, k+" = "+quote(v))
		}
	}
	for k := range n.applied {
		if _, ok := wanted[k]; !ok {
			change = append(change, n.restored(k))
		}
	}
	if len(change) == 0 {
		return nil
	}
	slices.Sort(change)
	if _, err := n.s.query("SET "+strings.Join(change, ", "), "Null", nil); err != nil {
		// Some may have been set before the faulty one: take back all.
		for _, keys := range []map[string]string{wanted, n.applied} {
			for k := range keys {
				n.s.query("SET "+n.restored(k), "Null", nil) // a name that is none fails again
			}
		}
		n.applied = nil
		return err
	}
	n.applied = wanted
	return nil
}

// restored is the assignment that takes a setting back.
func (n *conn) restored(key string) string {
	if key == logComment {
		return key + " = " + quote(n.tag)
	}
	if v, ok := sessionSettings[key]; ok {
		return key + " = " + quote(v)
	}
	return key + " = DEFAULT"
}

func (n *conn) defaults() string {
	set := []string{logComment + " = " + quote(n.tag)}
	for k, v := range sessionSettings {
		set = append(set, k+" = "+quote(v))
	}
	slices.Sort(set)
	return strings.Join(set, ", ")
}
