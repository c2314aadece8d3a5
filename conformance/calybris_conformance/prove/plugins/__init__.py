"""What CrossHair 0.0.113 lacks for these proofs: congruence of skipped calls, and `&` on 64-bit masks."""
