"""The commands of `calybris-ref` that judge ports, keep the vectors and prove the specification."""
