package connectors

import (
	"fmt"
	"io"
	"sync/atomic"
)

// How a stream that was compressed may grow: a log is some tens of times as large as its
// archive, the zeros of a decompression bomb a thousand times.
const (
	mostGrowth  = 400
	growthFloor = 64 << 20 // bytes below which nothing is asked
)

// Counted counts the bytes that are read of a stream.
type Counted struct {
	io.Reader
	n atomic.Int64
}

// Read implements io.Reader.
func (c *Counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// Bytes returns how many bytes were read.
func (c *Counted) Bytes() int64 { return c.n.Load() }

// Inflated reads text, what was compressed in stored, and ends with an error where it has
// grown beyond all reason, so that a small archive cannot fill the disk.
func Inflated(text io.Reader, stored *Counted) io.Reader {
	return &inflated{text: text, stored: stored}
}

type inflated struct {
	text   io.Reader
	stored *Counted
	out    int64
}

func (i *inflated) Read(p []byte) (int, error) {
	n, err := i.text.Read(p)
	i.out += int64(n)
	if in := i.stored.Bytes(); i.out > growthFloor && i.out/mostGrowth > in {
		return 0, fmt.Errorf("the archive grows more than %d times (%d bytes of it have become %d): no log is packed so; unpack it and look at it first", mostGrowth, in, i.out)
	}
	return n, err
}
