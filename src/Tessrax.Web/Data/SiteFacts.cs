using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Node.Serving;
using Tessrax.Node.Wording;

namespace Tessrax.Web.Data;

/// <summary>What every page shows of the ledger that it is of.</summary>
/// <param name="Base">What stands before each path.</param>
/// <param name="Origin">The ledger's name.</param>
/// <param name="Now">The present, by the server's clock.</param>
public sealed record SiteFacts(string Base, string Origin, UtcTime Now)
{
    /// <summary>How a client names this server, as it was asked: what approves over the network takes it.</summary>
    public string Url { get; init; } = "";

    /// <summary>The command that approves a proposal.</summary>
    public string Approve(long proposal) =>
        ShellText.Of($"tessraxctl approve {Url} {proposal} --key KEY --access-key ACCESS");

    /// <summary>The command that fetches a file that is kept.</summary>
    public string Fetch(Digest digest) =>
        ShellText.Of($"tessraxctl evidence get {Url} {digest.ToString()} -o FILE --access-key ACCESS");

    /// <summary>Whom a browser is signed in as; null if nobody.</summary>
    public string? Who { get; init; }

    /// <summary>Whether the server serves the verifier that runs in a browser, at <c>/verify</c>.</summary>
    public bool Verifies { get; init; }

    /// <summary>Whether the server hands out the files that are kept beside the ledger.</summary>
    public bool HasFiles { get; init; }

    /// <summary>How many entries the page tells of; null where it tells of none.</summary>
    public long? Size { get; init; }

    /// <summary>The root of so many entries, as text.</summary>
    public string Root { get; init; } = "";

    /// <summary>When the newest of them was recorded.</summary>
    public UtcTime Newest { get; init; }

    /// <summary>The epoch of the newest.</summary>
    public long Epoch { get; init; }

    /// <summary>How old the checkpoint is: what its newest entry says.</summary>
    public TimeSpan Age => Now > Newest ? Now - Newest : TimeSpan.Zero;

    /// <summary>An address of this server.</summary>
    public string To(string path) => Base + path;

    /// <summary>The address of a file that pages refer to.</summary>
    public string Asset(string name) => Base + AssetFiles.PathOf(name);

    /// <summary>The facts of one moment.</summary>
    public SiteFacts At(LedgerMoment moment)
    {
        ArgumentNullException.ThrowIfNull(moment);
        Ledger.Entry newest = moment.Glance.Receipt(moment.Size - 1).Entry;
        return this with
        {
            Size = moment.Size,
            Root = moment.Hasher.Text(moment.Says.Head.Root),
            Newest = newest.RecordedAt,
            Epoch = newest.Epoch,
        };
    }
}
