package conformance

import (
	"container/heap"
	"context"
)

// end fires the shortest silent path to the final marking, and where none leads
// there the shortest of those that leave fewest missing and remaining tokens.
func (r *replayer[T]) end(ctx context.Context, at int32) (*ending, error) {
	if e := &r.ends[at]; e.known {
		return e, nil
	}
	n, q := r.net, &r.search
	e := ending{known: true}
	q.begin(r.states.at(at), r.states.hashes[at])
	seek := r.everywhere
	if n.ends {
		seek = r.homewards
	}
	best, err := seek(ctx, &e)
	if err != nil {
		return nil, err
	}
	e.visited = int32(q.len())
	e.silent.from = int32(len(r.paths))
	for _, t := range q.path(nil, best) {
		if int(t) < len(n.in) {
			r.paths = append(r.paths, t)
		}
	}
	e.silent.to = int32(len(r.paths))
	// The marking without the changes that the search made to it.
	m := append([]T(nil), r.states.at(at)...)
	for k, t := range r.paths[e.silent.from:] {
		copy(r.buffer, m)
		if !fire(n, t, r.buffer, m) { // the search had removed what T cannot count
			if narrow[T]() {
				return nil, errNarrow
			}
			e.cut, e.silent.to = true, e.silent.from+int32(k)
			copy(m, r.buffer)
			break
		}
		e.consumed, e.produced = e.consumed+n.consumed[t], e.produced+n.produced[t]
	}
	r.settle(&e, m)
	r.ends[at] = e
	return &r.ends[at], nil
}

// everywhere searches all that silent transitions lead to, for nets whose final
// marking they may leave again.
func (r *replayer[T]) everywhere(ctx context.Context, e *ending) (int32, error) {
	n, q := r.net, &r.search
	best, fewest := int32(0), offBy(n, q.at(0))
	for i := int32(0); fewest > 0 && int(i) < q.len(); i++ {
		if i&0xff == 0xff && ctx.Err() != nil {
			return 0, ctx.Err()
		}
		if k := offBy(n, q.at(i)); k < fewest {
			best, fewest = i, k
		}
		for _, t := range n.silent {
			if _, counted := q.try(n, i, t); !counted {
				if narrow[T]() {
					return 0, errNarrow
				}
				e.cut = true
			}
		}
		if q.len() > r.limit {
			e.cut = true
			break
		}
	}
	return best, nil
}

// homewards searches for the final marking, where a token may also be removed, or
// added to a place of the final marking, at the price of one: the cheapest way, of
// several the one with fewest silent transitions, leaves fewest missing and
// remaining tokens, as the tokens that it removes do not help to get there. Where the
// bound is met it returns the best place to stop that it saw.
func (r *replayer[T]) homewards(ctx context.Context, e *ending) (int32, error) {
	n, q := r.net, &r.search
	price := []uint64{0} // by marking: changes << 32 | silent transitions
	done := []bool{false}
	best, fewest := int32(0), offBy(n, q.at(0))
	todo := &queue{{0, 0}}
	r.reduce.from(q.at(0))
	relax := func(i, step int32, hash, paid uint64) {
		j, fresh := q.add(q.next, hash)
		if fresh {
			q.from, q.by = append(q.from, i), append(q.by, step)
			price, done = append(price, paid), append(done, false)
		} else if done[j] || price[j] <= paid {
			return
		}
		q.from[j], q.by[j], price[j] = i, step, paid
		heap.Push(todo, due{paid, j})
	}
	for len(*todo) > 0 {
		i := heap.Pop(todo).(due).marking
		if done[i] {
			continue
		}
		done[i] = true
		off := offBy(n, q.at(i))
		if off == 0 {
			return i, nil
		}
		if k := off + int64(price[i]>>32); k < fewest {
			best, fewest = i, k
		}
		if q.len() > r.limit {
			e.cut = true
			break
		}
		if i&0xff == 0xff && ctx.Err() != nil {
			return 0, ctx.Err()
		}
		for _, step := range r.reduce.homewards(q.at(i), true) {
			m, hash := q.at(i), q.hashes[i]
			switch k := int(step) - len(n.in); {
			case k < 0:
				if !fire(n, step, m, q.next) {
					if narrow[T]() {
						return 0, errNarrow
					}
					e.cut = true
					continue
				}
				relax(i, step, hash+n.delta[step], price[i]+1)
			case k < n.places:
				copy(q.next, m)
				q.next[k]--
				relax(i, step, hash-n.salt[k], price[i]+1<<32)
			default:
				k -= n.places
				copy(q.next, m)
				q.next[k]++ // below the final marking's count, which T holds
				relax(i, step, hash+n.salt[k], price[i]+1<<32)
			}
		}
	}
	return best, nil
}

// due is a marking to go on from; queue orders by price, then by number.
type due struct {
	paid    uint64
	marking int32
}

type queue []due

func (q queue) Len() int { return len(q) }
func (q queue) Less(i, j int) bool {
	return q[i].paid < q[j].paid || q[i].paid == q[j].paid && q[i].marking < q[j].marking
}
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)   { *q = append(*q, x.(due)) }
func (q *queue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}
