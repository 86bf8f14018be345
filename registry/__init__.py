"""Who the firms are: the store, intake, names, search and the web shell. Imports no other room."""
