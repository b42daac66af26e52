package embedded

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"

	chproto "github.com/ClickHouse/ch-go/proto"
	"github.com/ClickHouse/clickhouse-go/v2/lib/column"
	"github.com/ClickHouse/clickhouse-go/v2/lib/proto"
)

// revision is the protocol revision this side speaks: clickhouse-go's own, so
// that a block is coded in the one way its library knows.
const revision = proto.DBMS_TCP_PROTOCOL_VERSION

// decodeBlocks decodes what the engine writes as FORMAT Native, which from its
// C interface is revision 0, and yields each block.
func decodeBlocks(data []byte, sc *column.ServerContext, yield func(*proto.Block) error) error {
	r := chproto.NewReader(bytes.NewReader(data))
	for {
		b := &proto.Block{ServerContext: sc}
		if err := b.Decode(r, 0); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("decoding a native block of the engine: %w", err)
		}
		if err := yield(b); err != nil {
			return err
		}
	}
}

// encodeBlock appends b to buf for a client of the revision. A block without
// rows is written by hand: Block.Encode puts a state prefix before the values of
// LowCardinality and the like even if there are none, which neither Block.Decode
// nor a server expects.
func encodeBlock(buf *chproto.Buffer, b *proto.Block, rev uint64) error {
	if c := foreign(b); c != "" {
		return &exception{codeNotImplemented, "DB::Exception: the embedded engine does not pass on column " + c + ": convert it, as in NULL::Nullable(String) or toString(…)"}
	}
	if b.Rows() > 0 {
		return b.Encode(buf, rev)
	}
	if err := (&proto.Block{}).EncodeHeader(buf, rev); err != nil {
		return err
	}
	buf.Buf = buf.Buf[:len(buf.Buf)-2] // its two counts, both 0 and one byte long
	buf.PutUVarInt(uint64(len(b.Columns)))
	buf.PutUVarInt(0)
	for _, c := range b.Columns {
		buf.PutString(c.Name())
		buf.PutString(string(c.Type()))
		if rev >= proto.DBMS_MIN_REVISION_WITH_CUSTOM_SERIALIZATION {
			buf.PutBool(false)
		}
	}
	return nil
}

// unpassable are the types whose values clickhouse-go reads and writes in two
// ways, so that a client would wait for ever or panic.
var unpassable = regexp.MustCompile(`\b(Nothing|JSON|Dynamic|Variant)\b`)

// foreign names a column of such a type, with the type.
func foreign(b *proto.Block) string {
	for _, c := range b.Columns {
		if t := string(c.Type()); unpassable.MatchString(t) {
			return quoteName(c.Name()) + " of type " + t
		}
	}
	return ""
}

// header returns a block without rows of the named columns.
func header(names, types []string, sc *column.ServerContext) (*proto.Block, error) {
	b := &proto.Block{ServerContext: sc}
	for i := range names {
		if err := b.AddColumn(names[i], column.Type(types[i])); err != nil {
			return nil, err
		}
	}
	return b, nil
}
