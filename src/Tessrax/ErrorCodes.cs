namespace Tessrax;

/// <summary>Every error code of Tessrax. 1xxx input, 2xxx keys and notes, 3xxx storage, 4xxx governance, 5xxx verification.</summary>
public static class ErrorCodes
{
    // First in the file: static fields are set in their order here, and each code below enters itself.
    private static readonly List<ErrorCode> Known = [];

    // 1xxx: input
    public static readonly ErrorCode NotJson = Input(1001, "not JSON", "give one JSON text (RFC 8259) in UTF-8");
    public static readonly ErrorCode DuplicateKey = Input(
        1002,
        "duplicate key",
        "keep one of the members; names are compared after unescaping"
    );
    public static readonly ErrorCode BadNumber = Input(
        1003,
        "number would lose digits",
        "send the number as a string; the policy's metric says that it is numeric"
    );
    public static readonly ErrorCode LoneSurrogate = Input(
        1004,
        "not Unicode text",
        "send valid UTF-8, and \\u escapes only as whole surrogate pairs"
    );
    public static readonly ErrorCode TooDeep = Input(1005, "nested too deeply", "JSON may nest at most 64 levels");
    public static readonly ErrorCode TooLarge = Input(
        1006,
        "too large",
        "split the input, or keep big bytes as evidence by digest: tessraxctl evidence add"
    );
    public static readonly ErrorCode UnknownMember = Input(
        1007,
        "unknown member",
        "remove it, or check its spelling against spec/schema"
    );
    public static readonly ErrorCode MissingMember = Input(
        1008,
        "missing member",
        "add it; spec/schema lists what is required"
    );
    public static readonly ErrorCode BadValue = Input(
        1009,
        "value not allowed here",
        "see the schema under spec/schema for what is allowed"
    );
    public static readonly ErrorCode BadTime = Input(
        1010,
        "time not in UTC RFC 3339",
        "write times like 2026-01-31T12:00:00Z: UTC, no offset, no leap second, at most six decimals"
    );
    public static readonly ErrorCode NotCanonical = Input(
        1011,
        "bytes are not in canonical form",
        "canonicalize first: tessraxctl plumbing canonicalize"
    );
    public static readonly ErrorCode BadUsage = Input(
        1012,
        "wrong usage",
        "see --help for the arguments and an example"
    );
    public static readonly ErrorCode ClaimIdReused = Input(
        1013,
        "claim id used twice for different claims",
        "give the changed claim an id of its own; a newer timestamp supersedes the older claim"
    );
    public static readonly ErrorCode BadDigest = Input(
        1014,
        "not a digest",
        "write digests as sha256: and 64 lowercase hex digits"
    );
    public static readonly ErrorCode BadPolicy = Input(1015, "policy does not make sense", "see docs/policy.md");
    public static readonly ErrorCode UnknownEvent = Input(
        1016,
        "event not known",
        "use one of the events in spec/events.md, or your own whose name begins with x-"
    );
    public static readonly ErrorCode NotAppendable = Input(
        1017,
        "event is written by Tessrax itself",
        "use the verb that makes it (ingest, approve, evidence add), or an event whose name begins with x-"
    );

    // 2xxx: keys and notes
    public static readonly ErrorCode WrongPassphrase = Refused(
        2001,
        "wrong passphrase",
        "check the passphrase; if the file was changed by hand, restore it from a backup"
    );
    public static readonly ErrorCode BadKey = Input(
        2002,
        "not a key of the expected form",
        "a vkey reads name+8 hex digits+base64; a key file is what tessraxctl keys new wrote"
    );
    public static readonly ErrorCode KeyExists = Input(
        2003,
        "key file exists",
        "key files are never overwritten: choose another path"
    );
    public static readonly ErrorCode NoPassphrase = Input(
        2004,
        "no passphrase given",
        "set TESSRAX_PASSPHRASE, pass --passphrase-file FILE, or run on a terminal to be asked"
    );
    public static readonly ErrorCode WrongKey = Refused(
        2005,
        "key may not be used for this",
        "one key has one purpose; see tessraxctl keys list"
    );
    public static readonly ErrorCode BadNote = Input(
        2006,
        "not a signed note",
        "a note is text, a blank line, then signature lines (C2SP signed-note)"
    );
    public static readonly ErrorCode NoteRefused = Input(
        2007,
        "note signature does not hold",
        "check that the vkey is the signer's, and that the text was not changed"
    );
    public static readonly ErrorCode BadTrustRoot = Input(
        2008,
        "not a trust root",
        "export one where you trust the ledger: tessraxctl trust export DIR -o FILE"
    );
    public static readonly ErrorCode SignerFailed = Storage(
        2009,
        "signing command failed",
        "the command gets the bytes to sign on standard input and must print the 64-byte signature in base64"
    );

    // 3xxx: storage
    public static readonly ErrorCode NotALedger = NotFound(
        3001,
        "no ledger here",
        "make one with tessraxctl init DIR --origin NAME, or check the path"
    );
    public static readonly ErrorCode Locked = Storage(
        3002,
        "another process writes to this ledger",
        "wait for it to finish, or stop it; readers need no lock"
    );
    public static readonly ErrorCode Damaged = Storage(
        3003,
        "the ledger's bytes are damaged",
        "keep a copy of the directory as it is; tessraxctl doctor DIR says what is wrong, and tessraxctl repair DIR --from COPY mends what it can"
    );
    public static readonly ErrorCode Behind = Storage(
        3004,
        "the ledger is behind what it has already signed",
        "this looks like an older copy: find the newer one; a log must not sign a second history"
    );
    public static readonly ErrorCode DiskFull = Storage(
        3005,
        "no space left",
        "free some space and try again; nothing was half-written"
    );
    public static readonly ErrorCode NoPermission = Storage(
        3006,
        "permission denied",
        "check owner and mode of the path"
    );
    public static readonly ErrorCode CannotRead = Storage(3007, "cannot read", "check the path");
    public static readonly ErrorCode CannotWrite = Storage(
        3008,
        "cannot write",
        "check that the directory exists and can be written to"
    );
    public static readonly ErrorCode OutcomeUnknown = Storage(
        3009,
        "outcome unknown",
        "the disk did not confirm the write: open the ledger again and retry; a retry with the same nonce is the same append"
    );
    public static readonly ErrorCode AlreadyExists = Input(
        3010,
        "already exists",
        "choose another path; only commands that have --force overwrite a file, and only with it"
    );
    public static readonly ErrorCode NoSuchEntry = NotFound(
        3011,
        "no such entry",
        "see tessraxctl log DIR for what there is"
    );
    public static readonly ErrorCode NoSuchFile = NotFound(3012, "no such file", "check the path");
    public static readonly ErrorCode UnknownFormat = Storage(
        3013,
        "ledger format not known",
        "it was written by a newer Tessrax: upgrade tessraxctl"
    );
    public static readonly ErrorCode NoSuchProposal = NotFound(
        3014,
        "no such proposal",
        "see tessraxctl pending DIR for what waits"
    );
    public static readonly ErrorCode NativeHashUnusable = Storage(
        3015,
        "native hash library not usable",
        "build it with eng/native-hash.sh and put it beside tessraxctl, or unset TESSRAX_HASH: digests are the same without it"
    );
    public static readonly ErrorCode CannotFetch = Storage(
        3016,
        "cannot fetch from the server",
        "check the URL and the network, and try again; this says nothing about the log itself"
    );
    public static readonly ErrorCode NotALog = NotFound(
        3017,
        "no static log here",
        "give a directory with checkpoint and tile/ (C2SP tlog-tiles), a ledger, or a URL of either"
    );
    public static readonly ErrorCode SegmentsAway = Storage(
        3018,
        "a directory of segments is not there",
        "mount the disk that it is on; ledger.json names the directories in segment_dirs"
    );
    public static readonly ErrorCode QueueWait = Storage(
        3023,
        "the append waited too long",
        "nothing of it was appended: try again later; the message names what held it up"
    );
    public static readonly ErrorCode PipelineClosed = Storage(
        3024,
        "the ledger accepts nothing any more",
        "nothing of it was appended: it was shut down, or stopped after a failure; open the ledger again"
    );
    public static readonly ErrorCode NotASnapshot = Input(
        3027,
        "not a snapshot or backup",
        "give a file that tessraxctl snapshot export, or tessraxctl backup, wrote"
    );
    public static readonly ErrorCode SnapshotDamaged = Storage(
        3028,
        "snapshot or backup is damaged",
        "copy it again from where it was made, or take another one; nothing was taken from it"
    );
    public static readonly ErrorCode RestoredReadOnly = Storage(
        3029,
        "ledger was restored to be read",
        "if nothing newer was ever signed: tessraxctl restore --confirm DIR --nothing-newer; otherwise go on with the newer ledger"
    );
    public static readonly ErrorCode NewerSigned = Storage(
        3030,
        "something newer was signed",
        "a log must not sign a second history: restore the newest backup whole, or go on with the newer ledger, or with its successor (tessraxctl rollover)"
    );
    public static readonly ErrorCode NoSuchCheckpoint = NotFound(
        3031,
        "no checkpoint of that size",
        "tessraxctl merkle history DIR lists the sizes that were signed"
    );
    public static readonly ErrorCode ErasedSince = Storage(
        3032,
        "a payload of that state was erased since",
        "export a state that holds the erasure too"
    );

    public static readonly ErrorCode NothingToRepairBy = Storage(
        3034,
        "nothing tells what the ledger was",
        "give another copy of it: tessraxctl repair DIR --from ANOTHER-COPY"
    );
    public static readonly ErrorCode NotWholeAgain = Storage(
        3035,
        "not everything could be restored",
        "give more copies with --from: a mirror, a backup, a static log; what is lost is named, and verify keeps failing for it"
    );
    public static readonly ErrorCode IndexUnusable = Storage(
        3036,
        "the index cannot be used",
        "nothing but searching needs it; tessraxctl index rebuild DIR makes it again from the ledger"
    );
    public static readonly ErrorCode WaitedTooLong = Storage(
        3046,
        "waited too long",
        "what holds it is named above; run the command again, and report it if it comes back"
    );

    // 4xxx: governance
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
    public static readonly ErrorCode ErasureWaits = Refused(
        4024,
        "another erasure waits for approvals",
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

    // 5xxx: verification findings
    public static readonly ErrorCode Refuted = Finding(
        5001,
        "does not verify",
        "do not rely on it; compare with another copy"
    );
    public static readonly ErrorCode RootMismatch = Finding(
        5002,
        "entries do not give the signed root",
        "an entry was changed, added or removed after it was signed: compare with another copy"
    );
    public static readonly ErrorCode CheckpointRefused = Finding(
        5003,
        "checkpoint is not signed by the trusted log key",
        "check the trust root; the log may be another one"
    );
    public static readonly ErrorCode EntryMalformed = Finding(
        5004,
        "entry is not what the format allows",
        "the entry was changed: compare with another copy"
    );
    public static readonly ErrorCode CommitmentBroken = Finding(
        5005,
        "payload does not match its commitment",
        "the payload was changed after it was recorded: compare with another copy"
    );
    public static readonly ErrorCode SignatureBroken = Finding(
        5006,
        "signature in an entry does not hold",
        "the entry was changed or forged"
    );
    public static readonly ErrorCode ApprovalsBroken = Finding(
        5007,
        "approvals do not carry the entry",
        "it was recorded without the approvals that the policy asks for"
    );
    public static readonly ErrorCode StateBroken = Finding(
        5008,
        "governance state does not follow from the control events",
        "a control event was left out or changed"
    );
    public static readonly ErrorCode TimeBroken = Finding(
        5009,
        "times do not follow the rules",
        "the log's clock, or an entry, was tampered with"
    );
    public static readonly ErrorCode InclusionBroken = Finding(
        5010,
        "inclusion proof does not hold",
        "the entry is not in the tree that the checkpoint signs"
    );
    public static readonly ErrorCode DecisionDiffers = Finding(
        5011,
        "re-execution gives another decision",
        "the decision does not follow from its claims and its policy"
    );
    public static readonly ErrorCode PolicyDiffers = Finding(
        5012,
        "policy is not the pinned one",
        "fetch the policy whose digest the entry names"
    );
    public static readonly ErrorCode NoTrust = Finding(
        5013,
        "trust is not established",
        "give --trust FILE or --trust VKEY, or tessraxctl trust pin FILE, with what you got from a source you trust"
    );
    public static readonly ErrorCode Inconsistent = Finding(
        5014,
        "tree does not extend the trusted checkpoint",
        "the log shows a second history: keep both checkpoints as evidence"
    );
    public static readonly ErrorCode EvidenceBroken = Finding(
        5015,
        "evidence does not match its digest",
        "the evidence file was changed or lost: restore it"
    );
    public static readonly ErrorCode BytesDamaged = Finding(
        5016,
        "stored bytes are damaged",
        "restore from a backup or a mirror"
    );
    public static readonly ErrorCode InputsMissing = Finding(
        5017,
        "what the decision rests on is missing",
        "ask for a complete bundle"
    );
    public static readonly ErrorCode TileMissing = Finding(
        5018,
        "part of the log is not there",
        "fetch it from another copy; a copy that keeps back part of the tree proves nothing about that part"
    );
    public static readonly ErrorCode TileBroken = Finding(
        5019,
        "tile does not fit the signed tree",
        "it was changed, cut, or belongs to another tree: fetch it from another copy"
    );
    public static readonly ErrorCode EntriesBroken = Finding(
        5020,
        "entries do not fit their tile",
        "an entry was changed, left out or added: fetch the bundle from another copy"
    );
    public static readonly ErrorCode Equivocation = Finding(
        5021,
        "the log signed two histories",
        "keep the evidence and show it to others: tessraxctl merkle evidence FILE --key VKEY checks it offline"
    );
    public static readonly ErrorCode PredecessorBroken = Finding(
        5022,
        "the predecessor is not what genesis says",
        "compare with another copy of the predecessor; the successor was founded on other entries than these"
    );
    public static readonly ErrorCode EpochBroken = Finding(
        5024,
        "epoch does not say what the entries before it add up to",
        "compare with another copy; the log opened an epoch on another history or another state than this one"
    );
    public static readonly ErrorCode PartBroken = Finding(
        5025,
        "part of the folded state is missing or does not fit",
        "it is derived: without it the entries are folded again from the first"
    );
    public static readonly ErrorCode PayloadMissing = Finding(
        5026,
        "a payload is missing, and nobody erased it",
        "it was withheld or lost: restore it from another copy; only PAYLOAD_ERASED and LEDGER_COMPACTED excuse a missing payload"
    );
    public static readonly ErrorCode HistoryBroken = Finding(
        5027,
        "history of roots does not hold",
        "compare with another copy; the checkpoint that is named was changed, or is another log's"
    );
    public static readonly ErrorCode NotReExecutable = Finding(
        5028,
        "cannot be worked out again: its inputs were erased",
        "a bundle or a backup made before the erasure may still hold them; the erasing entry says what the last re-execution gave"
    );
    public static readonly ErrorCode SealBroken = Finding(
        5029,
        "seal of an entry does not hold",
        "path, place or size is of another batch, or the body is not in the batch that was signed: the entry was changed or forged"
    );

    public static readonly ErrorCode CheckNoteRefused = Finding(
        5030,
        "verification cannot go on from this note",
        "give --resume a name that is not taken: verification then begins at the first entry"
    );
    public static readonly ErrorCode SinceRefused = Finding(
        5031,
        "cannot begin at this checkpoint",
        "give a checkpoint of this ledger that its log signed and that you verified before; without --since everything is checked"
    );
    public static readonly ErrorCode IndexDiffers = Finding(
        5033,
        "index differs from the ledger",
        "the ledger is right: tessraxctl index rebuild DIR makes the index again"
    );

    /// <summary>A failure that Tessrax did not foresee.</summary>
    public static readonly ErrorCode Bug = Enter(
        7000,
        ErrorClass.Bug,
        "a bug in Tessrax",
        "please report it with what you did; the ledger is as it was before"
    );

    /// <summary>All codes, by number.</summary>
    public static IReadOnlyList<ErrorCode> All { get; } = [.. Known.OrderBy(static code => code.Number)];

    private static ErrorCode Input(int number, string title, string hint) =>
        Enter(number, ErrorClass.Input, title, hint);

    private static ErrorCode NotFound(int number, string title, string hint) =>
        Enter(number, ErrorClass.NotFound, title, hint);

    private static ErrorCode Storage(int number, string title, string hint) =>
        Enter(number, ErrorClass.Storage, title, hint);

    private static ErrorCode Refused(int number, string title, string hint) =>
        Enter(number, ErrorClass.Refused, title, hint);

    private static ErrorCode Finding(int number, string title, string hint) =>
        Enter(number, ErrorClass.Input, title, hint);

    private static ErrorCode Enter(int number, ErrorClass answer, string title, string hint)
    {
        var code = new ErrorCode(number, answer, title, hint);
        Known.Add(code);
        return code;
    }
}
