// Package calybris is a port of the Calybris decision kernel, its budget ledger and its log, in Go.
//
// It is written from docs/spec of this repository. Comments name the clause that a rule comes from. Everything is exact
// integer arithmetic; nothing here reads a clock, a file or the environment.
//
// A Policy is immutable and a decision is a pure function of it and a Request, so both may be used by many goroutines.
// A BudgetEngine and a LogWriter have state; each guards it with a mutex of its own.
//
// What the specification refuses is an error of type *Refusal, with a code of the closed registry and the path that it
// is about. Any other error is a fault of the caller or of the machine.
package calybris
