"""The pages of accounts, hung on their blueprint. Part of the shell: without them nobody could come in."""

from __future__ import annotations

from registry.accounts import administration, own_pages, sign_in_pages
from registry.accounts.blueprint import PERMISSIONS, blueprint

#: Importing a page's module hangs its routes on the blueprint.
PAGES = (sign_in_pages, own_pages, administration)

__all__ = ["PAGES", "PERMISSIONS", "blueprint"]
