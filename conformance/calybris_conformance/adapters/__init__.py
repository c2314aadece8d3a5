"""Implementations behind the protocol: each module holds one ADAPTER and serves it when it is run."""
