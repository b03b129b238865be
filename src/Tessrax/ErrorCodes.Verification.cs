namespace Tessrax;

// 5xxx: verification findings
public static partial class ErrorCodes
{
    public static readonly ErrorCode Refuted = Finding(
        5001,
        "does not verify",
        "what was given was changed, or never was what it says",
        "do not rely on it; compare with another copy"
    );
    public static readonly ErrorCode RootMismatch = Finding(
        5002,
        "entries do not give the signed root",
        "an entry was changed, added or removed",
        "an entry was changed, added or removed after it was signed: compare with another copy"
    );
    public static readonly ErrorCode CheckpointRefused = Finding(
        5003,
        "checkpoint is not signed by the trusted log key",
        "it is another log's, or was signed by a key that is not trusted for that state",
        "check the trust root; the log may be another one"
    );
    public static readonly ErrorCode EntryMalformed = Finding(
        5004,
        "entry is not what the format allows",
        "the entry was changed, or written by a program that does not keep the format",
        "the entry was changed: compare with another copy"
    );
    public static readonly ErrorCode CommitmentBroken = Finding(
        5005,
        "payload does not match its commitment",
        "the payload or its salt was changed",
        "the payload was changed after it was recorded: compare with another copy"
    );
    public static readonly ErrorCode SignatureBroken = Finding(
        5006,
        "signature in an entry does not hold",
        "the entry was changed, or forged by somebody without the key",
        "the entry was changed or forged"
    );
    public static readonly ErrorCode ApprovalsBroken = Finding(
        5007,
        "approvals do not carry the entry",
        "the entry was recorded by somebody who passed the approvals by",
        "it was recorded without the approvals that the policy asks for"
    );
    public static readonly ErrorCode StateBroken = Finding(
        5008,
        "governance state does not follow from the control events",
        "a control event was left out, changed or put elsewhere",
        "a control event was left out or changed; tessraxctl fraud find PATH -o FILE keeps what proves it to others"
    );
    public static readonly ErrorCode TimeBroken = Finding(
        5009,
        "times do not follow the rules",
        "an entry's time lies before the one before it, or outside of its window",
        "the log's clock, or an entry, was tampered with"
    );
    public static readonly ErrorCode InclusionBroken = Finding(
        5010,
        "inclusion proof does not hold",
        "the path or the entry was changed, or belongs to another tree",
        "the entry is not in the tree that the checkpoint signs"
    );
    public static readonly ErrorCode DecisionDiffers = Finding(
        5011,
        "re-execution gives another decision",
        "the decision was changed, or whoever recorded it did not follow the policy",
        "the decision does not follow from its claims and its policy"
    );
    public static readonly ErrorCode PolicyDiffers = Finding(
        5012,
        "policy is not the pinned one",
        "the document was edited after it was pinned, or is another version",
        "fetch the policy whose digest the entry names"
    );
    public static readonly ErrorCode NoTrust = Finding(
        5013,
        "trust is not established",
        "nothing that you trust vouches for the log's key",
        "give --trust FILE or --trust VKEY, or tessraxctl trust pin FILE, with what you got from a source you trust"
    );
    public static readonly ErrorCode Inconsistent = Finding(
        5014,
        "tree does not extend the trusted checkpoint",
        "the log was rewritten, or there are two of it",
        "if it is an older copy, find the newer one; if it is not, the log shows a second history: keep both checkpoints as evidence"
    );
    public static readonly ErrorCode EvidenceBroken = Finding(
        5015,
        "evidence does not match its digest",
        "the file was replaced, cut or damaged",
        "the evidence file was changed or lost: restore it"
    );
    public static readonly ErrorCode BytesDamaged = Finding(
        5016,
        "stored bytes are damaged",
        "the disk turned bits, or a write was lost",
        "restore from a backup or a mirror"
    );
    public static readonly ErrorCode InputsMissing = Finding(
        5017,
        "what the decision rests on is missing",
        "whoever made the bundle left out claims, the policy or approvals",
        "ask for a complete bundle"
    );
    public static readonly ErrorCode TileMissing = Finding(
        5018,
        "part of the log is not there",
        "the copy is not complete, or keeps something back",
        "fetch it from another copy; a copy that keeps back part of the tree proves nothing about that part",
        "nothing is said about the missing part"
    );
    public static readonly ErrorCode TileBroken = Finding(
        5019,
        "tile does not fit the signed tree",
        "the tile was changed, cut, or belongs to another tree",
        "it was changed, cut, or belongs to another tree: fetch it from another copy"
    );
    public static readonly ErrorCode EntriesBroken = Finding(
        5020,
        "entries do not fit their tile",
        "the bundle of entries was changed, or belongs to another place",
        "an entry was changed, left out or added: fetch the bundle from another copy"
    );
    public static readonly ErrorCode Equivocation = Finding(
        5021,
        "the log signed two histories",
        "the log's key signed two trees that cannot both be true",
        "keep the evidence and show it to others: tessraxctl merkle evidence FILE --key VKEY checks it offline"
    );
    public static readonly ErrorCode PredecessorBroken = Finding(
        5022,
        "the predecessor is not what genesis says",
        "the successor was founded on another copy of its predecessor, or one of them was changed",
        "compare with another copy of the predecessor; the successor was founded on other entries than these"
    );
    public static readonly ErrorCode EpochBroken = Finding(
        5024,
        "epoch does not say what the entries before it add up to",
        "the log opened the epoch on another history, or its opening was forged",
        "compare with another copy; the log opened an epoch on another history or another state than this one"
    );
    public static readonly ErrorCode PartBroken = Finding(
        5025,
        "part of the folded state is missing or does not fit",
        "a derived file was lost, cut or changed",
        "it is derived: without it the entries are folded again from the first",
        "opening takes longer; nothing is lost"
    );
    public static readonly ErrorCode PayloadMissing = Finding(
        5026,
        "a payload is missing, and nobody erased it",
        "somebody withheld the payload, or the disk lost it",
        "it was withheld or lost: restore it from another copy; only PAYLOAD_ERASED and LEDGER_COMPACTED excuse a missing payload"
    );
    public static readonly ErrorCode HistoryBroken = Finding(
        5027,
        "history of roots does not hold",
        "a checkpoint in the history was changed, or is another log's",
        "compare with another copy; the checkpoint that is named was changed, or is another log's"
    );
    public static readonly ErrorCode NotReExecutable = Finding(
        5028,
        "cannot be worked out again: its inputs were erased",
        "the payloads that it was worked out from were erased, as a recorded event says",
        "a bundle or a backup made before the erasure may still hold them; the erasing entry says what the last re-execution gave",
        "the decision is neither confirmed nor refuted; everything else about the entry is checked"
    );
    public static readonly ErrorCode SealBroken = Finding(
        5029,
        "seal of an entry does not hold",
        "the entry, its path or its place was changed after the batch was signed",
        "path, place or size is of another batch, or the body is not in the batch that was signed: the entry was changed or forged"
    );

    public static readonly ErrorCode CheckNoteRefused = Finding(
        5030,
        "verification cannot go on from this note",
        "the note was changed, or is of another ledger or another way of checking",
        "give --resume a name that is not taken: verification then begins at the first entry",
        "verification did not begin"
    );
    public static readonly ErrorCode SinceRefused = Finding(
        5031,
        "cannot begin at this checkpoint",
        "the checkpoint is another ledger's, or its log did not sign it",
        "give a checkpoint of this ledger that its log signed and that you verified before; without --since everything is checked",
        "verification did not begin"
    );
    public static readonly ErrorCode IndexDiffers = Finding(
        5033,
        "index differs from the ledger",
        "the index was edited, is of another copy, or its disk lost something",
        "the ledger is right: tessraxctl index rebuild DIR makes the index again",
        "a search may miss entries; it never shows one that is not in the ledger"
    );
    public static readonly ErrorCode PinRefused = Finding(
        5034,
        "pinned trust root stays as it is",
        "the newer checkpoint does not extend the pinned one",
        "a pin moves only to a later checkpoint that extends the one before: keep both notes if they do not agree, and ask somebody you trust; to pin something else, remove the pinned file first",
        "the pinned trust root is as it was"
    );
    public static readonly ErrorCode Fraud = Finding(
        5035,
        "the log recorded what cannot both be true",
        "the log's operator, or a thief of its key, recorded what excludes itself",
        "keep the file and show it to others: tessraxctl fraud check FILE --key VKEY needs nothing but the log's key"
    );
    public static readonly ErrorCode Suspect = Finding(
        5037,
        "signed by a key that was compromised",
        "the key was reported stolen, and this was signed after the theft",
        "ask whoever is named whether it was them; what stands all the same is reaffirmed: tessraxctl keys reaffirm DIR",
        "the entry stands, marked as suspect"
    );
    public static readonly ErrorCode SearchIncomplete = Finding(
        5038,
        "the answer leaves out what the log's map names",
        "whoever answered left an entry out, or changed the proof",
        "do not rely on it: whoever made it left an entry out; ask for another answer, or search a copy of the ledger"
    );
    public static readonly ErrorCode Unhealed = Finding(
        5039,
        "not everything that was found could be mended",
        "what is left needs another copy, approvals, or a decision of yours",
        "each finding that is left says what to do, as a command where one does it",
        "what could be mended is mended; the exit code is 1"
    );
    public static readonly ErrorCode NotVerifiable = Finding(
        5040,
        "nothing that can be verified",
        "the file is of another kind than was meant, such as a trust root or a policy",
        "name a ledger's directory, a snapshot, a backup, a bundle or a proof of a search"
    );
    public static readonly ErrorCode NotConforming = Finding(
        5041,
        "the program is not what is claimed about it",
        "a fault in this build, or a machine on which it does not run as it should; after --mutate also a check that finds nothing",
        "run tessraxctl conformance --row ROW --json for what was observed, and report it"
    );
}
