"""Why a run, or its sending, came to nothing: errors as sentences for people. Pure."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError

from registry.said import Said, SaidError
from registry.store.engine import StoreError

#: What may go wrong without the program being wrong: the ledger says why, and a trace would say no more.
EXPECTED = (SaidError, StoreError, DBAPIError, OSError)


def reason(error: Exception) -> Said:
    """Why a run failed, for people."""
    if isinstance(error, SaidError):
        return Said(error.en, error.zh)
    if isinstance(error, StoreError):
        return Said(str(error), str(error))
    if isinstance(error, DBAPIError):
        return Said(f"the database refuses: {error.orig}", f"数据库出错：{error.orig}")
    if isinstance(error, OSError):
        what = f"{error.strerror or error}: {error.filename or ''}".rstrip(": ")
        return Said(f"a file cannot be used: {what}", f"文件无法使用：{what}")
    what = f"{type(error).__name__}: {error}"
    return Said(f"an error of the program: {what}", f"程序错误：{what}")
