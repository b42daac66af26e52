package eventlog

// Described returns the log with other words about itself as a whole.
func (l *Log) Described(m *Meta) *Log {
	v := *l
	v.meta = m
	return &v
}
