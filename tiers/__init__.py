"""What the firms count as: titles, listings, memberships, counts, targets and the sample city."""
