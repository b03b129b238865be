namespace Tessrax;

// 1xxx: input
public static partial class ErrorCodes
{
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
    public static readonly ErrorCode BadQuery = Input(
        1018,
        "not a query",
        "words, \"phrases\", field:value, AND, OR, NOT and parentheses make a query; tessraxctl search --help shows examples"
    );
    public static readonly ErrorCode QueryTooBroad = Input(
        1019,
        "the query asks for too much at once",
        "name more letters of the word or value that ends in *, or fewer terms"
    );
    public static readonly ErrorCode BadCursor = Input(
        1020,
        "not a cursor of this search",
        "give the value of next from the page before, with the same query, order and ledger"
    );
    public static readonly ErrorCode NotProvable = Input(
        1021,
        "that nothing was left out cannot be proven for this query",
        "narrow it by a field that has one value, such as subject:, source:, event: or key:"
    );
    public static readonly ErrorCode NotComparable = Input(
        1022,
        "these two cannot be compared",
        "compare two of one kind: entries, bundles, policies, receipts or snapshots"
    );
}
