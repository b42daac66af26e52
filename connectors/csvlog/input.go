package csvlog

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/klauspost/compress/gzip"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/uprava/uprava/connectors"
)

const (
	rawLimit   = 4 << 10 // bytes of a row that an error shows
	sampleSize = 1 << 20 // bytes by which encoding and delimiter are told
)

var errEmpty = errors.New("the file is empty, wanted a CSV with a header")

// input is a text in UTF-8 and what was decided about it.
type input struct {
	text     io.Reader
	sample   []byte // its beginning
	whole    bool   // the sample is all of it
	encoding string
	doubts   []error
}

// open decompresses and decodes r. name is the encoding asked for, "" to detect.
func open(r io.Reader, name string) (*input, error) {
	head := bufio.NewReaderSize(r, 64<<10)
	if magic, _ := head.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		stored := &connectors.Counted{Reader: head}
		z, err := gzip.NewReader(stored)
		if err != nil {
			return nil, fmt.Errorf("the gzip archive is damaged: %w", err)
		}
		head = bufio.NewReaderSize(connectors.Inflated(z, stored), 64<<10)
	}
	in := &input{encoding: name}
	raw := bufio.NewReaderSize(head, sampleSize)
	b, err := raw.Peek(sampleSize)
	if len(b) == 0 {
		if err == io.EOF {
			err = errEmpty
		}
		return nil, err
	}
	whole := err == io.EOF
	in.detectEncoding(b, whole)
	enc, err := encodingNamed(in.encoding)
	if err != nil {
		return nil, err
	}
	text := io.Reader(raw)
	if enc != nil {
		text = transform.NewReader(raw, enc.NewDecoder())
	} else if bytes.HasPrefix(b, mark) {
		if _, err := raw.Discard(len(mark)); err != nil {
			return nil, err
		}
	}
	decoded := bufio.NewReaderSize(text, sampleSize)
	in.sample, err = decoded.Peek(sampleSize)
	in.whole = err == io.EOF
	in.text = decoded
	if len(in.sample) == 0 {
		if err == io.EOF {
			err = errEmpty
		}
		return nil, err
	}
	return in, nil
}

var mark = []byte("\xef\xbb\xbf")

// detectEncoding tells the encoding of b: by its byte-order mark, by the zeros
// of UTF-16, as UTF-8 where it is valid, else as windows-1251.
func (in *input) detectEncoding(b []byte, whole bool) {
	if in.encoding != "" {
		return
	}
	switch {
	case bytes.HasPrefix(b, mark):
		in.encoding = "utf-8"
	case bytes.HasPrefix(b, []byte("\xff\xfe")), len(b) > 3 && b[0] != 0 && b[1] == 0 && b[3] == 0:
		in.encoding = "utf-16le"
	case bytes.HasPrefix(b, []byte("\xfe\xff")), len(b) > 3 && b[0] == 0 && b[1] != 0 && b[2] == 0:
		in.encoding = "utf-16be"
	case validUTF8(b, whole):
		in.encoding = "utf-8"
	default:
		in.encoding = "windows-1251"
		in.doubts = append(in.doubts, &GuessedEncodingError{in.encoding})
	}
}

// validUTF8 is utf8.Valid, with a character cut off at the end allowed where
// there is more.
func validUTF8(b []byte, whole bool) bool {
	if !whole {
		for i := 0; i < 3 && len(b) > 0 && !utf8.Valid(b[len(b)-min(len(b), 4):]); i++ {
			b = b[:len(b)-1]
		}
	}
	return utf8.Valid(b)
}

// encodingNamed returns an encoding by name, nil for UTF-8.
func encodingNamed(name string) (encoding.Encoding, error) {
	switch strings.ToLower(name) {
	case "", "utf-8", "utf8", "utf-8-sig", "ascii", "us-ascii":
		return nil, nil
	case "windows-1251", "cp1251", "win1251", "1251":
		return charmap.Windows1251, nil
	case "utf-16", "utf16", "utf-16le", "utf16le":
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), nil
	case "utf-16be", "utf16be":
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM), nil
	}
	enc, err := ianaindex.IANA.Encoding(name)
	if err != nil || enc == nil {
		return nil, fmt.Errorf("encoding %q is not known, wanted utf-8, windows-1251, utf-16 or another name of IANA", name)
	}
	return enc, nil
}

// detectDelimiter returns the delimiter that cuts the first records of the
// sample into the most, and the most even, fields; a comma where none does.
func detectDelimiter(sample []byte, whole bool) byte {
	best, most := byte(','), 0
	for _, d := range []byte{',', ';', '\t', '|'} {
		s := newScanner(bytes.NewReader(sample), d)
		fields, even, rows := 0, 0, 0
		for rows < 100 {
			if err := s.next(); err != nil {
				if _, bad := errors.AsType[*recordError](err); bad {
					rows++
					continue
				}
				break
			}
			if fields == 0 {
				fields = len(s.fields)
			}
			if len(s.fields) == fields && (whole || s.pos < len(sample)) {
				even++
			}
			rows++
		}
		if fields < 2 || rows == 0 {
			continue
		}
		// Of those that cut most rows alike, the one with most fields.
		if score := even*10/rows*1000 + fields; score > most {
			best, most = d, score
		}
	}
	return best
}
