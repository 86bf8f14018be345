"""Bulletins: a published count as a document that the bureau signs – Word, workbook and PDF, the same bytes each time."""
