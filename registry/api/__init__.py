"""This room's part of the HTTP API."""
