namespace Tessrax;

// 4xxx: governance
public static partial class ErrorCodes
{
    public static readonly ErrorCode NeedsApproval = Refused(
        4001,
        "not enough approvals",
        "collect approvals from the roles that the policy names: tessraxctl pending, tessraxctl approve"
    );
    public static readonly ErrorCode NotAnApprover = Refused(
        4002,
        "key holds no role that may approve this",
        "use the key file of an approver; tessraxctl keys list DIR shows who holds which role"
    );
    public static readonly ErrorCode OutsideWindow = Refused(
        4003,
        "outside its window of time",
        "sign it again; check the clocks of both machines"
    );
    public static readonly ErrorCode NonceReused = Refused(
        4004,
        "nonce used before for something else",
        "draw a new nonce and sign again"
    );
    public static readonly ErrorCode WrongLedger = Refused(
        4005,
        "made for another ledger",
        "export the request again from this ledger"
    );
    public static readonly ErrorCode BadSignature = Refused(
        4006,
        "signature does not hold",
        "sign again with the right key; do not edit what was signed"
    );
    public static readonly ErrorCode StaleGovernance = Refused(
        4007,
        "governance changed since it was signed",
        "look at the proposal again and sign it under the present state"
    );
    public static readonly ErrorCode AlreadyVoted = Refused(
        4008,
        "this key has voted already",
        "one key counts once; somebody else must sign"
    );
    public static readonly ErrorCode NotByThatKey = Refused(
        4009,
        "this key may not sign this event",
        "the event needs an author's key, or approvals"
    );
    public static readonly ErrorCode ClockJump = Refused(
        4010,
        "clock stepped too far ahead",
        "set the clock right; if it is right now, tessraxctl clock adjust records that, with approvals"
    );
    public static readonly ErrorCode Closed = Refused(
        4011,
        "proposal is closed",
        "see how it ended: tessraxctl log DIR --event DECISION_CLOSED, or DECISION_RECORDED"
    );
    public static readonly ErrorCode OwnProposal = Refused(
        4012,
        "the author may not approve",
        "an approver other than the author must sign"
    );
    public static readonly ErrorCode FromTheFuture = Refused(
        4013,
        "claim dated after it was recorded",
        "correct the claim's timestamp, or the clock of this machine; a day ahead is tolerated"
    );
    public static readonly ErrorCode LedgerClosed = Refused(
        4014,
        "the ledger is closed",
        "append to its successor; tessraxctl verify tells its origin and log key"
    );
    public static readonly ErrorCode OtherSuccessor = Refused(
        4015,
        "the ledger has another successor",
        "a closed ledger goes on in the one that LEDGER_CLOSED names, and in no other"
    );
    public static readonly ErrorCode IssuedBeforeAdjustment = Refused(
        4016,
        "issued before the log's clock was adjusted",
        "sign it again: what was issued before the adjustment counts no more"
    );
    public static readonly ErrorCode UnderHold = Refused(
        4020,
        "the payload is under a hold",
        "release the hold first, with the approvals that it takes: tessraxctl hold list DIR, hold release DIR --name H --reason R"
    );
    public static readonly ErrorCode HoldUnknown = Refused(
        4021,
        "no hold of that name, or one already",
        "see what is in force: tessraxctl hold list DIR"
    );
    public static readonly ErrorCode StillCounts = Refused(
        4022,
        "the payload still counts",
        "decide or close the proposal that rests on it, or erase the claims that it follows from"
    );
    public static readonly ErrorCode NothingToErase = Refused(
        4023,
        "there is no payload to erase",
        "control events and verdicts hold none that may go; tessraxctl show DIR N says what became of an entry's payload"
    );
    public static readonly ErrorCode ProposalWaits = Refused(
        4024,
        "another proposal of this waits for approvals",
        "approve or reject it first: tessraxctl pending DIR"
    );
    public static readonly ErrorCode NoSuchTransaction = NotFound(
        4027,
        "no prepared receipt of that token",
        "it was never prepared, or was decided long ago and forgotten: see tessraxctl tx list DIR, and tessraxctl log DIR for what was recorded"
    );
    public static readonly ErrorCode TransactionAborted = Refused(
        4028,
        "the prepared receipt was aborted",
        "it never takes an index; prepare another one"
    );
    public static readonly ErrorCode TransactionCommitted = Refused(
        4029,
        "the prepared receipt was committed",
        "an entry of the log cannot be taken back; record another one that says what is true now"
    );
    public static readonly ErrorCode TransactionExpired = Refused(
        4030,
        "the prepared receipt expired before it was decided",
        "it never takes an index; prepare another one, with a longer --expires if its decision takes long"
    );
    public static readonly ErrorCode TooManyPrepared = Refused(
        4031,
        "too many prepared receipts are undecided",
        "commit or abort some: tessraxctl tx list DIR"
    );
    public static readonly ErrorCode DelayNotOver = Refused(
        4032,
        "the delay is not over",
        "who may approve is widened only a while after that was proposed, so that it can be seen and rejected; wait, then run it again"
    );
    public static readonly ErrorCode PolicyDowngrade = Refused(
        4033,
        "an older version of the policy",
        "give the new document a greater version; to go back to one that was in force: tessraxctl policy rollback"
    );
    public static readonly ErrorCode PolicyMovedOn = Refused(
        4034,
        "another policy came into force meanwhile",
        "see which: tessraxctl policy history DIR; compare with tessraxctl policy diff, then propose again. If a proposal stands in the way, its approvers may reject it: tessraxctl pending DIR"
    );
    public static readonly ErrorCode VersionTaken = Refused(
        4035,
        "that version is another document already",
        "one version is one document for ever: give the changed document a version of its own"
    );
    public static readonly ErrorCode TooFewHolders = Refused(
        4036,
        "too few would remain who may approve",
        "appoint others first, or in the same APPROVERS_CHANGED"
    );
    public static readonly ErrorCode Vetoed = Refused(
        4037,
        "a rejection that may veto stands against it",
        "close the proposal, and propose again what those who may veto would let through"
    );
    public static readonly ErrorCode NotDelegated = Refused(
        4038,
        "the delegation does not cover this",
        "whoever holds the role votes with their own key, or delegates it for this action and for long enough: tessraxctl approvers delegate DIR"
    );
    public static readonly ErrorCode KeyEnded = Refused(
        4039,
        "the key may sign no more",
        "sign with the key that took its place; tessraxctl keys list DIR shows which keys are active"
    );
    public static readonly ErrorCode PossessionNotProven = Refused(
        4040,
        "nobody has shown that they hold the key",
        "the new key signs its proof for this very ledger, and the key that it replaces signs too"
    );
    public static readonly ErrorCode RecoveryRefused = Refused(
        4041,
        "the recovery does not hold",
        "the key must be the one that the ledger committed to, of this generation, and must have signed just this; make a new request: tessraxctl keys recover request"
    );
    public static readonly ErrorCode TokenNotFor = Refused(
        4042,
        "the token is not by whom, or not for whom, it must be",
        "ask somebody who holds the role that the policy's tokens name, and is not the author's own person: tessraxctl token issue DIR ID --key FILE"
    );
    public static readonly ErrorCode TokenOtherBody = Refused(
        4043,
        "the token is for another body or event",
        "a token is for one body: tessraxctl token inspect FILE shows which; have one issued for this one"
    );
    public static readonly ErrorCode TokenOutsideSize = Refused(
        4044,
        "the entry has none of the indexes that the token is for",
        "the ledger has grown past it, or is not there yet: have another token issued, or wait"
    );
    public static readonly ErrorCode TokenOutsideTime = Refused(
        4045,
        "the token is not valid now",
        "have another token issued; one is valid for as long as the policy says at most"
    );
    public static readonly ErrorCode TokenMissing = Refused(
        4046,
        "a token is needed",
        "have one issued for what waits: tessraxctl token issue DIR ID --key FILE -o TOKEN, then tessraxctl token use DIR ID TOKEN"
    );
    public static readonly ErrorCode EscalationTooEarly = Refused(
        4047,
        "too early to pass a proposal on to others",
        "those who are asked first have until then: tessraxctl pending DIR tells until when"
    );
    public static readonly ErrorCode AlreadyExecuted = Refused(
        4048,
        "the decision was executed already",
        "tessraxctl decisions DIR N shows by which entry"
    );
    public static readonly ErrorCode NotInForce = Refused(
        4049,
        "no decision that is in force",
        "name the entry of a decision that no later one replaced: tessraxctl decisions DIR"
    );
}
