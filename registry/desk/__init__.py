"""The desk: an announced list becomes a filing, row by row, with every decision kept."""
