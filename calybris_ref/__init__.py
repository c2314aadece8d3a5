"""Reference implementation of the Calybris decision kernel."""

__version__ = "0.1.0"
