"""Finding firms by any part of a name, by its sound, by product or code: an index beside the records."""
