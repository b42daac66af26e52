package embedded

// Sessions is the number of open sessions of clients.
func Sessions(e *Engine) int64 { return e.sessions.Load() }

// Pinned shows a value of engine.pin.
var Pinned = pin

// CommandLine is what a lock file says of its holder.
var CommandLine = commandLine
