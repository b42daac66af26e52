// Package simtest holds what theory says of queues, for simulators to be tested
// against: closed forms of stationary queues with Poisson arrivals, and Little's
// law for any of them.
//
//	rates ─▶ MM1, MMc, MD1, MG1, FeedbackMM1, TandemMM1 ─▶ Queue
//
// Times are in the unit of the mean service time that is given. Left out on
// purpose: queues without a closed form, such as those with working hours; two
// simulators can only be compared there.
package simtest

import (
	"fmt"
	"math"
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
