"""``schema-ner benchmark compare``: runs side by side, and whether they differ by more than chance.

Here: options.  Not here: comparing (``schema_ner.benchmark.comparing``).
"""

from __future__ import annotations

from typing import Annotated

import typer

from schema_ner.cli import streams, targets
from schema_ner.cli.inputs import decoded
from schema_ner.cli.progress import Progress

_Runs = Annotated[
    list[str],
    typer.Argument(
        metavar="RUN...", help="Folders of runs; the others are held against the first."
    ),
]
_Convention = Annotated[
    list[str] | None,
    typer.Option("--convention", metavar="NAME", help="Only this one; again for more."),
]
_Resamples = Annotated[
    int, typer.Option("--resamples", metavar="NUMBER", help="Samples to draw, and shuffles.")
]
_Seed = Annotated[int, typer.Option("--seed", metavar="NUMBER", help="Of the samples.")]
_Html = Annotated[
    str | None, typer.Option("--html", metavar="PATH", help="Also write a page for a browser.")
]
_Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def compare(  # noqa: PLR0913  # one parameter an option
    runs: _Runs,
    *,
    convention: _Convention = None,
    resamples: _Resamples = 1_000,
    seed: _Seed = 0,
    html: _Html = None,
    as_json: _Json = False,
) -> None:
    """Runs side by side on the texts they share, with intervals and significance."""
    if html is not None:
        targets.check("--html", html, ())
    from schema_ner.benchmark import comparing, run  # noqa: PLC0415  # --help must not wait for it
    from schema_ner.formats.files import replacing  # noqa: PLC0415

    with Progress("reading", len(runs)) as bar:
        loaded = list(bar.over(run.load(folder) for folder in runs))
    with Progress("comparing") as bar:
        found = comparing.compare(
            loaded,
            conventions=[decoded(name) for name in convention] if convention else None,
            resamples=resamples,
            seed=seed,
            watch=bar.say,
        )
    if as_json:
        streams.say_json(found.to_dict())
    else:
        streams.say(found.to_text())
    if html is not None:
        with replacing(html) as stream:
            stream.write(found.to_html().encode("utf-8", "replace"))
        streams.flush()  # before the note, where both go to one place
        streams.note(f"wrote {html}")
