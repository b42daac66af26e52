package eventlog

import (
	"cmp"
	"math"
	"math/bits"
	"runtime"
	"slices"
	"sync"
)

// Variant is one sequence of activities and the cases that follow it.
type Variant struct {
	Activities []Code // shared with the log; empty for cases without rows
	Count      int    // cases
	First      int    // position of the first such case
}

// Variants returns the distinct sequences of activities, the most frequent
// first, ties by the names of their activities. O(n) in events, some nanoseconds
// each on as many cores as there are; memory for the variants alone.
func (l *Log) Variants() []Variant {
	const least = 1 << 17 // events that are worth a goroutine
	parts := max(1, min(runtime.GOMAXPROCS(0), l.events/least, 8))
	tables := make([]variants, parts)
	var wait sync.WaitGroup
	for p := range parts {
		from, to := len(l.spans)*p/parts, len(l.spans)*(p+1)/parts
		if p == parts-1 {
			tables[p].gather(l, from, to)
			continue
		}
		wait.Go(func() { tables[p].gather(l, from, to) })
	}
	wait.Wait()
	all := &tables[0]
	for i := range tables[1:] {
		all.merge(&tables[1+i])
	}
	sortVariants(all.list, l.activities.ranks())
	return all.list
}

// sortVariants sorts by count, then by the ranks of the activities. Variants share
// long beginnings, so ranks are compared some at a time, packed into a key that is
// made anew for those that agree so far.
func sortVariants(list []Variant, rank []int32) {
	slices.SortFunc(list, func(x, y Variant) int { return cmp.Compare(y.Count, x.Count) })
	k := &packing{position: bits.Len(uint(len(list))), rank: max(1, bits.Len(uint(len(rank))))}
	k.per = (64 - k.position) / k.rank
	items := make([]uint64, len(list))
	for i := range items {
		items[i] = uint64(i)
	}
	for lo := 0; lo < len(list); {
		hi := lo + 1
		for hi < len(list) && list[hi].Count == list[lo].Count {
			hi++
		}
		k.sort(items[lo:hi], list, rank, 0)
		lo = hi
	}
	k.others.Wait()
	const done = math.MaxUint64
	for i := range items { // put them in place, cycle by cycle
		if items[i] == done {
			continue
		}
		first, to := list[i], i
		for {
			from := int(items[to] & (1<<k.position - 1))
			items[to] = done
			if from == i {
				list[to] = first
				break
			}
			list[to], to = list[from], from
		}
	}
}

// packing says how many bits of an item hold the position of a variant and, above
// it, each of the ranks of its next activities, 0 behind its end.
type packing struct {
	position, rank, per int
	others              sync.WaitGroup // that sort parts of the list
}

// sort sorts variants that agree in their first depth activities; many of them, on
// another goroutine, so that the list is in order only after others.Wait.
func (p *packing) sort(items []uint64, list []Variant, rank []int32, depth int) {
	if len(items) < 2 {
		return
	}
	for i, item := range items {
		at := item & (1<<p.position - 1)
		acts := list[at].Activities
		acts = acts[min(depth, len(acts)):min(depth+p.per, len(acts))]
		key := uint64(0)
		for _, a := range acts {
			key = key<<p.rank | uint64(rank[a]+1)
		}
		key <<= (p.per - len(acts)) * p.rank
		items[i] = key<<p.position | at
	}
	slices.Sort(items)
	for lo := 0; lo < len(items); {
		key, hi := items[lo]>>p.position, lo+1
		for hi < len(items) && items[hi]>>p.position == key {
			hi++
		}
		if key&(1<<p.rank-1) != 0 { // none of them has ended
			const worth = 256 // variants that are worth a goroutine
			if part := items[lo:hi]; hi-lo > worth && hi < len(items) {
				p.others.Go(func() { p.sort(part, list, rank, depth+p.per) })
			} else {
				p.sort(part, list, rank, depth+p.per)
			}
		}
		lo = hi
	}
}

// ranks returns the position of each code in the order of names.
func (d *Dictionary) ranks() []int32 {
	order := make([]Code, len(d.names))
	for i := range order {
		order[i] = Code(i)
	}
	slices.SortFunc(order, func(a, b Code) int { return cmp.Compare(d.names[a], d.names[b]) })
	rank := make([]int32, len(order))
	for i, c := range order {
		rank[c] = int32(i)
	}
	return rank
}

// variants is a hash table of sequences, open addressing with linear probing. A
// slot holds the hash and, in its lower half, the position in list plus 1; equal
// hashes are told apart by the sequences themselves.
type variants struct {
	list  []Variant
	slots []uint64 // a power of two of them
}

// gather counts the cases from up to before to.
func (v *variants) gather(l *Log, from, to int) {
	size := 1 << bits.Len(uint(min(to-from, 8192)))
	v.slots, v.list = make([]uint64, 2*size), make([]Variant, 0, size/2)
	for i, s := range l.spans[from:to] {
		acts := l.activity[s.lo:s.hi:s.hi]
		v.add(hashOf(acts), Variant{acts, 1, from + i})
	}
}

// merge adds the variants of later cases.
func (v *variants) merge(w *variants) {
	for _, x := range w.list {
		v.add(hashOf(x.Activities), x)
	}
}

func (v *variants) add(h uint32, x Variant) {
	mask := uint32(len(v.slots) - 1)
	at := h & mask
	for ; v.slots[at] != 0; at = (at + 1) & mask {
		if s := v.slots[at]; uint32(s>>32) == h {
			if k := &v.list[uint32(s)-1]; slices.Equal(k.Activities, x.Activities) {
				k.Count += x.Count
				return
			}
		}
	}
	v.list = append(v.list, x)
	v.slots[at] = uint64(h)<<32 | uint64(len(v.list))
	if 2*len(v.list) > len(v.slots) {
		v.grow()
	}
}

func (v *variants) grow() {
	old := v.slots
	v.slots = make([]uint64, 4*len(old))
	mask := uint32(len(v.slots) - 1)
	for _, s := range old {
		if s == 0 {
			continue
		}
		at := uint32(s>>32) & mask
		for v.slots[at] != 0 {
			at = (at + 1) & mask
		}
		v.slots[at] = s
	}
}

// hashOf folds four codes at a time by multiplication to 128 bits.
func hashOf(codes []Code) uint32 {
	const a, b = 0x9e3779b97f4a7c15, 0xd6e8feb86659fd93
	h := uint64(len(codes)) * a
	for len(codes) >= 4 {
		hi, lo := bits.Mul64((uint64(codes[0])|uint64(codes[1])<<32)^h, (uint64(codes[2])|uint64(codes[3])<<32)^b)
		h = hi ^ lo ^ a
		codes = codes[4:]
	}
	for _, c := range codes {
		hi, lo := bits.Mul64(h^uint64(c), b)
		h = hi ^ lo
	}
	hi, lo := bits.Mul64(h^b, a)
	return uint32((hi ^ lo) >> 32)
}
