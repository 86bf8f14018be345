"""Who could supply what is wanted: demands, ranked firms with reasons, answers."""
