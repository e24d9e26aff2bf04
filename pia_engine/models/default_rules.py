"""What the first policy version of a new city says: a document to start from, for the city to make its own."""

from __future__ import annotations

from typing import Any

from pia_engine.errors import N_

PLACEHOLDER_CITATION = N_("Replace this with your own citation.")
"""Stands in a new city's policy until somebody has looked the law up; no version is adopted that still says it."""

DEFAULT_RULES: dict[str, Any] = {
    "principles": [
        {
            "id": "lawful",
            "name": "Lawful and fair",
            "text": "We use data about people only where the law allows it and people would expect it.",
        },
        {
            "id": "purpose",
            "name": "For a stated purpose",
            "text": "We say what data is for before we collect it, and use it for nothing else.",
        },
        {
            "id": "least",
            "name": "As little as possible",
            "text": "We collect the least that does the job and delete it when the job is done.",
        },
        {
            "id": "open",
            "name": "In the open",
            "text": "We tell people what we do, in words they can use, before we do it.",
        },
        {
            "id": "safe",
            "name": "Kept safe",
            "text": "We guard data against loss, misuse and curiosity, and say so when we fail.",
        },
        {
            "id": "answerable",
            "name": "Answerable",
            "text": "A named official answers for each use of data, and anyone can complain and be heard.",
        },
        {
            "id": "equal",
            "name": "Equal in its burden",
            "text": "We look at who carries the risk, and do not watch some neighbourhoods "
            "more than others without a reason we can defend.",
        },
    ],
    "authorities": [
        {
            "id": "charter",
            "name": "The city’s charter and ordinances",
            "citation": PLACEHOLDER_CITATION,
            "text": "What the city may do at all, and which office may do it.",
        },
        {
            "id": "data_protection",
            "name": "The data protection law that binds the city",
            "citation": PLACEHOLDER_CITATION,
            "text": "When data about people may be used, and what people may ask of the city.",
        },
        {
            "id": "records",
            "name": "The public records law",
            "citation": PLACEHOLDER_CITATION,
            "text": "What has to be kept, for how long, and how it is destroyed or archived.",
        },
        {
            "id": "open_government",
            "name": "The open government law",
            "citation": PLACEHOLDER_CITATION,
            "text": "What the public may see, and on which grounds something may be withheld.",
        },
    ],
    "risk_appetite": (
        "We accept low risks where the benefit to residents is clear. Medium risks we accept only with measures that "
        "have an owner and a date. We do not accept a high risk to people’s safety, freedom or fair treatment unless "
        "the city manager decides so in public and says why."
    ),
    "matrix": {
        "likelihoods": ["Very unlikely", "Unlikely", "Possible", "Likely", "Almost certain"],
        "severities": ["Hardly noticed", "Annoying", "Real harm", "Serious harm", "Grave harm"],
        "levels": {"low": "Low", "medium": "Medium", "high": "High"},
        "cells": [
            ["low", "low", "low", "low", "low"],
            ["low", "low", "medium", "medium", "medium"],
            ["low", "medium", "medium", "medium", "high"],
            ["low", "medium", "medium", "high", "high"],
            ["low", "medium", "high", "high", "high"],
        ],
    },
    "decider_by_residual_risk": {
        "low": "senior_privacy_official",
        "medium": "senior_privacy_official",
        "high": "executive",
    },
    "audit_months_by_residual_risk": {"low": 36, "medium": 24, "high": 12},
    "first_audit_months": 12,
    "vendor_link_days": 21,
    "audit_notice_days": 30,
    "policy_review_months": 12,
    "programme_audit_months": 12,
    "spot_check_percent": 20,
    "emergency_days": 30,
    "condition_days": 90,
    "escalation_days": 7,
    "executive_escalation_days": 30,
    "reminder_days": 14,
    "outcomes": {
        "no_pia": {
            "required": ["The initial assessment with the officer’s reasons"],
            "decider": "privacy_officer",
            "expires_months": 36,
        },
        "delegated_review": {
            "required": [
                "The initial assessment with the officer’s reasons",
                "The conditions the department has to keep",
            ],
            "decider": "privacy_officer",
            "expires_months": 24,
        },
        "update": {
            "required": ["A new version of the published assessment", "A list of what has changed since"],
            "decider": "privacy_officer",
            "expires_months": None,
        },
        "full_pia": {
            "required": [
                "The full assessment with its risk register",
                "The vendor’s answers, where a vendor handles data",
                "The plain summary for the public",
            ],
            "decider": "privacy_officer",
            "expires_months": None,
        },
    },
    "retention": [
        {
            "kind": "published",
            "record": "Published assessments and their documents",
            "classification": "public",
            "years": None,
            "basis": "The public record is kept for good, so that anybody can see what was promised and when.",
        },
        {
            "kind": "unpublished",
            "record": "Assessments that were never published",
            "classification": "internal",
            "years": 7,
            "basis": "As long as somebody may ask why something was begun, refused or withdrawn.",
        },
        {
            "kind": "vendor_responses",
            "record": "Vendors’ answers",
            "classification": "confidential",
            "years": 7,
            "basis": "As long as the contract can be disputed after it has ended.",
        },
        {
            "kind": "attachments_comments",
            "record": "Attachments and comments",
            "classification": "internal",
            "years": 7,
            "basis": "As long as the assessment they belong to.",
        },
        {
            "kind": "annual_audits",
            "record": "Annual audits",
            "classification": "internal",
            "years": 10,
            "basis": "So that three audits of the same system can be compared.",
        },
        {
            "kind": "audit_trail",
            "record": "The audit trail",
            "classification": "confidential",
            "years": None,
            "basis": "It proves that nothing was changed afterwards, which it can only do while it is whole.",
        },
    ],
    "controls": [],
    "withholding_grounds": [
        {
            "id": "security",
            "name": "Security",
            "text": "Publishing it would help somebody to attack the system or the people who depend on it.",
        },
        {
            "id": "personal_data",
            "name": "Personal data",
            "text": "It is about a natural person who would have to fear harm or exposure from its publication.",
        },
        {
            "id": "commercial_secret",
            "name": "Commercial secret",
            "text": "A company gave it in confidence, and a competitor could use it.",
        },
        {
            "id": "legal_advice",
            "name": "Legal advice",
            "text": "It is advice of the city’s lawyers that the law protects.",
        },
        {
            "id": "law_enforcement",
            "name": "Law enforcement",
            "text": "Publishing it would frustrate an investigation or the prevention of a crime.",
        },
        {
            "id": "draft_advice",
            "name": "Internal advice",
            "text": "It is advice between officials while a decision is still being made.",
        },
    ],
    "thresholds": {},
}
