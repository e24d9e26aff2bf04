"""The glossary's words for data about people, and for what may happen through it."""

from __future__ import annotations

from pia_engine.errors import N_
from pia_engine.forms.term import Term

DATA_TERMS = (
    Term(
        "anonymous",
        N_("Anonymous"),
        N_("Nobody can be recognised any more, by anybody, with any means likely to be used."),
        (
            "anonymised",
            "anonymity",
        ),
    ),
    Term(
        "automated-decision",
        N_("Automated decision"),
        N_("A decision about a person that no person takes."),
        (
            "automated decisions",
            "decided by a computer",
        ),
    ),
    Term(
        "biometric-data",
        N_("Biometric data"),
        N_(
            "Features of the body or of behaviour by which a person can be recognised, such as a face, a gait "
            "or a voice."
        ),
        (
            "biometric",
            "biometrics",
        ),
    ),
    Term(
        "consent",
        N_("Consent"),
        N_("A person’s free and informed yes, which can be taken back. A yes that could not be refused is none."),
    ),
    Term(
        "control",
        N_("Control"),
        N_(
            "A safeguard one can name and check, such as “access is logged”. Many come from NIST’s public "
            "catalogue, Special Publication 800-53."
        ),
        (
            "controls",
            "nist",
        ),
    ),
    Term(
        "de-identification",
        N_("De-identification"),
        N_("Removing what tells who a person is. How well it holds depends on what else is known."),
        (
            "de-identify",
            "de-identified",
        ),
    ),
    Term(
        "encryption",
        N_("Encryption"),
        N_("Making data unreadable for whoever does not have the key."),
        (
            "encrypted",
            "encrypt",
        ),
    ),
    Term(
        "metadata",
        N_("Metadata"),
        N_("Data about data: when, where, from which device. It often says more than the content."),
    ),
    Term(
        "mitigation",
        N_("Mitigation"),
        N_("What is done to make a risk smaller, by whom and by when."),
        ("mitigations",),
    ),
    Term(
        "licence-plate",
        N_("Number plate reading"),
        N_(
            "A camera that turns number plates into text, so that vehicles can be searched for. Also called "
            "ALPR or ANPR."
        ),
        (
            "number plate",
            "number plates",
            "licence plate",
            "licence plates",
            "alpr",
            "anpr",
        ),
    ),
    Term(
        "personal-data",
        N_("Personal data"),
        N_(
            "Anything that says something about a person who can be told apart, directly or with a little work."
            " A number plate is; a count of cars is not."
        ),
        (
            "personal information",
            "information about people",
        ),
    ),
    Term(
        "problematic-data-action",
        N_("Problematic data action"),
        N_(
            "Something done with data that can hurt people even though nothing is broken. The word is from the "
            "Privacy Framework of NIST."
        ),
        ("problematic data actions",),
    ),
    Term(
        "profiling",
        N_("Profiling"),
        N_(
            "Judging people by a computer from what is known of them: how they behave, what they can pay, what "
            "they may do."
        ),
        (
            "profile",
            "profiles",
        ),
    ),
    Term(
        "pseudonym",
        N_("Pseudonym"),
        N_("A mark in place of a name. Whoever has the list can still tell the person, so it is personal data."),
        (
            "pseudonyms",
            "pseudonymous",
            "pseudonymised",
        ),
    ),
    Term(
        "residual-risk",
        N_("Remaining risk"),
        N_("The risk to people that is left after all mitigations. It decides who decides. Also called residual risk."),
        (
            "residual risk",
            "risk that is left",
        ),
    ),
    Term(
        "retention",
        N_("Retention"),
        N_("How long data is kept before it is deleted, and what makes that happen."),
        (
            "retention schedule",
            "retention period",
        ),
    ),
    Term(
        "risk",
        N_("Risk"),
        N_(
            "Something that may happen to people through the use of their data, with how likely it is and how "
            "much harm it would do."
        ),
    ),
    Term(
        "risk-appetite",
        N_("Risk appetite"),
        N_("How much remaining risk to people the city is ready to accept, and who may accept it."),
    ),
    Term(
        "subprocessor",
        N_("Subcontractor"),
        N_("A company that handles data for the city’s vendor. Also called a subprocessor."),
        (
            "subcontractors",
            "subprocessor",
            "subprocessors",
        ),
    ),
    Term(
        "controller",
        N_("Who is responsible"),
        N_(
            "The authority that decides why and how data is used, and answers for it. A vendor that works for "
            "it does not decide."
        ),
    ),
    Term(
        "withholding",
        N_("Withholding"),
        N_("Keeping an answer, or a part of it, out of the public text, for a reason the city’s policy names."),
    ),
    Term(
        "transparency-log",
        N_("Transparency log"),
        N_("The public list of what the city published and decided, in which nobody can change a line unnoticed."),
    ),
    Term(
        "fingerprint",
        N_("Fingerprint of a file"),
        N_("A long number worked out from every byte of a file (SHA-256). Change one letter, and it is another."),
    ),
    Term(
        "disclosure",
        N_("Disclosure"),
        N_("What was withheld is told to the public later, with the proof that it stood there."),
    ),
    Term(
        "ground",
        N_("Ground"),
        N_("The reason of the city’s policy for which something may be withheld from the public."),
    ),
)
