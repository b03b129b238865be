using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Merkle;

namespace Tessrax.Verification;

/// <summary>One thing that does not hold.</summary>
/// <param name="Code">The stable code.</param>
/// <param name="Message">What was observed, naming the place.</param>
public sealed record Finding(ErrorCode Code, string Message)
{
    internal JsonValue ToJson() => JsonValue.Object(("code", Code.ToString()), ("message", Message));
}

/// <summary>One stage of a verification.</summary>
/// <param name="Name">For example <c>merkle</c>.</param>
/// <param name="Holds">True or false; null if the stage could not be checked, with the reason in <paramref name="Findings"/>.</param>
/// <param name="Seconds">Time spent.</param>
/// <param name="Checked">How many things were checked.</param>
/// <param name="Findings">What does not hold; at most 20, then a count.</param>
public sealed record Stage(string Name, bool? Holds, double Seconds, long Checked, IReadOnlyList<Finding> Findings)
{
    /// <summary>Whether the verdict speaks of this stage at all. <c>predecessor</c> may be left unclaimed, when the predecessor is not
    /// at hand; and in a bundle <c>commitments</c>, <c>approvals</c> and <c>decisions</c>, when payloads were erased that they need. It is then shown as not checked,
    /// and what it leaves open stands in <see cref="Verdict.Excludes"/>.</summary>
    public bool Claimed { get; init; } = true;

    internal JsonValue ToJson() =>
        JsonValue.Object(
            ("name", Name),
            ("holds", Holds is { } holds ? (JsonValue)holds : JsonValue.Null),
            ("claimed", Claimed ? null : (JsonValue)false),
            ("seconds", JsonValue.Number(Math.Round(Seconds, 6))),
            ("checked", Checked),
            ("findings", JsonValue.Of(Findings.Select(f => f.ToJson())))
        );
}

/// <summary>What a verifier found. It holds only if every stage that it claims was checked and holds.</summary>
/// <param name="Kind"><c>ledger</c>, <c>bundle</c> or <c>search</c>.</param>
/// <param name="Ledger">The ledger's id, as far as it was read.</param>
/// <param name="Size">Entries in the tree that the checkpoint signs.</param>
/// <param name="Root">That tree's root.</param>
/// <param name="Stages">In the order of checking.</param>
/// <param name="Excludes">What even a verdict that holds does not exclude, in plain sentences.</param>
public sealed record Verdict(
    string Kind,
    Digest? Ledger,
    long Size,
    Digest? Root,
    IReadOnlyList<Stage> Stages,
    IReadOnlyList<string> Excludes
)
{
    public bool Holds => Stages.Count > 0 && Stages.All(s => s.Holds == true || (s.Holds is null && !s.Claimed));

    /// <summary>The tree that <see cref="Root"/> is of, as genesis names it.</summary>
    public TreeHasher Hasher { get; init; } = TreeHasher.Sha256;

    /// <summary>The ledger that goes on where this one ended; null if it is open.</summary>
    public Successor? Successor { get; init; }

    /// <summary>That the ledger was retired; null if it was not.</summary>
    public Retirement? Retired { get; init; }

    /// <summary>Which part of a set the ledger is; null if it is a whole one. If the verdict holds, every claim that was judged stands in the shard that its subject belongs to.</summary>
    public Shard? Shard { get; init; }

    /// <summary>The ledger says that it is a state of the past, and is judged as one; null as a rule.</summary>
    public PastState? Past { get; init; }

    /// <summary>What was searched for; null for all but a proof of a search.</summary>
    public string? Query { get; init; }

    /// <summary>The entries that a search finds, ascending; null for all but a proof of a search.</summary>
    public IReadOnlyList<long>? Hits { get; init; }

    /// <summary>The log's keys, in order, each with the smallest size that it signs; empty if they could not be read.</summary>
    public IReadOnlyList<LogKeySpan> LogKeys { get; init; } = [];

    /// <summary>The root as it is printed; null if there is none.</summary>
    public string? RootText => Root is { } root ? Hasher.Text(root) : null;

    public JsonValue ToJson() =>
        JsonValue.Object(
            ("holds", Holds),
            ("kind", Kind),
            ("ledger", Ledger is { } ledger ? ledger.ToString() : JsonValue.Null),
            ("size", Size),
            ("root", RootText is { } root ? root : JsonValue.Null),
            ("log_keys", LogKeys.Count > 1 ? JsonValue.Of(LogKeys.Select(KeyJson)) : null),
            ("successor", Successor?.ToJson()),
            ("retired", Retired?.ToJson()),
            ("shard", Shard?.ToJson()),
            ("past", Past?.ToJson()),
            ("query", Query is { } query ? JsonValue.String(query) : null),
            ("hits", Hits is { } hits ? JsonValue.Of(hits.Select(index => (JsonValue)index)) : null),
            ("stages", JsonValue.Of(Stages.Select(s => s.ToJson()))),
            ("does_not_exclude", JsonValue.Of(Excludes.Select(JsonValue.String)))
        );

    private static JsonValue KeyJson(LogKeySpan span) =>
        JsonValue.Object(("vkey", span.Key.ToString()), ("from", span.From));
}
