"""Reports: `report.jsonl` is written while the judge works; every other form is derived from it."""
