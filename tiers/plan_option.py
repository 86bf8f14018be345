"""``--plan``: the plan that a command judges by."""

from __future__ import annotations

import click

from tiers.targets import plan_id, plan_named, plans

PLAN = click.option(
    "--plan", "judged_by", metavar="ID", help="judge by another plan (default: [targets] plan)"
)


def plan_asked(text: str | None) -> str | None:
    """The plan of ``--plan``. Raises click.UsageError where there is none such."""
    if text is None:
        return None
    name = plan_named(text)
    if name is None:
        raise click.UsageError(
            f"--plan {text}: there is no such plan; the plans are {', '.join(map(plan_id, plans()))}"
        )
    return name
