package api

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	upravav1 "github.com/uprava/uprava/dashboards/api/proto/uprava/v1"
)

// codec writes messages as the JSON of the command line: every field under its
// name in the .proto file, in that order; 64-bit integers as numbers; null for
// an optional figure or time that is not there and for what is no finite number;
// a field with the option omit_empty is left out where it is empty.
// The same message is always the same bytes. It reads protojson's form, strictly.
type codec struct{}

var _ runtime.Marshaler = codec{}

func (codec) ContentType(any) string { return "application/json" }

func (codec) Marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	if m, ok := v.(proto.Message); ok {
		if err := writeMessage(&b, m.ProtoReflect()); err != nil {
			return nil, err
		}
	} else if err := writeValue(&b, v); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

func (c codec) NewEncoder(w io.Writer) runtime.Encoder {
	return runtime.EncoderFunc(func(v any) error {
		b, err := c.Marshal(v)
		if err == nil {
			_, err = w.Write(b)
		}
		return err
	})
}

func (codec) Unmarshal(data []byte, v any) error {
	m, ok := v.(proto.Message)
	if !ok {
		return json.Unmarshal(data, v)
	}
	return protojson.Unmarshal(data, m)
}

func (c codec) NewDecoder(r io.Reader) runtime.Decoder {
	return runtime.DecoderFunc(func(v any) error {
		data, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		if len(bytes.TrimSpace(data)) == 0 {
			return io.EOF
		}
		return c.Unmarshal(data, v)
	})
}

func writeMessage(b *bytes.Buffer, m protoreflect.Message) error {
	switch x := m.Interface().(type) {
	case *timestamppb.Timestamp:
		if err := x.CheckValid(); err != nil {
			return err
		}
		return writeValue(b, x.AsTime().Format(time.RFC3339Nano))
	}
	b.WriteByte('{')
	fields := m.Descriptor().Fields()
	first := true
	for i := range fields.Len() {
		f := fields.Get(i)
		if !m.Has(f) && proto.GetExtension(f.Options(), upravav1.E_OmitEmpty).(bool) {
			continue
		}
		if !first {
			b.WriteByte(',')
		}
		first = false
		if err := writeValue(b, string(f.Name())); err != nil {
			return err
		}
		b.WriteByte(':')
		if err := writeField(b, f, m); err != nil {
			return fmt.Errorf("field %q: %w", f.Name(), err)
		}
	}
	b.WriteByte('}')
	return nil
}

func writeField(b *bytes.Buffer, f protoreflect.FieldDescriptor, m protoreflect.Message) error {
	if f.HasPresence() && !m.Has(f) {
		b.WriteString("null")
		return nil
	}
	v := m.Get(f)
	switch {
	case f.IsMap():
		keys := []string{}
		values := map[string]protoreflect.Value{}
		v.Map().Range(func(k protoreflect.MapKey, v protoreflect.Value) bool {
			keys = append(keys, k.String())
			values[k.String()] = v
			return true
		})
		slices.Sort(keys)
		b.WriteByte('{')
		for i, k := range keys {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := writeValue(b, k); err != nil {
				return err
			}
			b.WriteByte(':')
			if err := writeOne(b, f.MapValue(), values[k]); err != nil {
				return err
			}
		}
		b.WriteByte('}')
		return nil
	case f.IsList():
		b.WriteByte('[')
		for i := range v.List().Len() {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := writeOne(b, f, v.List().Get(i)); err != nil {
				return err
			}
		}
		b.WriteByte(']')
		return nil
	}
	return writeOne(b, f, v)
}

// writeOne writes a value that is neither a list nor a map.
func writeOne(b *bytes.Buffer, f protoreflect.FieldDescriptor, v protoreflect.Value) error {
	switch f.Kind() {
	case protoreflect.MessageKind, protoreflect.GroupKind:
		return writeMessage(b, v.Message())
	case protoreflect.EnumKind:
		if e := f.Enum().Values().ByNumber(v.Enum()); e != nil {
			return writeValue(b, string(e.Name()))
		}
		b.WriteString(strconv.Itoa(int(v.Enum())))
		return nil
	case protoreflect.BytesKind:
		return writeValue(b, base64.StdEncoding.EncodeToString(v.Bytes()))
	case protoreflect.FloatKind, protoreflect.DoubleKind:
		if x := v.Float(); math.IsNaN(x) || math.IsInf(x, 0) {
			b.WriteString("null")
			return nil
		}
	}
	return writeValue(b, v.Interface())
}

// writeValue writes as encoding/json does, but leaves <, > and & as they are.
func writeValue(b *bytes.Buffer, v any) error {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	b.Truncate(b.Len() - 1) // its newline
	return nil
}
