package report

import (
	"strings"
	"time"

	"github.com/uprava/uprava/dashboards/terms"
)

// OrdersTable returns the orders as a table; nil where there are none.
func (d *Document) OrdersTable() *Table {
	if d.Orders == nil {
		return nil
	}
	t := &Table{Title: d.Orders.Title, Columns: []Column{
		{Head: "№"}, {Head: d.Lang.T("report.orders.what")}, {Head: d.Lang.T("report.orders.who")},
		{Head: d.Lang.T("report.orders.by")}, {Head: d.Lang.T("report.orders.why")},
	}}
	for i, o := range d.Orders.Rows {
		t.Rows = append(t.Rows, []Cell{T(d.Lang.Int(int64(i + 1))), T(o.What), T(o.Who), D(o.By, d.Lang.T("report.orders.unset")), T(o.Why)})
	}
	return t
}

// Closing returns the lines after the signature: who made the report, with the
// telephone, and from what.
func (d *Document) Closing() []string {
	name, phone := d.Performer.Name, d.Performer.Phone
	if name == "" {
		name = strings.Repeat("_", 24)
	}
	if phone == "" {
		phone = strings.Repeat("_", 16)
	}
	out := []string{d.Lang.T("report.performer", Clean(name)) + ", " + d.Lang.T("report.phone", Clean(phone))}
	if d.Program != "" {
		out = append(out, d.Lang.T("report.made-with", Clean(d.Program), Clean(d.Inputs)))
	}
	return out
}

// Moment writes a day and, unless it is its first or last moment, the time with the
// zone.
func Moment(lang terms.Lang, t time.Time) string {
	if t.IsZero() {
		return Day(lang, t)
	}
	end := t.Add(time.Second) // of a day whose last moment is meant
	if h, m, s := t.Clock(); h+m+s == 0 || end.Day() != t.Day() && end.Hour() == 0 {
		return Day(lang, t)
	}
	zone := t.Format("MST")
	if lang == terms.RU && zone == "MSK" {
		zone = "МСК"
	}
	return Day(lang, t) + t.Format(", 15:04 ") + zone
}
