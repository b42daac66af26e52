package auth

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// ErrWrong says that a code opens nothing.
var ErrWrong = errors.New("this access code opens nothing: it is mistyped, or was removed")

// TooOftenError says that an address tried wrong codes too often.
type TooOftenError struct{ After time.Duration }

func (e *TooOftenError) Error() string {
	return fmt.Sprintf("too many wrong access codes came from this address; try again in %d seconds", int(e.After.Seconds()+1))
}

// Keeper checks codes and sessions of one data folder.
type Keeper struct {
	codes    *Codes
	sessions *sessions
	tries    tries
	now      func() time.Time
	secret   []byte // of this process, for known
	mu       sync.Mutex
	known    map[[32]byte]Code // codes that were checked before: hashing each call of a program would be slow
	wrong    atomic.Int64
}

// OpenKeeper opens the keeper of a folder.
func OpenKeeper(dir string) (*Keeper, error) {
	s, err := openSessions(dir)
	if err != nil {
		return nil, err
	}
	k := &Keeper{codes: OpenCodes(dir), sessions: s, now: time.Now, secret: make([]byte, 32), known: map[[32]byte]Code{}}
	rand.Read(k.secret)
	k.tries.left = map[netip.Prefix]bucket{}
	return k, nil
}

// Wrong is how many wrong codes came since the start.
func (k *Keeper) Wrong() int64 { return k.wrong.Load() }

// Enter opens a session with a code that came from an address. The error is
// ErrWrong, a *TooOftenError, or that of a disk.
func (k *Keeper) Enter(from netip.Addr, text string) (token string, err error) {
	c, err := k.check(from, text)
	if err != nil {
		return "", err
	}
	return k.sessions.begin(c.ID, k.now())
}

// Leave ends a session; one that is not open is left already.
func (k *Keeper) Leave(token string) error { return k.sessions.end(token) }

// Session is the name of the reader whose session a token is; "" where it is none,
// is over, or its code was removed.
func (k *Keeper) Session(token string) (string, error) {
	id := k.sessions.code(token, k.now())
	if id == "" {
		return "", nil
	}
	list, err := k.codes.List()
	if err != nil {
		return "", err
	}
	if i := slices.IndexFunc(list, func(c Code) bool { return c.ID == id }); i >= 0 {
		return list[i].Name, nil
	}
	return "", nil
}

// Bearer is the name of the holder of a code that a program sends with each call.
// Errors are those of Enter.
func (k *Keeper) Bearer(from netip.Addr, text string) (string, error) {
	c, err := k.check(from, text)
	return c.Name, err
}

// check takes a try before it looks, and gives it back to a code that is right.
func (k *Keeper) check(from netip.Addr, text string) (Code, error) {
	list, err := k.codes.List()
	if err != nil {
		return Code{}, err
	}
	mac := hmac.New(sha256.New, k.secret)
	mac.Write([]byte(text))
	sum := [32]byte(mac.Sum(nil))
	k.mu.Lock()
	c, ok := k.known[sum]
	k.mu.Unlock()
	if ok && slices.Contains(list, c) {
		return c, nil
	}
	if len(text) > 200 {
		text = "" // no code is as long; it costs a try like any other
	}
	if wait := k.tries.take(from, k.now()); wait > 0 {
		return Code{}, &TooOftenError{wait}
	}
	c, ok = find(list, text)
	if !ok {
		k.wrong.Add(1)
		return Code{}, ErrWrong
	}
	k.tries.giveBack(from)
	k.mu.Lock()
	defer k.mu.Unlock()
	for s, old := range k.known {
		if !slices.Contains(list, old) || old == c {
			delete(k.known, s)
		}
	}
	k.known[sum] = c
	return c, nil
}

// How many wrong codes an address may send at once, how long until it has another
// try, and how many addresses are remembered.
const (
	burst     = 10
	another   = 6 * time.Second
	addresses = 10_000
)

// bucket is what an address has left.
type bucket struct {
	tries float64
	at    time.Time
}

// tries bounds wrong codes per address; an IPv6 network of 64 bits is one address.
type tries struct {
	mu   sync.Mutex
	left map[netip.Prefix]bucket
}

func network(a netip.Addr) netip.Prefix {
	a = a.Unmap().WithZone("")
	bits := 32
	if a.Is6() {
		bits = 64
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return netip.Prefix{} // all that have no address share one
	}
	return p
}

// take takes a try and returns 0, or how long to wait for one.
func (t *tries) take(from netip.Addr, now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.left) >= addresses {
		for p, b := range t.left {
			if b.filled(now) >= burst {
				delete(t.left, p)
			}
		}
	}
	p := network(from)
	b, known := t.left[p]
	if !known {
		if len(t.left) >= addresses { // an attack from everywhere: newcomers wait
			return another
		}
		b = bucket{burst, now}
	}
	b = bucket{b.filled(now), now}
	if b.tries < 1 {
		return time.Duration((1 - b.tries) * float64(another))
	}
	b.tries--
	t.left[p] = b
	return 0
}

func (t *tries) giveBack(from netip.Addr) {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := network(from)
	if b, ok := t.left[p]; ok {
		b.tries = min(burst, b.tries+1)
		t.left[p] = b
	}
}

func (b bucket) filled(now time.Time) float64 {
	return min(burst, b.tries+now.Sub(b.at).Seconds()/another.Seconds())
}
