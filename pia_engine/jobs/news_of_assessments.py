"""What messages say of the steps of initiatives, assessments, vendors' answers, annual audits and the policy."""

from __future__ import annotations

from pia_engine.errors import N_
from pia_engine.jobs.news import News

OF_ASSESSMENTS = {
    "annual-audit:called": News(
        N_("The annual audit is due"),
        N_("An auditor starts it from the audit's page. The author keeps the evidence ready; nothing else changes."),
    ),
    "annual-audit:confirmed": News(
        N_("The annual audit is closed: the assessment still holds"),
        N_("You need do nothing. The next audit has been scheduled."),
    ),
    "annual-audit:findings-reported": News(
        N_("The annual audit has findings"),
        N_("The senior privacy official reads them and decides whether the assessment still holds."),
    ),
    "annual-audit:new-version-required": News(
        N_("The annual audit asks for a new version"),
        N_("A new version stands open with the last one's answers. Its author brings it up to date and submits it."),
    ),
    "annual-audit:started": News(
        N_("The annual audit has begun"),
        N_("The auditor may come to you with questions. You need do nothing before that."),
    ),
    "full-assessment:agency-declined": News(
        N_("The agency did not sign: changes are needed"),
        N_("Read the reason, change the answers it is about, and submit the assessment again."),
    ),
    "full-assessment:agency-signed": News(
        N_("An assessment waits for your decision"),
        N_("Read the assessment, the advice and the agency's sign-off, then approve, send back or reject it."),
    ),
    "full-assessment:approved": News(
        N_("The assessment is approved"),
        N_("The privacy officer can publish it. The annual audit has been scheduled."),
    ),
    "full-assessment:changes-requested": News(
        N_("Changes are requested"),
        N_("Each request stands beside the answer it is about. Change the answer or say why not, then submit again."),
    ),
    "full-assessment:recommended": News(
        N_("An assessment waits for your signature"),
        N_("Read it with the privacy officer's advice, then sign for the agency or send it back with a reason."),
    ),
    "full-assessment:rejected": News(
        N_("The assessment is rejected"),
        N_("The technology may not be used as described. The reason is kept with the assessment."),
    ),
    "full-assessment:review-started": News(
        N_("The review has begun"),
        N_("You need do nothing now. The answers cannot be changed while the review lasts."),
    ),
    "full-assessment:sent-back": News(
        N_("The assessment was sent back for changes"),
        N_("Read the reason, change the answers it is about, and submit the assessment again."),
    ),
    "full-assessment:submitted": News(
        N_("A full assessment is ready for review"),
        N_("A privacy officer who did not write it starts the review from its page."),
    ),
    "full-assessment:signature-carried": News(
        N_("An assessment waits for your decision"),
        N_("The agency's earlier signature still covers every answer of the department. Read the text and the advice."),
    ),
    "full-assessment:taken-back": News(
        N_("The author took the assessment back to change it"),
        N_("You need do nothing now. Sign-offs stand unless a section they cover changes; it is submitted again."),
    ),
    "full-assessment:withdrawn": News(
        N_("The full assessment was withdrawn"),
        N_("You need do nothing. What was written is kept."),
    ),
    "initial-assessment:determined": News(
        N_("The initial assessment is determined"),
        N_("Its page says what was determined, which rules led to it, and what follows."),
    ),
    "initial-assessment:returned": News(
        N_("The initial assessment came back to you"),
        N_("Read the reason, complete the answers, and submit it again."),
    ),
    "initial-assessment:submitted": News(
        N_("An initial assessment is ready for you"),
        N_("Read the answers and determine whether a full assessment is needed."),
    ),
    "initial-assessment:withdrawn": News(
        N_("The initial assessment was withdrawn"),
        N_("You need do nothing. What was written is kept."),
    ),
    "initiative:cleared": News(
        N_("Your initiative is cleared to go live"),
        N_("On the day it does, record that on its page."),
    ),
    "initiative:refused": News(
        N_("Your initiative may not go live"),
        N_("Read the reason. If the plans change, you can have the initiative assessed again."),
    ),
    "initiative:reopened": News(
        N_("An initiative is assessed again"),
        N_("You need do nothing before its assessment is submitted."),
    ),
    "initiative:retired": News(
        N_("An initiative was retired"),
        N_("Check that the data it held were deleted or handed on as its assessment says."),
    ),
    "initiative:went-live": News(
        N_("An initiative has gone live"),
        N_("You need do nothing. Its annual audit comes when it is due."),
    ),
    "policy:adopted": News(
        N_("A new version of the PIA policy is in force"),
        N_("New assessments follow it. Those already begun keep the version they began under."),
    ),
    "policy:withdrawn": News(
        N_("A draft of the PIA policy was withdrawn"),
        N_("You need do nothing. The version in force stays as it is."),
    ),
    "publication:published": News(
        N_("The assessment is published"),
        N_("Everybody can read it in the public register, with its signed document."),
    ),
    "publication:retracted": News(
        N_("The assessment was withdrawn from the register"),
        N_("Its page and its document stay and say so, with the reason. Nothing may go live because of it any more."),
    ),
    "vendor-response:accepted": News(
        N_("The vendor's answers are accepted"),
        N_("What the vendor stated now stands in the assessment, marked as the vendor's. Check it where you use it."),
    ),
    "vendor-response:attested": News(
        N_("A vendor has answered"),
        N_("Judge each answer: accept it, or ask about it."),
    ),
    "vendor-response:cancelled": News(
        N_("The request to the vendor was cancelled"),
        N_("The vendor's link no longer opens anything. Answer the vendor's questions from other sources."),
    ),
    "vendor-response:expired": News(
        N_("A vendor's link has run out"),
        N_("Send a new link if you still need the answers. What the vendor wrote so far is kept."),
    ),
}
