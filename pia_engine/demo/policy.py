"""What Aldermere's privacy policy says of its own: the laws of this fictional city, and controls it made itself."""

from __future__ import annotations

from typing import Any

OWN_RULES: dict[str, Any] = {
    "spot_check_percent": 100,  # a small city looks at each of its few delegated decisions again
    "authorities": [
        {
            "id": "charter",
            "name": "Charter of Aldermere",
            "citation": "Articles 4 and 22 (1998)",
            "text": "What the city may do at all, who answers for it, and when the council itself has to decide.",
        },
        {
            "id": "data_protection",
            "name": "Personal Information Ordinance of Aldermere",
            "citation": "Sections 5 and 11 (2019)",
            "text": "Demands a stated purpose and an assessment; gives people access, correction and complaint.",
        },
        {
            "id": "records",
            "name": "Records schedule of the city",
            "citation": "Chapter 4 (2021)",
            "text": "Says how long each kind of record is kept and how it is destroyed.",
        },
        {
            "id": "open_government",
            "name": "Open Data Policy of Aldermere",
            "citation": "Section 6 (2023)",
            "text": "Says what is published without being asked, and that totals must lead back to nobody.",
        },
    ],
    "controls": [
        {
            "id": "ALD-1",
            "name": "Two people for every look",
            "text": "Nobody opens a record about people alone; both names and the reason are written down.",
        },
        {
            "id": "ALD-2",
            "name": "What is not built in cannot be switched on",
            "text": "A function the purpose does not need is left out of the device, and its absence is checked.",
        },
        {
            "id": "ALD-3",
            "name": "A person looks before anybody is stopped or fined",
            "text": "A machine may send somebody to look; it accuses nobody.",
        },
    ],
}
