"""What is done on schedule: jobs, the ledger of their runs, the clock that starts them, and their page."""
