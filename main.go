// Command uprava is a digital-twin and process-mining engine for public
// administration. `uprava --help` lists what it does.
package main

import (
	"os"

	"github.com/uprava/uprava/dashboards/cli"
)

func main() { os.Exit(cli.Main()) }
