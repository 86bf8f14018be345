"""What breaks where: which links of a chain hang on one firm, and how far a stop would reach. Pure, over the graph of a day."""
