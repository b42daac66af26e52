package embedded

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strconv"

	"github.com/ClickHouse/ch-go/compress"
	chproto "github.com/ClickHouse/ch-go/proto"
	"github.com/ClickHouse/clickhouse-go/v2/lib/proto"
)

// readBuffer is shared by the protocol's reader and the watcher, which looks at
// the next byte; it must be at least as large as the reader's own would be, or
// the reader would put a second buffer in front.
const readBuffer = 256 << 10

// conn answers the native protocol for one client, in one session of the
// engine, one statement at a time.
type conn struct {
	e   *Engine
	c   net.Conn
	in  *bufio.Reader
	r   *chproto.Reader
	out chproto.Buffer
	lz4 *compress.Writer

	version  int  // protocol revision of this connection
	compress bool // of the statement that runs

	s       *session
	tag     string            // begins log_comment, so that KILL finds the session's statement
	applied map[string]string // settings of the last statement, still set
}

// serveConn runs until the client leaves or breaks the protocol. There is nobody
// to tell the latter but the client, whose connection ends.
func serveConn(e *Engine, c net.Conn) {
	in := bufio.NewReaderSize(c, readBuffer)
	n := &conn{
		e: e, c: c, in: in, r: chproto.NewReader(in),
		lz4: compress.NewWriter(compress.LevelZero, compress.LZ4),
		tag: "uprava session " + strconv.FormatUint(e.serial.Add(1), 10) + ";",
	}
	defer func() {
		if n.s != nil {
			n.s.close()
			e.sessions.Add(-1)
		}
	}()
	if n.handshake() != nil {
		return
	}
	for n.packet() == nil {
	}
}

func (n *conn) flush() error {
	_, err := n.c.Write(n.out.Buf)
	n.out.Reset()
	return err
}

func (n *conn) handshake() error {
	code, err := n.r.UVarInt()
	if err != nil {
		return err
	}
	if chproto.ClientCode(code) != chproto.ClientCodeHello {
		return fmt.Errorf("found packet %d, wanted a hello", code)
	}
	var hello chproto.ClientHello
	if err := hello.Decode(n.r); err != nil {
		return err
	}
	n.version = min(hello.ProtocolVersion, revision)
	if err := n.open(hello.Database); err != nil {
		n.except(err)
		return err
	}
	reply := chproto.ServerHello{
		Name: "ClickHouse", DisplayName: "embedded", Timezone: "UTC", Revision: revision,
		Major: n.e.version[0], Minor: n.e.version[1], Patch: n.e.version[2],
	}
	reply.EncodeAware(&n.out, n.version)
	if err := n.flush(); err != nil {
		return err
	}
	if n.version >= proto.DBMS_MIN_PROTOCOL_VERSION_WITH_ADDENDUM {
		if _, err := n.r.Str(); err != nil { // a quota key
			return err
		}
	}
	return nil
}

// open begins the session of this client.
func (n *conn) open(database string) error {
	s, err := connect(n.e.args)
	if err != nil {
		return err
	}
	n.s = s
	n.e.sessions.Add(1)
	if _, err := s.query("SET "+n.defaults(), "Null", nil); err != nil {
		return err
	}
	if database != "" && database != "default" {
		if _, err := s.query("USE "+quoteName(database), "Null", nil); err != nil {
			return err
		}
	}
	return nil
}

// packet answers one packet; an error ends the connection. So does a panic, of a
// column type that clickhouse-go's coder does not manage: the client is told, the
// process lives.
func (n *conn) packet() (err error) {
	defer func() {
		if p := recover(); p != nil {
			n.out.Reset()
			err = fmt.Errorf("DB::Exception: passing blocks on: %v", p)
			n.except(err)
		}
	}()
	code, err := n.r.UVarInt()
	if err != nil {
		return err
	}
	switch chproto.ClientCode(code) {
	case chproto.ClientCodePing:
		chproto.ServerCodePong.Encode(&n.out)
		return n.flush()
	case chproto.ClientCodeCancel: // of a statement that has ended meanwhile
		return nil
	case chproto.ClientCodeQuery:
		return n.query()
	}
	return fmt.Errorf("found packet %d, wanted a ping, a query or a cancel", code)
}

// receive reads one Data packet. A named one is an external table.
func (n *conn) receive() (name string, b *proto.Block, err error) {
	code, err := n.r.UVarInt()
	if err != nil {
		return "", nil, err
	}
	if chproto.ClientCode(code) != chproto.ClientCodeData {
		return "", nil, fmt.Errorf("found packet %d, wanted data", code)
	}
	if name, err = n.r.Str(); err != nil {
		return "", nil, err
	}
	if n.compress {
		n.r.EnableCompression()
		defer n.r.DisableCompression()
	}
	b = &proto.Block{ServerContext: &n.e.columns}
	return name, b, b.Decode(n.r, uint64(n.version))
}

func (n *conn) send(b *proto.Block) error {
	chproto.ServerCodeData.Encode(&n.out)
	n.out.PutString("")
	at := len(n.out.Buf)
	if err := encodeBlock(&n.out, b, uint64(n.version)); err != nil {
		n.out.Reset()
		return err
	}
	if n.compress {
		if err := n.lz4.Compress(n.out.Buf[at:]); err != nil {
			n.out.Reset()
			return err
		}
		n.out.Buf = append(n.out.Buf[:at], n.lz4.Data...)
	}
	if err := n.flush(); err != nil {
		return fmt.Errorf("%w: %w", io.ErrClosedPipe, err)
	}
	return nil
}

// end tells the client that its statement is done, well or not.
func (n *conn) end(err error) error {
	if err != nil {
		return n.except(err)
	}
	chproto.ServerCodeEndOfStream.Encode(&n.out)
	return n.flush()
}

func (n *conn) except(err error) error {
	e := asException(err)
	chproto.ServerCodeException.Encode(&n.out)
	(&chproto.Exception{Code: chproto.Error(e.code), Name: "DB::Exception", Message: e.message}).EncodeAware(&n.out, n.version)
	return n.flush()
}
