package predict

import (
	"errors"
	"fmt"
	"time"

	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/mining/eventlog"
)

// Config says what is predicted. The zero value predicts remaining times and next
// activities as of the log's last event.
type Config struct {
	AsOf eventlog.Time // the moment at which cases are open; 0 for the last event
	// Ends are the activities that end a case when they come last. Empty: those
	// after which hardly any case goes on, and a long silence.
	Ends  []string
	Limit time.Duration // of the lead time, wall clock; 0 for none: no breach is predicted
	// Due names a case attribute that holds the moment by which the case must end;
	// it goes before Limit.
	Due        string
	Calendar   *calendar.Calendar // in whose working time the model may reckon; nil for the wall clock alone
	Confidence float64            // of the intervals; 0 for 0.9
	Seed       uint64             // of the draws by which samples are thinned
}

// Validate reports all faults of the configuration.
func (cfg Config) Validate() error {
	var faults []error
	if cfg.Limit < 0 {
		faults = append(faults, fmt.Errorf("limit %v: wanted 0 or more", cfg.Limit))
	}
	if cfg.Confidence != 0 && !(cfg.Confidence >= 0.5 && cfg.Confidence <= 0.99) {
		faults = append(faults, fmt.Errorf("confidence %v: wanted 0.5 to 0.99", cfg.Confidence))
	}
	return errors.Join(faults...)
}
