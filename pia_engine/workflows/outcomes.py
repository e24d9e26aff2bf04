"""What an initial assessment can lead to, weakest first, and what each outcome means for the initiative.

An update is a full PIA that begins from a published text; where the risk is high, a new one is asked for.
"""

from __future__ import annotations

from pia_engine.errors import N_

NO_PIA = "no_pia"
DELEGATED_REVIEW = "delegated_review"
UPDATE = "update"
FULL_PIA = "full_pia"

OUTCOMES = {  # stored: a change needs a migration
    NO_PIA: N_("No PIA needed"),
    DELEGATED_REVIEW: N_("Delegated review"),
    UPDATE: N_("Update of a published PIA"),
    FULL_PIA: N_("Full PIA needed"),
}

CONSEQUENCES = {
    NO_PIA: N_("The initiative is cleared to go live."),
    DELEGATED_REVIEW: N_(
        "No full PIA. The officer writes conditions, and the initiative is cleared to go live under them."
    ),
    UPDATE: N_("A full PIA begins from the text of a published one. Every answer is confirmed or changed."),
    FULL_PIA: N_("A full PIA begins at once with the answers given so far."),
}

CLEARING = frozenset({NO_PIA, DELEGATED_REVIEW})
