"""Intake: files become rows, rows become cells, every row gets exactly one fate."""
