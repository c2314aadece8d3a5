"""Makes the vectors: one module per suite asks, the specification answers, and the reference must agree."""
