"""How the counts may go on: forecasts with intervals, what if, back-tests, and whom to cultivate."""
