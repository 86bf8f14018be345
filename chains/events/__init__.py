"""Matchmaking events: who meets whom, when and at which table; what leaders opened, and what came of it."""
