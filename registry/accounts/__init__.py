"""Who may come in: accounts, sessions, tokens, throttling, and sign-in by the bureau's own identity provider."""
