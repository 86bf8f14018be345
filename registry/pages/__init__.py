"""The register's pages: overview, register, profile, filings, upload, help.

Each module holds the routes of one page; ``registry.views`` joins them into the room's blueprint. Pages read through
``registry.queries`` and act through the same actions as the command line, as ``actor().id``.
"""
