"""One module per suite; each has `files()`, which yields the drafts of its files."""
