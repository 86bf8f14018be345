"""The command ``report``: bulletins of published counts, their templates and placeholders."""

from __future__ import annotations

import hashlib
from pathlib import Path

import click

from registry.house import House
from registry.refusals import MisusedError
from registry.speaking import as_of_day, command, print_json, table
from registry.store.clock import instant_text
from tiers.bulletins import published
from tiers.bulletins.default_template import default_template
from tiers.bulletins.making import LANGUAGES, write_files
from tiers.bulletins.placeholders import listed
from tiers.bulletins.reports import REPORTS, last_period, report_of
from tiers.bulletins.template import check_template
from tiers.targets import plan

BY = "cli:local"
PLACEHOLDERS = "placeholders"


@click.command("report", epilog="Placeholders of templates: cli.py report placeholders")
@click.argument("name", metavar=f"[{'|'.join(REPORTS)}|{PLACEHOLDERS}]")
@click.option("--as-of", metavar="DAY", help="default: the last day of the last complete period")
@click.option("--new", is_flag=True, help="publish anew, superseding what was published before")
@click.option("--unit", metavar="UNIT", help="one management unit only, by name or code")
@click.option("--lang", type=click.Choice(LANGUAGES), default="zh", show_default=True)
@click.option("--out", "folder", type=click.Path(file_okay=False, path_type=Path), help="folder of the files")
@click.option("--template-out", type=click.Path(dir_okay=False, path_type=Path),
              help="write the Word template that comes with the program, to be edited")  # fmt: skip
@click.option("--template-check", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="say what is wrong with a Word template")  # fmt: skip
@click.option("--json", "as_json", is_flag=True)
@command
def report(house: House, name: str, as_of: str | None, new: bool, unit: str | None, lang: str, folder: Path | None,
           template_out: Path | None, template_check: Path | None, as_json: bool) -> None:  # fmt: skip
    """Make a bulletin as .docx, .xlsx and .pdf from the published count of a day; the count is published if it is not yet.

    monthly, quarterly, district (letters to the management units) and expiry (titles that end within 180 days). The same
    published count gives the same bytes each time. The bureau's own Word templates stand in the folder of [bulletins]
    templates as monthly.docx, quarterly.docx …, in English monthly.en.docx.
    """
    if name == PLACEHOLDERS:
        _say_placeholders(house, as_json)
        return
    wanted = report_of(name)
    if template_out is not None:
        write_files(template_out.parent, {template_out.name: default_template(lang)})
        click.echo(str(template_out))
        return
    if template_check is not None:
        check_template(house.settings, template_check.name, template_check.read_bytes())
        click.echo(f"{template_check}: good")
        return
    if folder is None:
        raise click.UsageError("--out DIR: say where the files shall go")
    place = _unit(house, unit)
    day = as_of_day(house, as_of) if as_of else last_period(wanted, house.clock.today())
    snapshot = published.publish(house, wanted.id, day, BY, new=new)
    making = published.making(house, snapshot, lang, place)
    files = making.files()
    paths = write_files(folder, files)
    if as_json:
        print_json({
            "report": wanted.id, "snapshot": snapshot.id, "as_of": day.isoformat(), "known_at": instant_text(snapshot.known_at),
            "published_at": instant_text(snapshot.published_at), "language": lang, "unit": place,
            "template": making.template[0] or None,
            "files": [{"path": str(path), "sha256": hashlib.sha256(files[path.name]).hexdigest(), "bytes": len(files[path.name])}
                      for path in paths],
        })  # fmt: skip
        return
    click.echo(
        f"snapshot {snapshot.id}, as of {day}, published {instant_text(snapshot.published_at)} by {snapshot.by}"
    )
    for path in paths:
        click.echo(f"{path}  {hashlib.sha256(files[path.name]).hexdigest()}")


def _unit(house: House, text: str | None) -> str | None:
    if text is None:
        return None
    place = house.places.read_district(text)
    unit = place.area or place.district
    if unit is None:
        raise MisusedError(
            f"{text}: not a district or functional area of the city",
            f"“{text}”不是本市的区县或功能区",
            "--unit",
        )
    return unit


def _say_placeholders(house: House, as_json: bool) -> None:
    found = listed([target.id for target in plan(house.settings.targets.plan)])
    if as_json:
        print_json([{"placeholder": name, "en": said.en, "zh": said.zh} for name, said in found])
    else:
        table(("placeholder", "shows", "含义"), [(name, said.en, said.zh) for name, said in found])
