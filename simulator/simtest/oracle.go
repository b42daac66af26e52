// Package simtest holds what theory says of queues, for simulators to be tested
// against: closed forms of stationary queues with Poisson arrivals, and Little's
// law for any of them.
//
//	rates ─▶ MM1, MMc, MMcK, MD1, MG1, ErlangA, FeedbackMM1, TandemMM1,
//	         Cobham, PreemptiveResume, ProcessorSharing ─▶ Queue
//	runs of many seeds ─▶ Coverage ─▶ share of intervals that hold the truth
//
// Times are in the unit of the mean service time that is given. Left out on
// purpose: queues without a closed form, such as those with working hours; two
// simulators can only be compared there.
package simtest

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"sync"

	"github.com/uprava/uprava/mining/measure"
)

// Queue is the steady state of a queue.
type Queue struct {
	Utilisation float64 // share of time a server is busy, ρ
	Wait        float64 // mean time in the queue, Wq
	Sojourn     float64 // mean time in the system, W = Wq + service
	Length      float64 // mean number in the system, L = λW (Little)
}

// of completes a queue by Little's law, L = λW (Little 1961,
// doi:10.1287/opre.9.3.383).
func of(rate, service, utilisation, wait float64) Queue {
	w := wait + service
	return Queue{Utilisation: utilisation, Wait: wait, Sojourn: w, Length: rate * w}
}

func stable(rate, service float64, servers int) (float64, error) {
	rho := rate * service / float64(servers)
	if !(rate > 0 && service > 0 && servers > 0) {
		return 0, fmt.Errorf("queue of rate %v, service %v, %d servers: wanted all above 0", rate, service, servers)
	}
	if rho >= 1 {
		return 0, fmt.Errorf("queue at utilisation %v has no steady state: wanted less than 1", rho)
	}
	return rho, nil
}

// MM1 is one server with exponential service: Wq = ρ/(1−ρ) · service (Kleinrock,
// Queueing Systems I, 1975, section 3.2). Rate is arrivals per unit of time. It
// fails where there is no steady state, as all of this package do.
func MM1(rate, service float64) (Queue, error) {
	return MG1(rate, service, service)
}

// MD1 is one server whose service always takes the same time.
func MD1(rate, service float64) (Queue, error) { return MG1(rate, service, 0) }

// MG1 is one server with service of any law with the given mean and standard
// deviation: Wq = λ E[S²] / (2(1−ρ)), the formula of Pollaczek (1930,
// doi:10.1007/BF01194620) and Khinchine (1932).
func MG1(rate, mean, sd float64) (Queue, error) {
	rho, err := stable(rate, mean, 1)
	if err != nil {
		return Queue{}, err
	}
	return of(rate, mean, rho, rate*(mean*mean+sd*sd)/(2*(1-rho))), nil
}

// ErlangC returns the probability that an arrival has to wait for one of c
// servers at the offered load a = λ·service < c (Erlang 1917; by the recursion
// of Erlang's B, Jagerman 1974, doi:10.1002/j.1538-7305.1974.tb02756.x).
func ErlangC(c int, a float64) float64 {
	b := 1.0
	for k := 1; k <= c; k++ {
		b = a * b / (float64(k) + a*b)
	}
	rho := a / float64(c)
	return b / (1 - rho*(1-b))
}

// MMc is c servers with exponential service and one queue: Wq = C(c, a) ·
// service / (c − a).
func MMc(rate, service float64, c int) (Queue, error) {
	rho, err := stable(rate, service, c)
	if err != nil {
		return Queue{}, err
	}
	a := rate * service
	return of(rate, service, rho, ErlangC(c, a)*service/(float64(c)-a)), nil
}

// TandemMM1 are two servers one after the other, each with exponential service
// and as if alone (Burke 1956, doi:10.1287/opre.4.6.699; Jackson 1957,
// doi:10.1287/opre.5.4.518).
func TandemMM1(rate, first, second float64) (a, b Queue, err error) {
	if a, err = MM1(rate, first); err != nil {
		return a, b, err
	}
	b, err = MM1(rate, second)
	return a, b, err
}

// FeedbackMM1 is one server with exponential service after which a customer
// comes back with the given probability (Jackson). Wait and Sojourn are totals
// over the visits of a customer, 1/(1−again) on average.
func FeedbackMM1(rate, service, again float64) (Queue, error) {
	if !(again >= 0 && again < 1) {
		return Queue{}, fmt.Errorf("probability to come back %v: wanted 0 to less than 1", again)
	}
	visits := 1 / (1 - again)
	q, err := MM1(rate*visits, service)
	if err != nil {
		return q, err
	}
	return Queue{Utilisation: q.Utilisation, Wait: q.Wait * visits, Sojourn: q.Sojourn * visits, Length: q.Length}, nil
}

// MaxOfExponentials returns the mean of the later of two independent exponential
// times: a + b − 1/(1/a + 1/b).
func MaxOfExponentials(a, b float64) float64 { return a + b - 1/(1/a+1/b) }

// Little checks L = λW: length is the average number in the system over a
// stretch, rate the arrivals per unit of time, sojourn the mean time in the
// system within the stretch. The tolerance is relative.
func Little(length, rate, sojourn, tolerance float64) error {
	if want := rate * sojourn; math.Abs(length-want) > tolerance*math.Max(math.Abs(length), math.Abs(want)) {
		return fmt.Errorf("little's law: %v in the system, but %v arrive a unit of time and stay %v, which makes %v", length, rate, sojourn, want)
	}
	return nil
}

// MMcK is c servers with exponential service and room for limit customers, those in
// service included: who finds it full is turned away (Kleinrock, Queueing Systems I,
// section 3.6). Lost is their share, Wait and Sojourn are of the others.
func MMcK(rate, service float64, c, limit int) (q Queue, lost float64, err error) {
	if !(rate > 0 && service > 0) || c < 1 || limit < c {
		return q, 0, fmt.Errorf("queue of rate %v, service %v, %d servers, room for %d: wanted all above 0, and room for the servers", rate, service, c, limit)
	}
	q, lost, _ = birthDeath(rate, service, 0, c, limit)
	return q, lost, nil
}

// ErlangA is c servers with exponential service and customers who leave after an
// exponential patience of the given mean unless served (Palm 1946; Mandelbaum &
// Zeltyn 2007, doi:10.1007/978-3-540-71988-7_2). Lost is the share that leaves; Wait
// and Sojourn are over all customers, also these.
func ErlangA(rate, service, patience float64, c int) (q Queue, lost float64, err error) {
	if !(rate > 0 && service > 0 && patience > 0) || c < 1 {
		return q, 0, fmt.Errorf("queue of rate %v, service %v, patience %v, %d servers: wanted all above 0", rate, service, patience, c)
	}
	limit := c + int(200+40*rate*patience)
	q, _, queue := birthDeath(rate, service, 1/patience, c, limit)
	q.Wait, q.Sojourn = queue/rate, q.Length/rate
	return q, queue / patience / rate, nil
}

// birthDeath solves the chain of the number in the system, 0 to limit, and returns
// besides the share of arrivals that find it full and the mean number waiting.
func birthDeath(rate, service, leave float64, c, limit int) (q Queue, full, queue float64) {
	p := make([]float64, limit+1)
	p[0] = 1
	sum := 1.0
	for n := 1; n <= limit; n++ {
		p[n] = p[n-1] * rate / (float64(min(n, c))/service + leave*float64(max(n-c, 0)))
		sum += p[n]
	}
	busy := 0.0
	for n := range p {
		p[n] /= sum
		q.Length += float64(n) * p[n]
		queue += float64(max(n-c, 0)) * p[n]
		busy += float64(min(n, c)) * p[n]
	}
	full = p[limit]
	q.Utilisation = busy / float64(c)
	q.Wait, q.Sojourn = queue/(rate*(1-full)), q.Length/(rate*(1-full))
	return q, full, queue
}

// Class is a class of customers of a server with priorities.
type Class struct{ Rate, Mean, SD float64 }

// Cobham returns the mean waits of the classes of one server, the most urgent
// first, where service once begun is not interrupted (Cobham 1954,
// doi:10.1287/opre.2.1.70).
func Cobham(classes []Class) ([]float64, error) {
	residual := 0.0
	for _, k := range classes {
		residual += k.Rate * (k.Mean*k.Mean + k.SD*k.SD) / 2
	}
	waits := make([]float64, len(classes))
	before := 0.0
	for i, k := range classes {
		with := before + k.Rate*k.Mean
		if with >= 1 {
			return nil, fmt.Errorf("class %d brings the load to %v: wanted less than 1", i, with)
		}
		waits[i] = residual / ((1 - before) * (1 - with))
		before = with
	}
	return waits, nil
}

// PreemptiveResume returns the mean times in the system of the classes of one
// server, the most urgent first, where a more urgent customer interrupts service,
// which then goes on where it stopped (Kleinrock, Queueing Systems II, 1976, section
// 3.4).
func PreemptiveResume(classes []Class) ([]float64, error) {
	times := make([]float64, len(classes))
	before, residual := 0.0, 0.0
	for i, k := range classes {
		with := before + k.Rate*k.Mean
		if with >= 1 {
			return nil, fmt.Errorf("class %d brings the load to %v: wanted less than 1", i, with)
		}
		residual += k.Rate * (k.Mean*k.Mean + k.SD*k.SD) / 2
		times[i] = (k.Mean*(1-with) + residual) / ((1 - before) * (1 - with))
		before = with
	}
	return times, nil
}

// ProcessorSharing is one server that serves all customers at once, each at an even
// share of its pace: T = service/(1−ρ), whatever the law of the service (Kleinrock
// 1967, doi:10.1145/321386.321388). Nobody waits.
func ProcessorSharing(rate, service float64) (Queue, error) {
	rho, err := stable(rate, service, 1)
	if err != nil {
		return Queue{}, err
	}
	q := of(rate, service, rho, 0)
	q.Sojourn = service / (1 - rho)
	q.Length = rate * q.Sojourn
	return q, nil
}

// Coverage returns the share of the seeds 1 to n whose interval contains what theory
// says: Student's, at the given confidence, over the values that sample returns of
// replications 0 to r−1. Seeds run on all processors; the result does not depend on
// their number.
func Coverage(n, r int, confidence, want float64, sample func(seed uint64, replication int) (float64, error)) (float64, error) {
	hits, errs := make([]bool, n), make([]error, n)
	var wg sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			x := make([]float64, r)
			for i := range next {
				for rep := range x {
					if x[rep], errs[i] = sample(uint64(i+1), rep); errs[i] != nil {
						break
					}
				}
				if errs[i] == nil {
					var iv measure.Interval
					iv, errs[i] = measure.MeanInterval(x, confidence)
					hits[i] = iv.Contains(want)
				}
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
	covered := 0
	for _, hit := range hits {
		if hit {
			covered++
		}
	}
	return float64(covered) / float64(n), errors.Join(errs...)
}
