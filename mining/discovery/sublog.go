package discovery

import "slices"

// sublog is a log, or a part of one, as distinct traces with counts.
type sublog struct {
	names  []string  // of the activities, by code, ascending
	traces [][]int32 // distinct, none empty
	counts []int64   // cases, by trace
	empty  int64     // cases of the empty trace
	watch  *watch

	table []int32 // open addressing: position in traces + 1, 0 for free
	block []int32 // storage for the traces to come
}

func newSublog(names []string, w *watch) *sublog {
	return &sublog{names: names, watch: w, table: make([]int32, 64)}
}

// add counts n cases of a trace, which is copied.
func (l *sublog) add(trace []int32, n int64) {
	if len(trace) == 0 {
		l.empty += n
		return
	}
	at := l.find(trace)
	if k := l.table[at]; k > 0 {
		l.counts[k-1] += n
		return
	}
	if cap(l.block)-len(l.block) < len(trace) {
		l.block = make([]int32, 0, max(1024, len(trace)))
	}
	from := len(l.block)
	l.block = append(l.block, trace...)
	l.traces = append(l.traces, l.block[from:len(l.block):len(l.block)])
	l.counts = append(l.counts, n)
	l.table[at] = int32(len(l.traces))
	if 2*len(l.traces) > len(l.table) {
		l.table = make([]int32, 4*len(l.table))
		for k, t := range l.traces {
			l.table[l.find(t)] = int32(k + 1)
		}
	}
}

// find returns the slot of a trace: its own or the free one where it belongs.
func (l *sublog) find(trace []int32) int {
	hash := uint64(len(trace))
	for _, a := range trace {
		hash = (hash ^ uint64(a)) * 0x9E3779B97F4A7C15
		hash ^= hash >> 29
	}
	mask := len(l.table) - 1
	at := int(hash) & mask
	for k := l.table[at]; k > 0 && !slices.Equal(l.traces[k-1], trace); k = l.table[at] {
		at = (at + 1) & mask
	}
	return at
}

// cases returns the number of cases, those without events included.
func (l *sublog) cases() int64 {
	n := l.empty
	for _, c := range l.counts {
		n += c
	}
	return n
}

// part returns an empty log over some of the activities, and the codes there by
// code here; -1 for those left out.
func (l *sublog) part(activities []int) (*sublog, []int32) {
	codes := make([]int32, len(l.names))
	for i := range codes {
		codes[i] = -1
	}
	names := make([]string, len(activities))
	for i, a := range activities {
		names[i] = l.names[a]
		codes[a] = int32(i)
	}
	return newSublog(names, l.watch), codes
}

// project returns the log with only some of the activities, in ascending order.
func (l *sublog) project(activities []int) *sublog {
	p, codes := l.part(activities)
	p.empty = l.empty
	var kept []int32
	for i, t := range l.traces {
		if l.watch.stop(len(t)) {
			break
		}
		kept = kept[:0]
		for _, a := range t {
			if c := codes[a]; c >= 0 {
				kept = append(kept, c)
			}
		}
		p.add(kept, l.counts[i])
	}
	return p
}
