package xes

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/klauspost/compress/gzip"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/uprava/uprava/connectors"
)

// errEmpty says that a source holds not one byte.
var errEmpty = errors.New("the file is empty, wanted an XES log")

// utf8Text returns the text of r in UTF-8: decompressed where it is gzip,
// decoded where a byte-order mark or the XML declaration names another
// encoding, without the mark. stop ends the decompressing goroutine and waits
// for it.
func utf8Text(r io.Reader) (text io.Reader, stop func(), err error) {
	stop = func() {}
	head := bufio.NewReaderSize(r, 64<<10)
	magic, err := head.Peek(2)
	if len(magic) == 0 {
		if err == io.EOF {
			err = errEmpty
		}
		return nil, stop, err
	}
	if bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		stored := &connectors.Counted{Reader: head}
		unzipped, err := gzip.NewReader(stored)
		if err != nil {
			return nil, stop, compressionError(err)
		}
		d := startDecompressor(connectors.Inflated(unzipped, stored))
		stop = d.stop
		head = bufio.NewReaderSize(d, 4<<10)
		if first, err := head.Peek(1); len(first) == 0 {
			if err == io.EOF {
				err = errEmpty
			}
			return nil, stop, err
		}
	}
	text, err = decoded(head)
	return text, stop, err
}

// decoded returns r in UTF-8 without a byte-order mark.
func decoded(r *bufio.Reader) (io.Reader, error) {
	b, _ := r.Peek(1024)
	switch {
	case bytes.HasPrefix(b, []byte("\xef\xbb\xbf")):
		_, err := r.Discard(3)
		return r, err
	case bytes.HasPrefix(b, []byte("\xff\xfe")), bytes.HasPrefix(b, []byte("<\x00")):
		return transform.NewReader(r, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder()), nil
	case bytes.HasPrefix(b, []byte("\xfe\xff")), bytes.HasPrefix(b, []byte("\x00<")):
		return transform.NewReader(r, unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder()), nil
	}
	name := declaredEncoding(b)
	switch strings.ToLower(name) {
	case "", "utf-8", "utf8", "us-ascii", "ascii":
		return r, nil
	}
	enc, err := namedEncoding(name)
	if err != nil {
		return nil, err
	}
	return transform.NewReader(r, enc.NewDecoder()), nil
}

func namedEncoding(name string) (encoding.Encoding, error) {
	enc, err := ianaindex.IANA.Encoding(name)
	if err != nil || enc == nil {
		return nil, fmt.Errorf("encoding %q, which the XML declaration names, is not known", name)
	}
	return enc, nil
}

// declaredEncoding returns the encoding that <?xml … encoding="…"?> names, ""
// where there is none.
func declaredEncoding(b []byte) string {
	b = bytes.TrimLeft(b, " \t\r\n")
	if !bytes.HasPrefix(b, []byte("<?xml")) {
		return ""
	}
	end := bytes.Index(b, []byte("?>"))
	if end < 0 {
		return ""
	}
	_, rest, found := bytes.Cut(b[:end], []byte("encoding"))
	if !found {
		return ""
	}
	rest = bytes.TrimLeft(bytes.TrimPrefix(bytes.TrimLeft(rest, " \t\r\n"), []byte("=")), " \t\r\n")
	if len(rest) == 0 || rest[0] != '"' && rest[0] != '\'' {
		return ""
	}
	name, _, _ := bytes.Cut(rest[1:], rest[:1])
	return string(name)
}

// compressionError puts the faults of an archive into words.
func compressionError(err error) error {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("the gzip archive is truncated: %w", err)
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum):
		return fmt.Errorf("the gzip archive is damaged: %w", err)
	}
	return fmt.Errorf("decompressing: %w", err)
}

// decompressor reads an archive ahead in a goroutine of its own, in blocks.
type decompressor struct {
	full chan block
	free chan []byte
	quit chan struct{}
	done chan struct{}
	now  block
	rest []byte
}

type block struct {
	data []byte
	err  error
}

const (
	blockSize  = 256 << 10
	blockCount = 8
)

func startDecompressor(r io.Reader) *decompressor {
	d := &decompressor{
		full: make(chan block, blockCount), free: make(chan []byte, blockCount),
		quit: make(chan struct{}), done: make(chan struct{}),
	}
	for range blockCount {
		d.free <- nil
	}
	go d.run(r)
	return d
}

func (d *decompressor) run(r io.Reader) {
	defer close(d.done)
	for {
		var data []byte
		select {
		case data = <-d.free:
		case <-d.quit:
			return
		}
		if data == nil {
			data = make([]byte, blockSize)
		}
		n, err := 0, error(nil)
		for n < blockSize && err == nil {
			var m int
			m, err = r.Read(data[n:blockSize])
			n += m
		}
		if err != nil && err != io.EOF {
			err = compressionError(err)
		}
		select {
		case d.full <- block{data[:n], err}:
		case <-d.quit:
			return
		}
		if err != nil {
			return
		}
	}
}

// Read implements io.Reader.
func (d *decompressor) Read(p []byte) (int, error) {
	for len(d.rest) == 0 {
		if d.now.err != nil {
			return 0, d.now.err
		}
		if d.now.data != nil {
			d.free <- d.now.data[:blockSize]
		}
		d.now = <-d.full
		d.rest = d.now.data
	}
	n := copy(p, d.rest)
	d.rest = d.rest[n:]
	return n, nil
}

func (d *decompressor) stop() {
	select {
	case <-d.quit:
	default:
		close(d.quit)
	}
	<-d.done
}
