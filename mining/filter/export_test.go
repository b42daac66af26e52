package filter

// Tests names all tests.
func Tests() (names []string) {
	for name := range tests {
		names = append(names, name)
	}
	return names
}
