"""The judge: vectors, protocol, runner and reports."""
