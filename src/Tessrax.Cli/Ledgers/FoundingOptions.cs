using System.CommandLine;
using Tessrax.Cli.Commands;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Node.Index;

namespace Tessrax.Cli.Ledgers;

/// <summary>What a new ledger, or each ledger of a new set, begins with.</summary>
/// <param name="Hash">The hash function of its tree.</param>
/// <param name="Policy">Its policy.</param>
/// <param name="Approvers">Who may approve.</param>
/// <param name="Person">Who holds the author's key; null if nobody says.</param>
/// <param name="Recovery">What it commits to, to be recovered by; or null.</param>
/// <param name="Index">The kind of its index; null for none.</param>
internal sealed record FoundingWish(
    HashEngine Hash,
    Policy Policy,
    IReadOnlyList<LedgerKey> Approvers,
    string? Person,
    RecoveryCommitment? Recovery,
    string? Index
)
{
    /// <summary>What the policy asks for and nobody named can give, in sentences.</summary>
    public IEnumerable<string> Lacking =>
        [.. PolicyFile.Unreachable(Policy, Approvers), .. HolderNames.Lacking(Policy, Approvers, Person)];
}

/// <summary>The options that say it.</summary>
internal sealed class FoundingOptions
{
    public Option<string> Hash { get; } =
        new("--hash")
        {
            Description = "the hash function of the ledger's tree, for ever: sha256 or blake3",
            HelpName = "HASH",
            DefaultValueFactory = _ => HashEngine.Sha256.Name,
        };

    public Option<string?> Policy { get; } =
        new("--policy") { Description = "the policy; a sensible one if left out", HelpName = "FILE" };

    public Option<string[]> Approvers { get; } =
        new("--approver")
        {
            Description = "who may approve, in which role; repeatable",
            HelpName = "NAME[=PERSON]:ROLE:VKEY",
        };

    public Option<string?> Person { get; } =
        new("--person")
        {
            Description = "who holds the ledger's author key: that person's approvals do not count for what it signs",
            HelpName = "NAME",
        };

    public Option<string?> Recovery { get; } =
        RecoveryText.CommitmentOption(
            "what the ledger commits to, so that it can be recovered if its keys are lost: keys derive --purpose recovery --commitment"
        );

    public Option<string?> Index { get; } = IndexGroup.KindOption(IndexGroup.Usual);

    public Option<bool> NoIndex { get; } = new("--no-index") { Description = "no index: the same as --index none" };

    /// <summary>What they say.</summary>
    /// <exception cref="TessraxException">TSX1012 and others: what is said makes no sense; TSX3012: a file is not there.</exception>
    public FoundingWish Read(CliContext context, ParseResult parsed)
    {
        HashEngine engine = HashOption.Engine(parsed.GetRequiredValue(Hash), "--hash");
        Policy rules = parsed.GetValue(Policy) is { } file ? PolicyFile.Read(context, file) : Governance.Policy.Default;
        return new FoundingWish(
            engine,
            rules,
            ApproverSpec.Read(parsed.GetValue(Approvers) ?? []),
            parsed.GetValue(Person),
            RecoveryText.Commitment(parsed.GetValue(Recovery)),
            parsed.GetValue(NoIndex)
                ? null
                : WantedIndex(context, parsed.GetValue(Index), isAsked: parsed.GetResult(Index) is { Implicit: false })
        );
    }

    // Whoever asked for a kind is not given a ledger without it; the usual one is no reason to refuse a ledger.
    private static string? WantedIndex(CliContext context, string? kind, bool isAsked)
    {
        if (kind is null or "none")
            return null;
        if (!isAsked)
            return IndexGroup.UsualKind(context);
        IndexGroup.RequireKind(kind, [.. LedgerIndex.Kinds, "none"]);
        LedgerIndex.Need(kind, LedgerSession.Environment(context));
        return kind;
    }
}
