package clickhouse

import "context"

const childVariable = "UPRAVA_TEST_CHILD"

var children = map[string]func(ctx context.Context, args []string) error{}
