"""Why an internal answer may be withheld: the grounds a questionnaire can name. What they say stands in the policy."""

from __future__ import annotations

GROUNDS = ("security", "personal_data", "commercial_secret", "legal_advice", "law_enforcement", "draft_advice")
