"""The city's certificates and lists of revoked ones, each at an address of its own, for readers' own programs.

All of them together, with the log, are the bundle; see `bundle`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pia_engine.register.bundle import certificate_files

if TYPE_CHECKING:
    from pia_engine.register.pages import Page, PagePress


def key_pages(press: PagePress) -> Iterator[Page]:
    """`/verify/issuing.crt`, `/verify/issuing.crl` and so on, written anew from the key folder; never a key."""
    for name, content in certificate_files(press.settings.keys_folder).items():
        file = name.rpartition("/")[2]
        yield f"/verify/{name}", press.public.keep(content, file.rpartition(".")[2], name=file)
