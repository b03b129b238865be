namespace Tessrax;

// 3xxx: storage
public static partial class ErrorCodes
{
    public static readonly ErrorCode NotALedger = NotFound(
        3001,
        "no ledger here",
        "the path is misspelt, or the ledger was moved or never made",
        "make one with tessraxctl init DIR --origin NAME, or check the path"
    );
    public static readonly ErrorCode Locked = Storage(
        3002,
        "another process writes to this ledger",
        "another tessraxctl or server has the ledger open to write",
        "wait for it to finish, or stop it, or append through the server that has it open; readers need no lock",
        "nothing was written; reading needs no lock"
    );
    public static readonly ErrorCode Damaged = Storage(
        3003,
        "the ledger's bytes are damaged",
        "a disk turned bits or lost a write, the directory was copied half, or somebody edited a file",
        "keep a copy of the directory as it is; tessraxctl doctor DIR says what is wrong, and tessraxctl repair DIR --from COPY mends what it can",
        "reading stops where the damage begins; what lies before it holds"
    );
    public static readonly ErrorCode Behind = Storage(
        3004,
        "the ledger is behind what it has already signed",
        "an older copy took the ledger's place, such as a backup or a snapshot of a virtual machine",
        "this looks like an older copy: find the newer one; a log must not sign a second history",
        "nothing is signed, so that no second history comes about"
    );
    public static readonly ErrorCode DiskFull = Storage(
        3005,
        "no space left",
        "the file system, or the user's quota on it, is full",
        "free some space and try again; nothing was half-written"
    );
    public static readonly ErrorCode NoPermission = Storage(
        3006,
        "permission denied",
        "the files belong to another user, or their mode forbids it",
        "check owner and mode of the path"
    );
    public static readonly ErrorCode CannotRead = Storage(
        3007,
        "cannot read",
        "the path is a directory, or the disk fails to read",
        "check the path"
    );
    public static readonly ErrorCode CannotWrite = Storage(
        3008,
        "cannot write",
        "the directory is gone or read-only, or the disk fails to write",
        "check that the directory exists and can be written to"
    );
    public static readonly ErrorCode OutcomeUnknown = Storage(
        3009,
        "outcome unknown",
        "the disk reported an error when it was asked to make the write durable",
        "the disk did not confirm the write: open the ledger again and retry; a retry with the same nonce is the same append",
        "the append may be durable or not; the ledger takes no further ones until it is opened again"
    );
    public static readonly ErrorCode AlreadyExists = Input(
        3010,
        "already exists",
        "something of that name is there already",
        "choose another path, or take away what is there: unless a command says that it has --force, it replaces nothing"
    );
    public static readonly ErrorCode NoSuchEntry = NotFound(
        3011,
        "no such entry",
        "the index lies beyond the ledger's end, or is misspelt",
        "see tessraxctl log DIR for what there is"
    );
    public static readonly ErrorCode NoSuchFile = NotFound(
        3012,
        "no such file",
        "the path is misspelt, or the file was moved",
        "check the path"
    );
    public static readonly ErrorCode UnknownFormat = Storage(
        3013,
        "ledger format not known",
        "a newer version wrote the ledger, or the file is not of a ledger",
        "it was written by a newer Tessrax: upgrade tessraxctl"
    );
    public static readonly ErrorCode NoSuchProposal = NotFound(
        3014,
        "no such proposal",
        "the index is not that of a proposal, or the name is misspelt",
        "see tessraxctl pending DIR for what waits"
    );
    public static readonly ErrorCode NativeHashUnusable = Storage(
        3015,
        "native hash library not usable",
        "the library was built for another machine or version, or its file is damaged",
        "build it with eng/native-hash.sh and put it beside tessraxctl, or unset TESSRAX_HASH: digests are the same without it",
        "the command did nothing; digests are the same without the library"
    );
    public static readonly ErrorCode CannotFetch = Storage(
        3016,
        "cannot fetch from the server",
        "the server is down or answers an error, or the network does not reach it",
        "check the URL and the network, and try again; this says nothing about the log itself",
        "nothing was checked, so nothing is said about the log"
    );
    public static readonly ErrorCode NotALog = NotFound(
        3017,
        "no static log here",
        "the path or URL is not that of a log, or not its root",
        "give a directory with checkpoint and tile/ (C2SP tlog-tiles), a ledger, or a URL of either"
    );
    public static readonly ErrorCode SegmentsAway = Storage(
        3018,
        "a directory of segments is not there",
        "a disk is not mounted, or the directory was moved",
        "mount the disk that it is on; ledger.json names the directories in segment_dirs"
    );
    public static readonly ErrorCode QueueWait = Storage(
        3023,
        "the append waited too long",
        "the queue was full, or the disk slower than what comes",
        "nothing of it was appended: try again later; the message names what held it up",
        "nothing of the append was recorded"
    );
    public static readonly ErrorCode PipelineClosed = Storage(
        3024,
        "the ledger accepts nothing any more",
        "the pipeline was shut down, or stopped after a failure of the disk",
        "nothing of it was appended: it was shut down, or stopped after a failure; open the ledger again",
        "nothing of the append was recorded"
    );
    public static readonly ErrorCode NotASnapshot = Input(
        3027,
        "not a snapshot or backup",
        "the file is of another kind, or its beginning was lost",
        "give a file that tessraxctl snapshot export, or tessraxctl backup, wrote"
    );
    public static readonly ErrorCode SnapshotDamaged = Storage(
        3028,
        "snapshot or backup is damaged",
        "the file was cut while copying, or the disk that held it turned bits",
        "copy it again from where it was made, or take another one; nothing was taken from it"
    );
    public static readonly ErrorCode RestoredReadOnly = Storage(
        3029,
        "ledger was restored to be read",
        "a restored ledger does not write until somebody says that nothing newer was signed",
        "if nothing newer was ever signed: tessraxctl restore --confirm DIR --nothing-newer; otherwise go on with the newer ledger",
        "the ledger can be read and verified, and signs nothing"
    );
    public static readonly ErrorCode NewerSigned = Storage(
        3030,
        "something newer was signed",
        "a checkpoint, pin or mark tells of a later state than the one that was restored",
        "a log must not sign a second history: restore the newest backup whole, or go on with the newer ledger, or with its successor (tessraxctl rollover)",
        "the ledger can be read and verified, and signs nothing"
    );
    public static readonly ErrorCode NoSuchCheckpoint = NotFound(
        3031,
        "no checkpoint of that size",
        "no batch ended at that size, so no checkpoint of it was ever signed",
        "tessraxctl merkle history DIR lists the sizes that were signed"
    );
    public static readonly ErrorCode ErasedSince = Storage(
        3032,
        "a payload of that state was erased since",
        "an erasure took away what that state would have to hold",
        "export a state that holds the erasure too"
    );

    public static readonly ErrorCode NothingToRepairBy = Storage(
        3034,
        "nothing tells which ledger this is",
        "the first entry and the ledger's facts are both lost",
        "its first entry says so, which is lost here: name a copy that has it, tessraxctl repair DIR --from ANOTHER-COPY"
    );
    public static readonly ErrorCode NotWholeAgain = Storage(
        3035,
        "not everything could be restored",
        "the copies lack, or have damaged, what is lost here too",
        "give more copies with --from: a mirror, a backup, a static log; what is lost is named, and verify keeps failing for it",
        "what could be restored is in its place, and what could not is named"
    );
    public static readonly ErrorCode IndexUnusable = Storage(
        3036,
        "the index cannot be used",
        "its file is damaged, or is no database, or the disk fails",
        "nothing but searching needs it; tessraxctl index rebuild DIR makes it again from the ledger",
        "searching does without it or fails; appending, showing and verifying go on"
    );
    public static readonly ErrorCode UselessCopy = Storage(
        3037,
        "nothing that was named to repair from is of use",
        "the copies are of another ledger, are damaged themselves, or have nothing that is missing here",
        "name another copy of the same ledger with --from: its directory, a static log of it, a snapshot or a backup; nothing was changed"
    );
    public static readonly ErrorCode IndexMode = Storage(
        3038,
        "the index is in another mode",
        "an index that is to be followed lies on a medium that cannot be written, or one that is frozen is to be changed",
        "tessraxctl index mode DIR wal|immutable switches it, where the directory can be written",
        "the index was left as it is; the ledger itself is not concerned"
    );
    public static readonly ErrorCode IndexNewer = Storage(
        3039,
        "the index was made by a newer program",
        "a newer version of Tessrax made it",
        "use that program, or make the index anew: tessraxctl index rebuild DIR --replace-newer; it was left as it is",
        "the index was left as it is; the ledger itself is not concerned"
    );
    public static readonly ErrorCode NoIndex = NotFound(
        3040,
        "the ledger has no index",
        "it was deleted, or the ledger was made with --no-index",
        "tessraxctl index rebuild DIR makes one",
        "searching reads the entries themselves, as far as that is quick"
    );
    public static readonly ErrorCode IndexBusy = Storage(
        3041,
        "another process is working on the index",
        "an index is being made, tidied or switched by another process",
        "wait until it has finished; tessraxctl index status DIR tells how far it is",
        "the index serves as it was; the ledger itself is not concerned"
    );
    public static readonly ErrorCode BackendMissing = Storage(
        3042,
        "the library of that index is missing",
        "the optional library was not installed, or is of another machine",
        "put the library, which comes with every release, beside tessraxctl (docs/search.md says where); or make the index with another one: tessraxctl index rebuild DIR --index sqlite, or init with --index sqlite",
        "the ledger is as usable as before, but for that index"
    );
    public static readonly ErrorCode LogUnwritable = Storage(
        3043,
        "the log file cannot be written",
        "the directory does not exist or may not be written",
        "name a file in a directory that you may write with --log-file, or leave it out: messages go to standard error"
    );
    public static readonly ErrorCode WaitedTooLong = Storage(
        3046,
        "waited too long",
        "a lock, a thread or another process did not answer within its time",
        "what holds it is named above; run the command again, and report it if it comes back"
    );
    public static readonly ErrorCode PartlyAppended = Storage(
        3047,
        "of what one call appends, a part is durable",
        "the disk failed, or the process was stopped, after the first of several batches",
        "append the same again with the same nonces: what is there already stays as it is",
        "the first of the entries are durable, the others are not recorded"
    );
    public static readonly ErrorCode StaleWriter = Storage(
        3048,
        "another writer has taken over",
        "another process opened the same ledger in its database to write, after this one did",
        "stop this one, and go on with the other; open the ledger again only if the other has ended",
        "nothing was written: the database refuses a writer whose fencing number is not the newest"
    );
    public static readonly ErrorCode StoreAway = Storage(
        3049,
        "the database cannot be reached",
        "it is down or restarting, its address is wrong, or the network between is cut",
        "check the address, and that the database runs, then try again; what was acknowledged is durable there"
    );
    public static readonly ErrorCode StoreRefused = Storage(
        3050,
        "the database refuses",
        "the user lacks a permission, the disk there is full, or a setting forbids it; its own words are above",
        "do what the database asks for, and try again",
        "nothing was written: a transaction that a database refuses leaves nothing"
    );
    public static readonly ErrorCode StoreSchema = Storage(
        3051,
        "the database has another version of the tables",
        "its tables were not made yet, or by an older or a newer version of Tessrax",
        "tessraxctl store migrate URL makes them, or brings them up to date; a newer version needs a newer tessraxctl"
    );
    public static readonly ErrorCode StoreMismatch = Storage(
        3052,
        "the two stores do not hold the same ledger",
        "one of them went on by itself, is an older copy, or is damaged",
        "keep both as they are; tessraxctl verify and tessraxctl store check say which of them holds",
        "nothing was switched: the ledger is where it was"
    );
    public static readonly ErrorCode StillInUse = Refused(
        3053,
        "the ledger is in use",
        "it has not ended, and the database decides on it, or somebody has it open",
        "retire it first: tessraxctl retire; or move it to files: tessraxctl move URL DIR",
        "nothing was deleted"
    );
}
