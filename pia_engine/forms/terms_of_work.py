"""The glossary's words for the way an assessment goes, and for the people who take it there."""

from __future__ import annotations

from pia_engine.errors import N_
from pia_engine.forms.term import Term

WORK_TERMS = (
    Term(
        "agency-official",
        N_("Agency official"),
        N_(
            "Somebody who acts for a department: writes its assessments, or signs for the department what a "
            "colleague wrote."
        ),
    ),
    Term(
        "annual-audit",
        N_("Annual audit"),
        N_(
            "A look, once a year or as often as the policy says, at whether what was published is still what is"
            " done. It ends with a confirmation or with a new version of the assessment."
        ),
    ),
    Term(
        "annual-report",
        N_("Annual report"),
        N_(
            "What the city says to everybody about its privacy work of one year: figures, a foreword and what was "
            "learned, as a sealed document."
        ),
    ),
    Term(
        "answer",
        N_("Answer"),
        N_("What somebody writes or chooses for one question. Each answer keeps who gave it and when."),
    ),
    Term(
        "assessment",
        N_("Assessment"),
        N_(
            "The written examination of what an initiative means for people’s privacy. Also called a privacy "
            "impact assessment, or PIA."
        ),
    ),
    Term(
        "attestation",
        N_("Attestation"),
        N_("A vendor’s statement, under a name, that its answers are true."),
    ),
    Term(
        "audit-finding",
        N_("Audit finding"),
        N_("Something an audit found. Those it is about accept it with a commitment, or dispute it with reasons."),
        ("audit findings",),
    ),
    Term(
        "audit-of-the-programme",
        N_("Audit of the programme"),
        N_("The look at the whole: does the city do what its policy says? At a sample drawn by lot."),
        ("audits of the programme", "programme audit"),
    ),
    Term(
        "audit-trail",
        N_("Audit trail"),
        N_(
            "The list of everything that was done with a record: who, when and why. Nothing in it can be "
            "changed afterwards without being noticed."
        ),
    ),
    Term(
        "auditor",
        N_("Auditor"),
        N_("Sees everything, conducts the annual audits, and changes nothing else."),
    ),
    Term(
        "case-file",
        N_("Case file"),
        N_("The complete file of one matter as a sealed archive: every text, decision, file and event."),
        ("case files",),
    ),
    Term(
        "cause-to-look-again",
        N_("Cause to look again"),
        N_(
            "Something that puts an answer in doubt: a change, an incident, a complaint, a day that passes. Somebody "
            "decides whether the answer still holds."
        ),
        ("causes to look again",),
    ),
    Term(
        "closing-report",
        N_("Closing report"),
        N_("What an audit found, what was answered and how it was concluded; sealed by the city, and never changed."),
        ("closing reports",),
    ),
    Term(
        "commitment",
        N_("Commitment"),
        N_(
            "Something the city promised in an assessment, with somebody who keeps it and a day. Somebody else says "
            "whether it was kept, and the public reads how it stands."
        ),
        ("commitments",),
    ),
    Term(
        "consultation",
        N_("Consultation"),
        N_("Somebody who was asked about an assessment from outside it, what they replied, and what became of it."),
    ),
    Term(
        "contribution",
        N_("Contribution"),
        N_("What an expert – for security, law, records or equity – adds to some sections, and signs off."),
    ),
    Term(
        "deputy",
        N_("Deputy"),
        N_("Somebody who stands in for a designated person, in one role and from a day until a day."),
    ),
    Term(
        "designation",
        N_("Designation"),
        N_(
            "A role given to a person by somebody entitled to, under a decision or an order, from one day until"
            " another."
        ),
    ),
    Term(
        "determination",
        N_("Determination"),
        N_(
            "The privacy officer’s decision, after the initial assessment, whether a full assessment is needed "
            "– and the reasons."
        ),
    ),
    Term(
        "emergency-exception",
        N_("Emergency exception"),
        N_(
            "Leave by the executive to begin before the assessment is done: for some days, under the name of an "
            "official who answers for it, and never in silence."
        ),
    ),
    Term(
        "executive",
        N_("Executive"),
        N_("The city manager or whoever stands in that place. Decides where the remaining risk is high."),
    ),
    Term(
        "full-assessment",
        N_("Full assessment"),
        N_("The complete examination, written when the initial assessment shows that people’s privacy is at stake."),
    ),
    Term(
        "gate",
        N_("Gate"),
        N_(
            "The answer to two questions, worked out from the record each time it is asked: may the contract be "
            "awarded, may it be put to use?"
        ),
    ),
    Term(
        "initial-assessment",
        N_("Initial assessment"),
        N_(
            "A short set of questions at the beginning. Rules of the city say which answers call for a full assessment."
        ),
    ),
    Term(
        "disposal",
        N_("Disposal"),
        N_("The deletion of everything kept of one initiative when its time is over, decided by two people."),
        ("disposals",),
    ),
    Term(
        "initiative",
        N_("Initiative"),
        N_(
            "Something the city wants to do or buy that may use data about people: a camera, an app, a "
            "register, a survey."
        ),
    ),
    Term(
        "observer",
        N_("Observer"),
        N_("Somebody from outside who reads one initiative and files one statement, which is published with it."),
    ),
    Term(
        "principles",
        N_("Principles"),
        N_("The sentences of the city’s policy against which every assessment is held."),
        ("principle",),
    ),
    Term(
        "privacy-officer",
        N_("Privacy officer"),
        N_("Determines, reviews, advises, deals with vendors and publishes. Never reviews what she or he wrote."),
    ),
    Term(
        "public-register",
        N_("Public register"),
        N_("Where everybody can read the published assessments, without an account."),
    ),
    Term(
        "recommendation",
        N_("Recommendation"),
        N_(
            "What the privacy officer's advice comes to: approve, approve with conditions, or reject. "
            "Whoever decides otherwise says why."
        ),
    ),
    Term(
        "reminder",
        N_("Reminder"),
        N_(
            "A message in the morning, or a line in “My work”, that says what is due. One can put a thing off, but not"
            " switch off what is overdue."
        ),
    ),
    Term(
        "review",
        N_("Review"),
        N_(
            "One round in which the privacy officer reads an assessment and either requests changes or passes "
            "it on for signature."
        ),
    ),
    Term(
        "review-date",
        N_("Review date"),
        N_("The day by which a published assessment is looked at again: that of its next annual audit."),
    ),
    Term(
        "senior-privacy-official",
        N_("Senior privacy official"),
        N_("Owns the city’s policy, decides where the remaining risk is not high, and concludes audits."),
    ),
    Term(
        "sign-off",
        N_("Sign-off"),
        N_(
            "A signature under exactly one text of an assessment. If the text changes afterwards, it has to be "
            "signed again."
        ),
    ),
    Term(
        "foundations",
        N_("Six foundations"),
        N_(
            "What every assessment has to rest on: the city’s policy and principles, the initial assessment, "
            "the full assessment, named people with roles, publication, and the annual audit."
        ),
    ),
    Term(
        "spot-check",
        N_("Spot check"),
        N_("A second look at a decision that was drawn by lot, by somebody who did not make it."),
        ("spot checks",),
    ),
    Term(
        "tombstone",
        N_("Tombstone"),
        N_("What stays of records that were disposed of: what they were, when, and how it was decided."),
        ("tombstones",),
    ),
    Term(
        "threshold-rule",
        N_("Threshold rule"),
        N_("A rule of the city that says which answers make a full assessment necessary, and why."),
    ),
    Term(
        "vendor",
        N_("Vendor"),
        N_(
            "A company that supplies or runs something for the city. Answers factual questions through a link, "
            "without an account."
        ),
        ("vendors",),
    ),
    Term(
        "version",
        N_("Version"),
        N_("One published state of an assessment. Older versions stay readable."),
    ),
)
