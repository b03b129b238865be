using Tessrax.Canonical;
using Tessrax.Server.Access;

namespace Tessrax.Server.Api;

/// <summary>Answers a request.</summary>
internal delegate ValueTask<ApiAnswer> Answering(ApiCall call);

/// <summary>One address of the server: what it takes, whom it serves, and what it answers. Mapping, access, limits, the OpenAPI document and the tests all go by it.</summary>
/// <param name="Method">GET (HEAD goes with it), POST or DELETE.</param>
/// <param name="Path">As <c>/v1/receipts/{index}</c>; <c>{*rest}</c> takes all that follows.</param>
/// <param name="Needs">Whom it serves.</param>
/// <param name="Does">What it does.</param>
internal sealed record ApiRoute(string Method, string Path, Role Needs, Answering Does)
{
    /// <summary>What it is for, in a line.</summary>
    public required string Summary { get; init; }

    /// <summary>The schema of the body that it takes; null if it takes none.</summary>
    public string? Body { get; init; }

    /// <summary>The schema of its answer; null if that is no JSON.</summary>
    public string? Answer { get; init; }

    /// <summary>The media types of its answer that are no JSON.</summary>
    public IReadOnlyList<string> AnswerTypes { get; init; } = [];

    /// <summary>The status of an answer as a rule.</summary>
    public int Status { get; init; } = 200;

    /// <summary>Other statuses that the same answer comes with.</summary>
    public IReadOnlyList<int> AlsoStatus { get; init; } = [];

    /// <summary>How large a body may be, and of which type.</summary>
    public BodyLimit Limit { get; init; } = BodyLimit.None;

    /// <summary>Whether an answer goes on for long, as a stream does: then it takes none of the places of those that end at once.</summary>
    public bool IsLong { get; init; }

    /// <summary>Whether only whoever writes the ledger can answer: where that is another process, it is asked.</summary>
    public bool NeedsWriter { get; init; }

    /// <summary>Whether whoever was answered looks at the ledger next, and is to find there what the answer tells of.</summary>
    public bool IsLookedUp { get; init; }

    /// <summary>Whether the same request may be sent twice and is done once, also without an <see cref="IdempotencyKey"/>.</summary>
    public bool IsRepeatable { get; init; }

    /// <summary>Whether it is for everybody where the server listens to its own machine alone.</summary>
    public bool IsForThisMachine { get; init; }

    /// <summary>How many requests are worked on at once, where that costs much; null for no limit of its own.</summary>
    public int? AtOnce { get; init; }

    /// <summary>Whether a request looks through many entries for few: as many of those are worked on at once as there are processors, of all addresses together. Null for never.</summary>
    public Func<ApiCall, bool>? Scans { get; init; }

    /// <summary>Whether pages of other sites may use its answer, as a static log's are meant to be.</summary>
    public bool IsForOtherSites { get; init; }

    /// <summary>How long an answer may be kept, unless it says otherwise itself.</summary>
    public CacheRule Cache { get; init; } = CacheRule.Never;

    /// <summary>The errors that it answers with beside those that every address has.</summary>
    public IReadOnlyList<ErrorCode> Errors { get; init; } = [];

    /// <summary>The errors of every address that works with the writer.</summary>
    public static IReadOnlyList<ErrorCode> OfWriting { get; } =
    [
        ErrorCodes.ServedToBeRead,
        ErrorCodes.Overloaded,
        ErrorCodes.QueueWait,
        ErrorCodes.PipelineClosed,
        ErrorCodes.OutcomeUnknown,
        ErrorCodes.NoOwner,
        ErrorCodes.OverQuota,
    ];

    /// <summary>The parameters that it takes after the question mark; all others are refused.</summary>
    public IReadOnlyList<ApiParameter> Query { get; init; } = [];

    /// <summary>The headers that it takes beside those that every request may have.</summary>
    public IReadOnlyList<ApiParameter> Headers { get; init; } = [];

    /// <summary>What a body looks like.</summary>
    public JsonValue? BodyExample { get; init; }
}

/// <summary>How large a body may be, and of which types.</summary>
/// <param name="Bytes">At most so many.</param>
/// <param name="ContentTypes">The media types that are taken, without parameters.</param>
internal sealed record BodyLimit(int Bytes, params IReadOnlyList<string> ContentTypes)
{
    public const string Json = "application/json";

    /// <summary>Whether it goes to disk as it comes, when whoever answers asks for it (<see cref="ApiCall.Receive"/>).</summary>
    public bool IsReceived { get; init; }

    /// <summary>There must be none.</summary>
    public static BodyLimit None { get; } = new(0);
}

/// <summary>How long an answer may be kept by others.</summary>
internal enum CacheRule
{
    /// <summary>Not at all.</summary>
    Never,

    /// <summary>It is asked for again each time, and by nobody for another.</summary>
    Fresh,

    /// <summary>For two seconds.</summary>
    Seconds,

    /// <summary>For a minute: a tile that will be wider.</summary>
    Minute,

    /// <summary>For ever: it cannot change.</summary>
    Immutable,
}
