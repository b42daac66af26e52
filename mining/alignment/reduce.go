package alignment

// block is a node of a block structure.
type block struct{}
