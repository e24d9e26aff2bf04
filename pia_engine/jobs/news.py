"""What messages say of things that are no step of a workflow: comments, contributions, sign-offs made void."""

from __future__ import annotations

from dataclasses import dataclass

from pia_engine.errors import N_


@dataclass(frozen=True, slots=True)
class News:
    """What happened, as the subject says it, and what its reader may do now."""

    what: str
    next_step: str


BESIDE_THE_STEPS = {
    "comment:written": News(
        N_("There is a new comment"),
        N_("Read it at its question, and reply there or settle it."),
    ),
    "comment:replied": News(
        N_("There is a reply to a comment"),
        N_("Read it at its question, and reply there or settle it."),
    ),
    "comment:resolved": News(
        N_("A comment is resolved"),
        N_("You need do nothing. If the point is not settled for you, open it again at its question."),
    ),
    "comment:reopened": News(
        N_("A comment is open again"),
        N_("Read it at its question, and reply there or settle it."),
    ),
    "contribution:asked": News(
        N_("You are asked to contribute to an assessment"),
        N_("Answer the questions that are yours in the sections named, comment where you see a problem, and sign off."),
    ),
    "contribution:reminded": News(
        N_("A reminder: you are asked to contribute to an assessment"),
        N_("Answer the questions that are yours in the sections named, comment where you see a problem, and sign off."),
    ),
    "contribution:signed": News(
        N_("An expert has signed off sections"),
        N_("Read the statement. Changing an answer in these sections makes the sign-off void."),
    ),
    "contribution:withdrawn": News(
        N_("A request to contribute was withdrawn"),
        N_("You need do nothing. What you answered is kept."),
    ),
    "emergency-exception:requested": News(
        N_("Somebody asks for an emergency exception"),
        N_("Read what the emergency is, and grant it with conditions or refuse it. Until then nothing may begin."),
    ),
    "observation:filed": News(
        N_("An independent observer filed a statement"),
        N_("Read it on the initiative's page. It is published with the record, and never changed."),
    ),
    "observer:appointed": News(
        N_("You are appointed as an independent observer"),
        N_("Sign in: you can read the initiative and its assessments, and file one statement, which is published."),
    ),
    "observer:withdrawn": News(
        N_("Your appointment as an observer has ended"),
        N_("You need do nothing. A statement you filed stays as it is."),
    ),
    "sign-offs:voided": News(
        N_("A change made sign-offs void"),
        N_("The page says which sections changed. Experts look at them and sign again; the agency signs again later."),
    ),
}
