"""Executable specification of Calybris, with contracts."""
