"""Names and codes of firms: normal forms, legal forms and finding a firm by what was typed."""
