// Command calybris-port answers the judge's questions: lines in on standard input, lines out on standard output.
package main

import (
	"fmt"
	"os"

	"calybris-port/internal/port"
)

func main() {
	if err := port.Serve(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
