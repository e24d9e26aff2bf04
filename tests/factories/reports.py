"""A realistic report: school-route cameras in the fictional City of Aldermere, modelled "
"on published facts of Kakogawa, Japan."""

from dataclasses import replace
from datetime import UTC, datetime

from pia_engine.documents.report import (
    Entry,
    FoundationLine,
    MitigationLine,
    Report,
    ReportSection,
    RiskLine,
    RiskMatrix,
    SignOffLine,
    Source,
    Table,
)

CREATED_AT = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)

MATRIX = RiskMatrix(
    likelihoods=("Rare", "Unlikely", "Possible", "Likely", "Almost certain"),
    impacts=("Slight", "Noticeable", "Serious", "Severe", "Grave"),
    levels=("Low", "Moderate", "High", "Very high"),
    cells=((0, 0, 0, 1, 1), (0, 0, 1, 1, 2), (0, 1, 1, 2, 2), (1, 1, 2, 2, 3), (1, 2, 2, 3, 3)),
)

FOUNDATIONS = (
    FoundationLine(
        1,
        "Accountability",
        "Sound",
        "One department answers for the cameras, named people signed, and an audit follows every year.",
        ("roles",),
    ),
    FoundationLine(
        2,
        "Purpose and necessity",
        "Sound",
        "Cameras stand only on school routes and near parks that residents named in meetings; "
        "other measures were weighed.",
        ("purpose",),
    ),
    FoundationLine(
        3,
        "Data minimisation",
        "Sound with conditions",
        "No sound, no face recognition. Pictures are overwritten after about fourteen days.",
        ("data",),
    ),
    FoundationLine(
        4,
        "Security",
        "Sound with conditions",
        "Pictures are encrypted on the camera. The vendor's remote access still needs a second factor.",
        ("data", "vendor"),
    ),
    FoundationLine(
        5,
        "Transparency",
        "Sound",
        "Every camera is signposted and its place is on a public map.",
        ("purpose",),
    ),
    FoundationLine(
        6,
        "Rights of people",
        "Needs work",
        "People can ask to see pictures of themselves; the form is being rewritten in plain words.",
        ("rights",),
    ),
)

PURPOSE = ReportSection(
    "purpose",
    "1",
    "Purpose and benefit",
    2,
    (
        Entry(
            "What will be done, and why?",
            "The city installs about 1,400 cameras along the ways children take to school and around "
            "parks. They record "
            "the street without a break so that, after a crime or when a child or a person with "
            "dementia is missing, the "
            "police can look at the pictures of that place and hour.\n"
            "The cameras are meant to prevent street crime and to shorten searches. They are not meant to watch what "
            "people do in ordinary life, and nobody watches them live.",
        ),
        Entry(
            "Which other ways were considered, and why were they not enough?",
            (
                "More volunteer patrols: kept, but they cannot cover the afternoon in every district.",
                "Better street lighting: done first on 38 streets; reports of incidents fell only there.",
                "Emergency buttons: kept at four parks; they help only those who can reach them.",
            ),
        ),
        Entry(
            "How were residents heard?",
            "Twelve neighbourhood meetings with 620 people, and a survey answered by 1,840 households. "
            "Places of cameras were moved in 61 cases after objections.",
        ),
    ),
    intro="What the technology is for and what the city weighed before choosing it.",
)

DATA = ReportSection(
    "data",
    "2",
    "Data and how it flows",
    3,
    (
        Entry(
            "Which data is collected?",
            Table(
                "Data inventory",
                ("Data", "About whom", "Purpose", "Kept for", "Who can see it"),
                (
                    (
                        "Street pictures without sound",
                        "Everyone who passes, among them children",
                        "Clearing up crimes, finding missing people",
                        "About 14 days, then overwritten",
                        "Two named officers of Community Safety",
                    ),
                    (
                        "Signal of a tag carried by choice",
                        "Children and people with dementia whose families joined",
                        "Telling the family where the tag was last seen",
                        "30 days",
                        "The family; the operator on request",
                    ),
                    (
                        "Log of every release of pictures",
                        "Officers, requesting police station",
                        "Proving that releases were lawful",
                        "5 years",
                        "Privacy officer, auditor",
                    ),
                ),
            ),
        ),
        Entry(
            "Is a face or a way of walking recognised automatically?",
            "No. The software of the cameras has no such function, and the contract forbids adding one.",
            "Stated by Sightline Systems GmbH on 3 November 2026, accepted by the city on 6 November 2026.",
        ),
        Entry(
            "How is the data protected on its way?",
            (
                "Pictures are encrypted on the camera's storage card; the card is useless without the city's key.",
                "Pictures leave the camera only when an officer fetches them on a written request.",
                "Each release names the case, the place, the time span and the officer, and is logged.",
            ),
            "Stated by Sightline Systems GmbH on 3 November 2026, accepted by the city on 6 November 2026.",
        ),
    ),
)

VENDOR = ReportSection(
    "vendor",
    "3",
    "The vendor",
    4,
    (
        Entry("Who supplies and maintains the cameras?", "Sightline Systems GmbH, under a seven-year lease."),
        Entry(
            "Can the vendor see pictures?",
            "Only during repair, in the presence of a city officer. Remote maintenance reaches the "
            "settings of a camera, "
            "not its pictures.",
            "Stated by Sightline Systems GmbH on 3 November 2026, accepted by the city on 6 November 2026.",
        ),
    ),
)

RIGHTS = ReportSection(
    "rights",
    "4",
    "Rights of the people concerned",
    6,
    (
        Entry(
            "How can a person ask what is recorded about them?",
            "In person, by letter or online at the city's privacy office. Pictures are shown within "
            "ten working days when "
            "they are still there, with other people made unrecognisable.",
        ),
        Entry(
            "Where can a person complain?",
            "At the privacy office, and at the independent privacy commissioner.",
        ),
    ),
)

ROLES = ReportSection(
    "roles",
    "5",
    "Who answers for what",
    1,
    (
        Entry(
            "Who answers for the cameras?",
            "The director of Streets and Mobility owns the cameras; the director of Community Safety decides about "
            "every release of pictures. The privacy officer sees the log of releases each quarter.",
        ),
    ),
)

RISKS = (
    RiskLine(
        "R1",
        "Pictures are used to follow a person's daily life",
        "Everyone who passes",
        3,
        4,
        1,
        4,
        ("M1", "M2"),
    ),
    RiskLine("R2", "A stolen storage card is read", "Children, residents", 3, 3, 1, 2, ("M3",)),
    RiskLine("R3", "A later update adds face recognition unnoticed", "Everyone who passes", 2, 5, 1, 4, ("M4",)),
    RiskLine("R4", "People avoid a park because they feel watched", "Young people", 4, 2, 3, 2, ("M5",)),
)

MITIGATIONS = (
    MitigationLine(
        "M1",
        "Release only on a written request that names case, place and time span",
        "Community Safety",
        "In force",
        "Done",
    ),
    MitigationLine(
        "M2",
        "Quarterly check of the log of releases by the privacy officer",
        "Privacy office",
        "31 March 2027",
        "Planned",
    ),
    MitigationLine("M3", "Encrypted storage cards with keys held by the city", "Sightline Systems", "In force", "Done"),
    MitigationLine(
        "M4",
        "Each software update is reviewed before it is installed",
        "Streets and Mobility",
        "1 February 2027",
        "Under way",
    ),
    MitigationLine(
        "M5",
        "Signs with a plain drawing at every camera; public map",
        "Streets and Mobility",
        "1 December 2026",
        "Under way",
    ),
)

SIGN_OFFS = (
    SignOffLine(
        1,
        "Director, Streets and Mobility",
        "Daniel Reyes",
        "Approved for the department",
        "The purpose is narrow, residents chose the places, and the measures are paid for.",
        datetime(2026, 11, 18, 14, 3, tzinfo=UTC),
    ),
    SignOffLine(
        2,
        "Senior privacy official",
        "Helen Achterberg",
        "Approved with conditions",
        "The remaining risk is moderate and acceptable for one year, if the conditions are kept.",
        datetime(2026, 11, 19, 9, 41, tzinfo=UTC),
    ),
)


def school_route_report() -> Report:
    """Return the sample report that tests render and sign."""
    return Report(
        reference="PIA-2026-0042",
        edition="Edition 1",
        title="School-route monitoring cameras",
        city_name="City of Aldermere",
        department="Streets and Mobility",
        status_line="Approved with conditions on 19 November 2026",
        language="en-GB",
        direction="ltr",
        summary="The city puts cameras on school routes so that crimes can be cleared up and missing "
        "people found sooner. "
        "Nobody watches the pictures live. They have no sound, faces are not recognised, and they are "
        "overwritten after about fourteen days.\n"
        "Pictures are handed out only on a written request for one place and one time span, and "
        "every release is logged. "
        "The risk that remains is moderate. The city approves the cameras for one year under three conditions.",
        created_at=CREATED_AT,
        verification_address="https://privacy.aldermere.example/register/PIA-2026-0042/v1",
        facts=(
            ("Assessed technology", "About 1,400 fixed cameras with built-in storage and tag readers"),
            ("Remaining risk", "Moderate"),
            ("Next review", "By 19 November 2027"),
            ("Published", "20 November 2026"),
        ),
        sections=(PURPOSE, DATA, VENDOR, RIGHTS, ROLES),
        foundations=FOUNDATIONS,
        risks=RISKS,
        matrix=MATRIX,
        mitigations=MITIGATIONS,
        sign_offs=SIGN_OFFS,
        advice="The assessment is complete and candid. I advise approval for one year, with the conditions below. "
        "The request form for residents should be tested with five people before it goes online.",
        conditions=(
            "A second factor for the vendor's remote maintenance before the first camera is switched on.",
            "The rewritten request form is online by 1 March 2027.",
            "The privacy officer checks the log of releases each quarter and publishes the count.",
        ),
        sources=(
            Source(
                "Kakogawa City: monitoring cameras on school routes",
                "https://www.city.kakogawa.lg.jp/",
                "published facts on number, purpose and retention",
            ),
            Source("Minutes of the twelve neighbourhood meetings, Aldermere, spring 2026"),
        ),
        notice="Aldermere is a fictional city. This assessment is modelled on the published facts of Kakogawa, Japan.",
    )


def bare_report() -> Report:
    """The same with hardly a page in it."""
    return replace(
        school_route_report(), sections=(), risks=(), matrix=None, mitigations=(), sources=(), conditions=(), heard=()
    )
