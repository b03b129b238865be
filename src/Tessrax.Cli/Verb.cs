using System.CommandLine;

namespace Tessrax.Cli;

/// <summary>A command with examples for its help.</summary>
/// <param name="name">As typed.</param>
/// <param name="summary">One sentence without a final stop.</param>
/// <param name="examples">Whole command lines.</param>
internal sealed class Verb(string name, string summary, params string[] examples) : Command(name, summary)
{
    public IReadOnlyList<string> Examples => examples;

    /// <summary>More that help should say, or null.</summary>
    public string? Remarks { get; init; }
}

/// <summary>What a verb does with the directory of a set of shards.</summary>
internal enum SetUse
{
    /// <summary>It is refused: the verb is about one ledger.</summary>
    Refused,

    /// <summary>The verb is run for each shard.</summary>
    Each,

    /// <summary>The same, and then it is judged whether they are one set.</summary>
    Judged,

    /// <summary>The verb is run for the shard of the argument SUBJECT.</summary>
    Subject,

    /// <summary>The verb itself takes the set.</summary>
    Whole,
}

/// <summary>The ledger's directory, first among a verb's arguments: may be left out where <c>$TESSRAX_LEDGER</c> is set.</summary>
internal sealed class LedgerArgument : Argument<string>
{
    /// <summary>The verbs in which the address of a server may stand.</summary>
    public const string UrlVerbs =
        "append, approve, approvers change, approvers delegate, checkpoint, contradictions, decisions, diff, evidence add, evidence get, execute, hold list, hold place, hold release, import, ingest, keys list, log, mcp, pending, policy history, policy rollback, policy show, policy upgrade, prove, retire, search, show, standing, tx, verify";

    public LedgerArgument(string name = "DIR")
        : base(name)
    {
        Description = "the ledger's directory; $TESSRAX_LEDGER if left out";
    }

    /// <summary>What the verb does where the directory of a set of shards stands here.</summary>
    public SetUse OfSet { get; init; }

    /// <summary>The options and arguments of the verb that speak of one ledger, and do not go with a set of them.</summary>
    public IReadOnlyList<string> OfOneLedger { get; init; } = [];

    /// <summary>Whether a file may stand here instead of a directory.</summary>
    public bool TakesFiles { get; init; }

    /// <summary>Whether the URL of a static log may stand here.</summary>
    public bool TakesLogs { get; init; }

    /// <summary>Whether the address of a server may stand here.</summary>
    public bool TakesUrls
    {
        get;
        init
        {
            field = value;
            if (value)
                Description = "the ledger's directory, or the URL of its server; $TESSRAX_LEDGER if left out";
        }
    }
}
