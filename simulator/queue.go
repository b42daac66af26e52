package simulator

// waiting is an item in a queue. An item with several pools waits in the queue
// of each; where another took it, or its case ended, it is passed over.
type waiting struct {
	key        int64 // the least goes first
	sequence   uint64
	item       int32
	generation uint32
}

// queue holds waiting items, first come first served (a ring) or by key (a heap),
// ties in the order in which they came.
type queue struct {
	sorted bool
	ring   ring[waiting]
	heap   []waiting
}

func (q *queue) push(w waiting) {
	if !q.sorted {
		q.ring.push(w)
		return
	}
	q.heap = append(q.heap, w)
	for i := len(q.heap) - 1; i > 0; {
		p := (i - 1) / 2
		if !before(&q.heap[i], &q.heap[p]) {
			break
		}
		q.heap[i], q.heap[p] = q.heap[p], q.heap[i]
		i = p
	}
}

func before(a, b *waiting) bool {
	return a.key < b.key || a.key == b.key && a.sequence < b.sequence
}

// head returns the item that is next, dropping those that no longer wait.
func (q *queue) head(items []item) (waiting, bool) {
	for q.ring.n+len(q.heap) > 0 {
		var w waiting
		if q.sorted {
			w = q.heap[0]
		} else {
			w = q.ring.items[q.ring.from]
		}
		if t := &items[w.item]; t.generation == w.generation && t.queued {
			return w, true
		}
		q.pop()
	}
	return waiting{}, false
}

// pop removes the head.
func (q *queue) pop() {
	if !q.sorted {
		q.ring.pop()
		return
	}
	n := len(q.heap) - 1
	q.heap[0] = q.heap[n]
	q.heap = q.heap[:n]
	for i := 0; ; {
		c := 2*i + 1
		if c >= n {
			return
		}
		if c+1 < n && before(&q.heap[c+1], &q.heap[c]) {
			c++
		}
		if !before(&q.heap[c], &q.heap[i]) {
			return
		}
		q.heap[i], q.heap[c] = q.heap[c], q.heap[i]
		i = c
	}
}
