"""Delivery: what was published goes to folder, mail and webhook after the commit, with retries and receipts."""
