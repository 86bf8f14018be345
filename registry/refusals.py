"""Why an act on the register is not carried out: wrongly asked, not possible as things stand, or to be confirmed."""

from __future__ import annotations

from collections.abc import Sequence

from registry.said import Said, SaidError


class NeedsConfirmationError(SaidError):
    """Something leans on what would go, or much would go: the sentence says what, ``rows`` are the first of them; those
    that are sentences are said in either language."""

    code, status = "needs_confirmation", 409

    def __init__(self, en: str, zh: str, rows: Sequence[str | Said]) -> None:
        super().__init__(en, zh, "go ahead with --yes")
        self._rows = list(rows)

    @property
    def rows(self) -> list[str]:
        return self.rows_in("en")

    def rows_in(self, language: str) -> list[str]:
        return [row.in_language(language) if isinstance(row, Said) else row for row in self._rows]


class MisusedError(SaidError):
    """The act was asked for in a way that makes no sense: an unknown id, an option that does not belong. Exit code 2."""


class RefusedError(SaidError):
    """The act is not possible as asked; the message says why and what to do."""

    code, status = "refused", 409


class OvertakenError(RefusedError):
    """Somebody wrote to the register after the instant up to which the act had looked at it."""

    def __init__(self) -> None:
        super().__init__(
            "somebody changed the register meanwhile; look again at what would be filed",
            "其间有人更新了登记库；请重新核对将要入库的内容",
        )
