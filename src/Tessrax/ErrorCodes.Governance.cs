namespace Tessrax;

// 4xxx: governance
public static partial class ErrorCodes
{
    public static readonly ErrorCode NeedsApproval = Refused(
        4001,
        "not enough approvals",
        "fewer have approved than the policy asks for, or from other roles",
        "collect approvals from the roles that the policy names: tessraxctl pending, tessraxctl approve"
    );
    public static readonly ErrorCode NotAnApprover = Refused(
        4002,
        "key holds no role that may approve this",
        "the key is not one of an approver, or holds another role",
        "use the key file of an approver; tessraxctl keys list DIR shows who holds which role"
    );
    public static readonly ErrorCode OutsideWindow = Refused(
        4003,
        "outside its window of time",
        "it was issued too long ago, is dated ahead, or has expired",
        "sign it again; check the clocks of both machines"
    );
    public static readonly ErrorCode NonceReused = Refused(
        4004,
        "nonce used before for something else",
        "the same nonce came with another content",
        "draw a new nonce and sign again"
    );
    public static readonly ErrorCode WrongLedger = Refused(
        4005,
        "made for another ledger",
        "it names another ledger's id or origin",
        "take what was made for this ledger, or the ledger that it was made for; nothing made for one counts in another"
    );
    public static readonly ErrorCode BadSignature = Refused(
        4006,
        "signature does not hold",
        "another key signed it, or what was signed was changed",
        "sign again with the right key; do not edit what was signed"
    );
    public static readonly ErrorCode StaleGovernance = Refused(
        4007,
        "governance changed since it was signed",
        "keys, approvers or the policy changed between the signature and now",
        "look at the proposal again and sign it under the present state"
    );
    public static readonly ErrorCode AlreadyVoted = Refused(
        4008,
        "this key has voted already",
        "the same key, or another key of the same person, has a verdict on it",
        "one key counts once; somebody else must sign"
    );
    public static readonly ErrorCode NotByThatKey = Refused(
        4009,
        "this key may not sign this event",
        "the event asks for another kind of key",
        "the event needs an author's key, or approvals"
    );
    public static readonly ErrorCode ClockJump = Refused(
        4010,
        "clock stepped too far ahead",
        "the machine's clock was set, or was wrong before",
        "set the clock right; if it is right now, tessraxctl clock adjust records that, with approvals",
        "nothing is recorded while the clock is not believed"
    );
    public static readonly ErrorCode Closed = Refused(
        4011,
        "proposal is closed",
        "it was decided, rejected, expired, or closed",
        "see how it ended: tessraxctl log DIR --event DECISION_CLOSED, or DECISION_RECORDED"
    );
    public static readonly ErrorCode OwnProposal = Refused(
        4012,
        "the author may not approve",
        "whoever proposes may not approve: four eyes mean two persons",
        "an approver other than the author must sign"
    );
    public static readonly ErrorCode FromTheFuture = Refused(
        4013,
        "claim dated after it was recorded",
        "the claim's timestamp lies more than a day after the entry that would record it",
        "correct the claim's timestamp, or the clock of this machine; a day ahead is tolerated"
    );
    public static readonly ErrorCode LedgerClosed = Refused(
        4014,
        "the ledger is closed",
        "a LEDGER_CLOSED entry ended it",
        "append to its successor; tessraxctl verify tells its origin and log key",
        "the ledger can be read and verified for ever, and grows no more"
    );
    public static readonly ErrorCode OtherSuccessor = Refused(
        4015,
        "the ledger has another successor",
        "the closing entry names another ledger",
        "a closed ledger goes on in the one that LEDGER_CLOSED names, and in no other"
    );
    public static readonly ErrorCode IssuedBeforeAdjustment = Refused(
        4016,
        "issued before the log's clock was adjusted",
        "the log's clock was adjusted after it was signed",
        "sign it again: what was issued before the adjustment counts no more"
    );
    public static readonly ErrorCode UnderHold = Refused(
        4020,
        "the payload is under a hold",
        "a hold that covers the payload is in force",
        "release the hold first, with the approvals that it takes: tessraxctl hold list DIR, tessraxctl hold release DIR --name H --reason R"
    );
    public static readonly ErrorCode HoldUnknown = Refused(
        4021,
        "no hold of that name, or one already",
        "the name is misspelt, the hold was released, or one of that name is in force",
        "see what is in force: tessraxctl hold list DIR"
    );
    public static readonly ErrorCode StillCounts = Refused(
        4022,
        "the payload still counts",
        "an open proposal, or a decision in force, rests on it",
        "decide or close the proposal that rests on it, or erase the claims that it follows from"
    );
    public static readonly ErrorCode NothingToErase = Refused(
        4023,
        "there is no payload to erase",
        "the entry never had a payload, or it is erased already",
        "control events and verdicts hold none that may go; tessraxctl show DIR N says what became of an entry's payload"
    );
    public static readonly ErrorCode ProposalWaits = Refused(
        4024,
        "another proposal of this waits for approvals",
        "one proposal at a time may wait for the same thing",
        "approve or reject it first: tessraxctl pending DIR"
    );
    public static readonly ErrorCode NoSuchTransaction = NotFound(
        4027,
        "no prepared receipt of that token",
        "the token is misspelt, or its receipt was decided and forgotten",
        "it was never prepared, or was decided long ago and forgotten: see tessraxctl tx list DIR, and tessraxctl log DIR for what was recorded"
    );
    public static readonly ErrorCode TransactionAborted = Refused(
        4028,
        "the prepared receipt was aborted",
        "somebody aborted it, and what is aborted stays so",
        "it never takes an index; prepare another one"
    );
    public static readonly ErrorCode TransactionCommitted = Refused(
        4029,
        "the prepared receipt was committed",
        "it was committed already",
        "an entry of the log cannot be taken back; record another one that says what is true now"
    );
    public static readonly ErrorCode TransactionExpired = Refused(
        4030,
        "the prepared receipt expired before it was decided",
        "nobody decided it within its time",
        "it never takes an index; prepare another one, with a longer --expires if its decision takes long"
    );
    public static readonly ErrorCode TooManyPrepared = Refused(
        4031,
        "too many prepared receipts are undecided",
        "those who prepare do not commit or abort what they prepared",
        "commit or abort some: tessraxctl tx list DIR"
    );
    public static readonly ErrorCode DelayNotOver = Refused(
        4032,
        "the delay is not over",
        "a change that loosens who may approve waits out a delay that was recorded with it",
        "who may approve is widened only a while after that was proposed, so that it can be seen and rejected; wait, then run it again"
    );
    public static readonly ErrorCode PolicyDowngrade = Refused(
        4033,
        "an older version of the policy",
        "its version is not greater than the one in force",
        "give the new document a greater version; to go back to one that was in force: tessraxctl policy rollback"
    );
    public static readonly ErrorCode PolicyMovedOn = Refused(
        4034,
        "another policy came into force meanwhile",
        "the policy was changed after this was proposed",
        "see which: tessraxctl policy history DIR; compare with tessraxctl policy diff, then propose again. If a proposal stands in the way, its approvers may reject it: tessraxctl pending DIR"
    );
    public static readonly ErrorCode VersionTaken = Refused(
        4035,
        "that version is another document already",
        "a document of that id and version, with other content, was in force",
        "one version is one document for ever: give the changed document a version of its own"
    );
    public static readonly ErrorCode TooFewHolders = Refused(
        4036,
        "too few would remain who may approve",
        "the change would leave a role with fewer holders than the policy asks to approve",
        "appoint others first, or in the same APPROVERS_CHANGED"
    );
    public static readonly ErrorCode Vetoed = Refused(
        4037,
        "a rejection that may veto stands against it",
        "somebody who may veto has rejected it",
        "close the proposal, and propose again what those who may veto would let through"
    );
    public static readonly ErrorCode NotDelegated = Refused(
        4038,
        "the delegation does not cover this",
        "the delegation is for another action, has ended, or may not be passed on",
        "whoever holds the role votes with their own key, or delegates it for this action and for long enough: tessraxctl approvers delegate DIR"
    );
    public static readonly ErrorCode KeyEnded = Refused(
        4039,
        "the key may sign no more",
        "the key was rotated or revoked",
        "sign with the key that took its place; tessraxctl keys list DIR shows which keys are active"
    );
    public static readonly ErrorCode PossessionNotProven = Refused(
        4040,
        "nobody has shown that they hold the key",
        "a proof of possession is missing, or is for another ledger or key",
        "the new key signs its proof for this very ledger, and the key that it replaces signs too"
    );
    public static readonly ErrorCode RecoveryRefused = Refused(
        4041,
        "the recovery does not hold",
        "the key, the generation or the signed request differs from what the ledger committed to",
        "the key must be the one that the ledger committed to, of this generation, and must have signed just this; make a new request: tessraxctl keys recover request"
    );
    public static readonly ErrorCode TokenNotFor = Refused(
        4042,
        "the token is not by whom, or not for whom, it must be",
        "the token's issuer does not hold the role, or is the person who asks",
        "ask somebody who holds the role that the policy's tokens name, and is not the author's own person: tessraxctl token issue DIR ID --key FILE"
    );
    public static readonly ErrorCode TokenOtherBody = Refused(
        4043,
        "the token is for another body or event",
        "the token names another digest or event",
        "a token is for one body: tessraxctl token inspect FILE shows which; have one issued for this one"
    );
    public static readonly ErrorCode TokenOutsideSize = Refused(
        4044,
        "the entry has none of the indexes that the token is for",
        "the token is limited to a range of indexes that the entry is not in",
        "the ledger has grown past it, or is not there yet: have another token issued, or wait"
    );
    public static readonly ErrorCode TokenOutsideTime = Refused(
        4045,
        "the token is not valid now",
        "the token is not valid yet, or has run out",
        "have another token issued; one is valid for as long as the policy says at most"
    );
    public static readonly ErrorCode TokenMissing = Refused(
        4046,
        "a token is needed",
        "the policy asks for a fresh token, and none came with it",
        "have one issued for what waits: tessraxctl token issue DIR ID --key FILE -o TOKEN, then tessraxctl token use DIR ID TOKEN"
    );
    public static readonly ErrorCode EscalationTooEarly = Refused(
        4047,
        "too early to pass a proposal on to others",
        "the time in which those who are asked first may answer is not over",
        "those who are asked first have until then: tessraxctl pending DIR tells until when"
    );
    public static readonly ErrorCode AlreadyExecuted = Refused(
        4048,
        "the decision was executed already",
        "a DECISION_EXECUTED names it already",
        "tessraxctl decisions DIR N shows by which entry"
    );
    public static readonly ErrorCode NotInForce = Refused(
        4049,
        "no decision that is in force",
        "the entry is no decision, or a later one took its place",
        "name the entry of a decision that no later one replaced: tessraxctl decisions DIR"
    );
    public static readonly ErrorCode FleetShrank = Refused(
        4050,
        "a ledger of the fleet has fewer entries than before",
        "it was rolled back or restored from an older copy, or another copy of it was named",
        "find the copy that has all entries, and name that; what the ledger has lost, witnesses and the round before still show"
    );
    public static readonly ErrorCode FleetForked = Refused(
        4051,
        "a ledger of the fleet has another past than before",
        "its log has signed two histories, or another ledger has taken its name",
        "keep both checkpoints as evidence: the one of the round before is in the list of that round, signed by the ledger's log"
    );
    public static readonly ErrorCode FleetGone = Refused(
        4052,
        "a ledger of the fleet is gone",
        "it is in none of the sources: it was moved, deleted or renamed, or a source was forgotten",
        "name every source; a ledger that is given up is named with --retired ORIGIN"
    );
    public static readonly ErrorCode LedgerRetired = Refused(
        4053,
        "the ledger is retired",
        "a LEDGER_RETIRED entry ended it, and no other ledger goes on",
        "append to another ledger; why this one ended, its last entry says: tessraxctl log DIR --event LEDGER_RETIRED",
        "the ledger can be read and verified for ever, and grows no more"
    );
    public static readonly ErrorCode WrongShard = Refused(
        4054,
        "the subject belongs to another shard",
        "the ledger is one of a set over which the subjects are spread, and claims about this one stand in another of them",
        "record it in the ledger of the shard that the message names: its origin ends in that number",
        "in an entry that is there already, it was put there by somebody who wanted it not to be found: claims that contradict each other would not meet"
    );
    public static readonly ErrorCode ShardsDiffer = Refused(
        4055,
        "the shards of a set differ",
        "they are not one set: another policy, other keys or roles, other windows, or one of them is missing, is another ledger, or stands twice",
        "make the change that was made in some of them in the others, too; what each goes by, tessraxctl policy history DIR and tessraxctl keys list DIR tell"
    );
}
