"""What messages say of the steps that keep the programme alive: exceptions, promises, causes to look again, records."""

from __future__ import annotations

from pia_engine.errors import N_
from pia_engine.jobs.news import News

OF_GOVERNANCE = {
    "annual-report:published": News(
        N_("The annual report is published"),
        N_("You need do nothing. Everybody can read it, and check its signature."),
    ),
    "annual-report:withdrawn": News(
        N_("The draft of the annual report was withdrawn"),
        N_("You need do nothing. A new draft can be begun at any time."),
    ),
    "commitment:dropped": News(
        N_("A commitment was dropped"),
        N_("Read the reason. It stays on the list as dropped."),
    ),
    "commitment:kept": News(
        N_("Your commitment is recorded as kept"),
        N_("You need do nothing more for it."),
    ),
    "commitment:reported": News(
        N_("A commitment is reported as kept"),
        N_("Look at the evidence, and accept it or return it with a reason."),
    ),
    "commitment:returned": News(
        N_("A commitment came back to you"),
        N_("Read what the evidence does not show, and report it again when it does."),
    ),
    "disposal:approved": News(
        N_("A disposal of records is approved"),
        N_("The records are deleted with the next daily run. Until then the disposal can be stopped."),
    ),
    "disposal:carried-out": News(
        N_("Records were disposed of"),
        N_("You need do nothing. A tombstone says what they were and who decided it."),
    ),
    "disposal:kept": News(
        N_("Records proposed for disposal are kept for now"),
        N_("You need do nothing. The reason stands with the proposal."),
    ),
    "disposal:stopped": News(
        N_("A disposal of records was stopped"),
        N_("You need do nothing. Nothing was deleted."),
    ),
    "emergency-exception:ended": News(
        N_("An emergency exception has ended"),
        N_("What it allowed has to stop today, unless an assessment allows it by now."),
    ),
    "emergency-exception:expired": News(
        N_("An emergency exception has run out"),
        N_("What it allowed has to stop today, unless an assessment allows it by now."),
    ),
    "emergency-exception:granted": News(
        N_("An emergency exception is granted"),
        N_("It holds until the day on its page, under the conditions there. The assessment goes on meanwhile."),
    ),
    "emergency-exception:refused": News(
        N_("An emergency exception was refused"),
        N_("Nothing may begin before the assessment allows it. Read the reason."),
    ),
    "emergency-exception:withdrawn": News(
        N_("The request for an emergency exception was withdrawn"),
        N_("You need do nothing."),
    ),
    "initiative:clearance-taken-back": News(
        N_("The clearance of an initiative was taken back"),
        N_("It is assessed again. Nothing may go live before that."),
    ),
    "policy:reaffirmed": News(
        N_("The PIA policy is reaffirmed"),
        N_("You need do nothing. The reason stands with the policy."),
    ),
    "policy:review-called": News(
        N_("The annual review of the PIA policy is due"),
        N_("The senior privacy official reaffirms the policy, or a new version is drafted and adopted."),
    ),
    "programme-audit:cancelled": News(
        N_("The programme audit was cancelled"),
        N_("You need do nothing. The reason stands on its page."),
    ),
    "programme-audit:closed": News(
        N_("The programme audit is closed"),
        N_("You need do nothing. The corrective actions stand among the commitments."),
    ),
    "programme-audit:findings-reported": News(
        N_("The programme audit has findings"),
        N_("Answer each finding: accept it with a commitment, or say why not. Then the audit can be closed."),
    ),
    "programme-audit:started": News(
        N_("The programme audit has begun"),
        N_("The auditor may come to you with questions. You need do nothing before that."),
    ),
    "reconsideration:assessment-required": News(
        N_("A new initial assessment is required"),
        N_("Its author answers the initial questions again; they stand open on the initiative's page."),
    ),
    "reconsideration:new-version-required": News(
        N_("A new version of the assessment is required"),
        N_("A new version stands open with the last one's answers. Its author brings it up to date and submits it."),
    ),
    "reconsideration:set-aside": News(
        N_("It was decided that a report changes nothing"),
        N_("You need do nothing. The reason stands on its page."),
    ),
    "reconsideration:withdrawn": News(
        N_("A report was withdrawn"),
        N_("You need do nothing."),
    ),
    "spot-check:agreed": News(
        N_("A spot check agrees with the delegated decision"),
        N_("You need do nothing."),
    ),
    "spot-check:overturned": News(
        N_("A spot check overturned a delegated decision"),
        N_("Somebody decides now what follows: its page says where that stands."),
    ),
    "withholding:approved": News(
        N_("It is approved that a part is withheld from the public"),
        N_("You need do nothing. The public will read the ground in its place."),
    ),
    "withholding:disclosed": News(
        N_("What was withheld is disclosed to the public"),
        N_("You need do nothing. The public page shows it, with the proof that it is what stood there."),
    ),
    "withholding:lifted": News(
        N_("A withholding was lifted"),
        N_("Read the reason. The part will be published, unless it is proposed again."),
    ),
    "withholding:refused": News(
        N_("It was refused that a part is withheld from the public"),
        N_("Read the reason. The part will be published, unless it is proposed again on another ground."),
    ),
    "withholding:taken-back": News(
        N_("A withholding was taken back"),
        N_("You need do nothing. The part will be published, unless it is proposed again."),
    ),
}

BESIDE_OF_GOVERNANCE = {
    "commitment:escalated": News(
        N_("A commitment is overdue"),
        N_(
            "Whoever keeps it reports what was done. If that cannot be yet, a privacy officer gives it another day "
            "or hands it over to somebody else, with a reason."
        ),
    ),
    "commitment:handed-over": News(
        N_("A commitment was handed over to somebody else"),
        N_("Whoever keeps it from now on reports what shows that it was kept. The other need do nothing more."),
    ),
    "commitment:made": News(
        N_("You keep a commitment of the city"),
        N_("Look at what was promised, and until when. When it is done, report what shows it."),
    ),
    "commitment:postponed": News(
        N_("Your commitment has another day"),
        N_("Its page says until when. When it is done, report what shows it."),
    ),
    "finding:answered": News(
        N_("All findings of an audit are answered"),
        N_("Read the answers, and conclude the audit."),
    ),
    "programme-audit:planned": News(
        N_("An audit of the programme is planned"),
        N_("An auditor starts it before it is due. The sample is drawn by lot at that moment."),
    ),
    "reconsideration:raised": News(
        N_("There is a cause to look again"),
        N_("A privacy officer reads what it is about, and decides whether anything has to be assessed again."),
    ),
    "reconsideration:escalated": News(
        N_("A determination has run out, and nobody has decided yet"),
        N_("What it allowed rests on nothing now. A privacy officer requires a new initial assessment."),
    ),
    "spot-check:drawn": News(
        N_("A delegated decision was drawn for a spot check"),
        N_("Somebody who did not make the decision looks at it again, and agrees or overturns it."),
    ),
    "withholding:proposed": News(
        N_("It is proposed to withhold something from the public"),
        N_("Look at what the public would read, and approve or refuse it. Publication waits for that."),
    ),
}
"""What is told besides: by the calendar, by lot, or because somebody reported something."""
