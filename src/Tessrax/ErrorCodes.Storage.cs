namespace Tessrax;

// 3xxx: storage
public static partial class ErrorCodes
{
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
        "nothing tells which ledger this is",
        "its first entry says so, which is lost here: name a copy that has it, tessraxctl repair DIR --from ANOTHER-COPY"
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
    public static readonly ErrorCode UselessCopy = Storage(
        3037,
        "nothing that was named to repair from is of use",
        "name another copy of the same ledger with --from: its directory, a static log of it, a snapshot or a backup; nothing was changed"
    );
    public static readonly ErrorCode IndexMode = Storage(
        3038,
        "the index is in another mode",
        "tessraxctl index mode DIR wal|immutable switches it, where the directory can be written"
    );
    public static readonly ErrorCode IndexNewer = Storage(
        3039,
        "the index was made by a newer program",
        "use that program, or make the index anew: tessraxctl index rebuild DIR --replace-newer; it was left as it is"
    );
    public static readonly ErrorCode NoIndex = NotFound(
        3040,
        "the ledger has no index",
        "tessraxctl index rebuild DIR makes one"
    );
    public static readonly ErrorCode IndexBusy = Storage(
        3041,
        "another process is working on the index",
        "wait until it has finished; tessraxctl index status DIR tells how far it is"
    );
    public static readonly ErrorCode BackendMissing = Storage(
        3042,
        "the library of that index is missing",
        "put the library beside tessraxctl, or make the index with another one: tessraxctl index rebuild DIR --index sqlite"
    );
    public static readonly ErrorCode LogUnwritable = Storage(
        3043,
        "the log file cannot be written",
        "name a file in a directory that you may write with --log-file, or leave it out: messages go to standard error"
    );
    public static readonly ErrorCode WaitedTooLong = Storage(
        3046,
        "waited too long",
        "what holds it is named above; run the command again, and report it if it comes back"
    );
    public static readonly ErrorCode PartlyAppended = Storage(
        3047,
        "of what one call appends, a part is durable",
        "append the same again with the same nonces: what is there already stays as it is"
    );
}
