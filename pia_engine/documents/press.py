"""The process that lays out one page as a PDF, within limits on time and memory; always run as a program of its own.

It reads one job as JSON from standard input and writes the PDF to standard output. It can reach no network and no file
but the fonts and style sheet that ship with the product.
"""

import base64
import json
import resource
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from weasyprint import HTML, Attachment, svg  # type: ignore[import-untyped]
from weasyprint.svg.text import text as draw_svg_text  # type: ignore[import-untyped]
from weasyprint.urls import URLFetcher, URLFetcherResponse  # type: ignore[import-untyped]

from pia_engine.documents.finishing import Finisher, Marks
from pia_engine.templating import template_folder

FONTS = Path(__file__).resolve().parent / "fonts"
BASE_ADDRESS = "pia-document:"
TYPES = {".ttf": "font/ttf", ".css": "text/css"}


class OwnFilesOnly(URLFetcher):  # type: ignore[misc]
    """Hand out our fonts and style sheet by name, and `data:` addresses; refuse everything else."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=["data"], allow_redirects=False)
        own = [*FONTS.glob("*.ttf"), *(template_folder() / "documents").glob("*.css")]
        self._own = {BASE_ADDRESS + path.name: path for path in own}

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """Return one of our own files, or what a `data:` address holds."""
        path = self._own.get(url)
        if path is None:
            return super().fetch(url, headers)
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": TYPES[path.suffix]})


class Line(str):
    """A text that comes as one piece when its letters are asked for one by one."""

    __slots__ = ()

    def __iter__(self) -> Iterator[str]:
        """Give the whole text at once."""
        yield str(self)


def draw_whole_lines(drawing: Any, node: Any, font_size: float) -> None:
    """Draw a text of a drawing as one run. The layout engine sets it letter by letter, which takes Arabic apart."""
    node._etree_node.text = Line(node.text or "")
    draw_svg_text(drawing, node, font_size)


def press(job: dict[str, str]) -> bytes:
    """Lay out the job's page and finish it as PDF/A-3a and PDF/UA-1."""
    svg.text = svg.TAGS["text"] = draw_whole_lines  # the engine compares the two
    record = base64.b64decode(job["record"])
    created_at = datetime.fromisoformat(job["created_at"])
    marks = Marks.of(job["reference"], record)
    attachment = Attachment(
        string=record,
        name=job["record_name"],
        description=job["record_description"],
        created=created_at,
        modified=created_at,
        relationship="Source",
    )
    page = HTML(string=job["page"], base_url=BASE_ADDRESS, url_fetcher=OwnFilesOnly())
    written = page.write_pdf(
        pdf_variant="pdf/a-3a",
        pdf_forms=True,
        pdf_identifier=marks.identifier,
        attachments=[attachment],
        finisher=Finisher(marks),
    )
    return bytes(written)


def limit(seconds: int, memory: int) -> None:
    """Ask the kernel to stop this process when it uses more."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> int:
    """Press the one job given on standard input."""
    job = json.load(sys.stdin.buffer)
    limit(job["seconds"], job["memory"])
    sys.stdout.buffer.write(press(job))
    return 0


if __name__ == "__main__":
    sys.exit(main())
