package clickhouse

import (
	"errors"
	"strings"
	"syscall"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// codeNotEnoughSpace is what the engine says before it writes beyond a full disk.
const codeNotEnoughSpace = 243

// DiskFull reports whether an error says that there is no room left where the store lies.
func DiskFull(err error) bool {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return true
	}
	ex, ok := errors.AsType[*clickhouse.Exception](err)
	return ok && (ex.Code == codeNotEnoughSpace || strings.Contains(ex.Message, "No space left on device"))
}
