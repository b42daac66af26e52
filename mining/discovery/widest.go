package discovery

import "container/heap"

// widest is a queue of vertices, those of the greatest capacity first, of the same
// by number.
type widest struct{ items []vertexAt }

type vertexAt struct {
	vertex   int
	capacity int64
}

func newWidest(n int) *widest { return &widest{make([]vertexAt, 0, n)} }

func (q *widest) push(v int, capacity int64) { heap.Push(q, vertexAt{v, capacity}) }

func (q *widest) pop() (int, bool) {
	if len(q.items) == 0 {
		return 0, false
	}
	return heap.Pop(q).(vertexAt).vertex, true
}

// Len, Less, Swap, Push and Pop are for container/heap.
func (q *widest) Len() int { return len(q.items) }

// Less is for container/heap.
func (q *widest) Less(i, j int) bool {
	a, b := q.items[i], q.items[j]
	return a.capacity > b.capacity || a.capacity == b.capacity && a.vertex < b.vertex
}

// Swap is for container/heap.
func (q *widest) Swap(i, j int) { q.items[i], q.items[j] = q.items[j], q.items[i] }

// Push is for container/heap.
func (q *widest) Push(x any) { q.items = append(q.items, x.(vertexAt)) }

// Pop is for container/heap.
func (q *widest) Pop() any {
	last := q.items[len(q.items)-1]
	q.items = q.items[:len(q.items)-1]
	return last
}
