package calendar_test

import (
	"fmt"
	"time"

	"github.com/uprava/uprava/mining/calendar"
)

// An application of 29 April 2019 in an office open from 9 to 18 with an hour at
// noon: the May holidays lie in its way, and 30 April has seven hours.
func Example() {
	office, err := calendar.New(calendar.Config{
		Week: append(
			calendar.Weekdays(9*time.Hour, 13*time.Hour),
			calendar.Weekdays(14*time.Hour, 18*time.Hour)...),
		Production: calendar.Russia(),
		Location:   time.UTC,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	came := time.Date(2019, 4, 29, 15, 0, 0, 0, time.UTC)
	done := office.Add(came, calendar.WorkingHours(12).Time())
	fmt.Println("twelve hours of work are done", done.Format("2 January 15:04"))
	fmt.Printf("that is %.2f days' work\n", office.WorkedDays(came, done))
	fmt.Println("five working days end", office.AddWorkingDays(came, 5).Add(-1).Format("2 January"))
	fmt.Println("45 calendar days end", office.RollForward(office.AddCalendarDays(came, 45)).Add(-1).Format("2 January"))
	// Output:
	// twelve hours of work are done 6 May 11:00
	// that is 1.62 days' work
	// five working days end 13 May
	// 45 calendar days end 13 June
}
