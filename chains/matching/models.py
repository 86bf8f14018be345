"""Tables beside the fold: what matching remembers. None of it is a fact about a firm, and all of it can be made anew."""

from __future__ import annotations

from datetime import date

from sqlmodel import Field, SQLModel


class MatchProposal(SQLModel, table=True):
    """A firm that was among the best for a demand, and on which day it was first seen there; '' for the first look."""

    __tablename__ = "match_proposal"

    demand: str = Field(primary_key=True)
    uscc: str = Field(primary_key=True)
    first_on: date


class ProductVector(SQLModel, table=True):
    """What a phrase means to a model: ``hash`` is the SHA-256 of the phrase, ``vector`` small floats in a row."""

    __tablename__ = "product_vector"

    model: str = Field(primary_key=True)
    hash: str = Field(primary_key=True)
    vector: bytes
