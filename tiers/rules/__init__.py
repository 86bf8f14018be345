"""Policy as data: editions of rules, what they ask, and what a firm's facts answer. Pure but for reading the files."""
