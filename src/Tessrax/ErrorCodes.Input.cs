namespace Tessrax;

// 1xxx: input
public static partial class ErrorCodes
{
    public static readonly ErrorCode NotJson = Input(
        1001,
        "not JSON",
        "the text breaks off, has a stray character, or is another format, such as JSON with comments",
        "give one JSON text (RFC 8259) in UTF-8"
    );
    public static readonly ErrorCode DuplicateKey = Input(
        1002,
        "duplicate key",
        "an object names the same member twice, so two readers could take different values from it",
        "keep one of the members; names are compared after unescaping"
    );
    public static readonly ErrorCode BadNumber = Input(
        1003,
        "number would lose digits",
        "the number has more digits, or is larger, than every JSON reader keeps",
        "send the number as a string; the policy's metric says that it is numeric"
    );
    public static readonly ErrorCode LoneSurrogate = Input(
        1004,
        "not Unicode text",
        "the bytes are not UTF-8, or an escape names half of a character",
        "send valid UTF-8, and \\u escapes only as whole surrogate pairs"
    );
    public static readonly ErrorCode TooDeep = Input(
        1005,
        "nested too deeply",
        "arrays and objects lie in each other deeper than the limit",
        "JSON may nest at most 64 levels"
    );
    public static readonly ErrorCode TooLarge = Input(
        1006,
        "too large",
        "the input is over a limit that keeps memory and proofs bounded; the message names it",
        "split the input, or keep big bytes as evidence by digest: tessraxctl evidence add"
    );
    public static readonly ErrorCode UnknownMember = Input(
        1007,
        "unknown member",
        "a member is misspelt, or belongs to another format or a newer version",
        "remove it, or check its spelling against spec/schema"
    );
    public static readonly ErrorCode MissingMember = Input(
        1008,
        "missing member",
        "a member that the format requires was left out",
        "add it; spec/schema lists what is required"
    );
    public static readonly ErrorCode BadValue = Input(
        1009,
        "value not allowed here",
        "the value has another type, or lies outside of what the member allows",
        "the message says what is wrong with it; what is allowed stands in --help for arguments, in spec/schema for documents"
    );
    public static readonly ErrorCode BadTime = Input(
        1010,
        "time not in UTC RFC 3339",
        "the time has an offset, a leap second, too many decimals, or another notation",
        "write times like 2026-01-31T12:00:00Z: UTC, no offset, no leap second, at most six decimals"
    );
    public static readonly ErrorCode NotCanonical = Input(
        1011,
        "bytes are not in canonical form",
        "the same value was written in another order, with spaces, or with other escapes than RFC 8785 has",
        "canonicalize first: tessraxctl plumbing canonicalize"
    );
    public static readonly ErrorCode BadUsage = Input(
        1012,
        "wrong usage",
        "an argument is missing, unknown, or goes with another one that was given",
        "see --help for the arguments and an example"
    );
    public static readonly ErrorCode ClaimIdReused = Input(
        1013,
        "claim id used twice for different claims",
        "two claims that differ carry one id, or a claim was edited and kept its id",
        "give the changed claim an id of its own; a newer timestamp supersedes the older claim"
    );
    public static readonly ErrorCode BadDigest = Input(
        1014,
        "not a digest",
        "a hash is written without its algorithm, in capitals, or was cut",
        "write digests as sha256: and 64 lowercase hex digits"
    );
    public static readonly ErrorCode BadPolicy = Input(
        1015,
        "policy does not make sense",
        "the members are each allowed, but together they contradict themselves, such as a quorum of more than hold the role",
        "see docs/policy.md"
    );
    public static readonly ErrorCode UnknownEvent = Input(
        1016,
        "event not known",
        "the name is misspelt, or the event is of a newer version",
        "use one of the events in spec/events.md, or your own whose name begins with x-"
    );
    public static readonly ErrorCode NotAppendable = Input(
        1017,
        "event is written by Tessrax itself",
        "the event states what only the ledger can know, so it cannot be appended by hand",
        "use the verb that makes it (ingest, approve, evidence add), or an event whose name begins with x-"
    );
    public static readonly ErrorCode BadQuery = Input(
        1018,
        "not a query",
        "a parenthesis or quote is left open, an operator has nothing beside it, or a field does not exist",
        "words, \"phrases\", field:value, AND, OR, NOT and parentheses make a query; tessraxctl search --help shows examples"
    );
    public static readonly ErrorCode QueryTooBroad = Input(
        1019,
        "the query asks for too much at once",
        "the query is longer than 4,096 bytes, has too many terms, or a beginning fits more words than one search may join",
        "name more letters of the word or value that ends in *, or fewer terms"
    );
    public static readonly ErrorCode BadCursor = Input(
        1020,
        "not a cursor of this search",
        "the cursor was cut, or made by another query, order or ledger",
        "give the value of next from the page before, with the same query, order and ledger"
    );
    public static readonly ErrorCode NotProvable = Input(
        1021,
        "that nothing was left out cannot be proven for this query",
        "the words, ranges and beginnings of a query stand in no map that the log commits to",
        "narrow it by a field that has one value, such as subject:, source:, event: or key:"
    );
    public static readonly ErrorCode NotComparable = Input(
        1022,
        "these two cannot be compared",
        "the two are of different kinds, or one of them cannot be read as any kind",
        "compare two of one kind: entries, bundles, policies, receipts or snapshots"
    );
    public static readonly ErrorCode BadImport = Input(
        1023,
        "not a file of the kind that is imported",
        "the kind was mistaken for another one, or the file was cut, edited, compressed or exported in a binary form",
        "see docs/importing.md for what each kind looks like, and how to export it"
    );
    public static readonly ErrorCode NotJoined = Input(
        1024,
        "the bundle does not belong to the round",
        "the bundle is of another ledger, of an entry that came after the round, or of a tree that nobody at hand can show to be the same ledger's",
        "name the ledger by its directory, and record a new round if the entry is newer: tessraxctl fleet record"
    );
}
