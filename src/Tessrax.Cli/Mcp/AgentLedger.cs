using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Node.Appending;
using Tessrax.Node.Search;

namespace Tessrax.Cli.Mcp;

/// <summary>A search that an agent asks for.</summary>
/// <param name="Said">The query.</param>
/// <param name="Order">Which hits come first.</param>
/// <param name="Cursor">Where a page ended; null to begin.</param>
/// <param name="Limit">Hits of a page.</param>
internal sealed record AgentSearch(string Said, string Order, string? Cursor, int Limit);

/// <summary>The ledger that an agent speaks with, on this machine or behind a server.</summary>
/// <param name="context">Clock, randomness and the user's directories.</param>
/// <param name="place">How commands name the ledger: its directory, or its URL.</param>
/// <param name="source">Whose claims the agent's are.</param>
internal abstract class AgentLedger(CliContext context, string place, string source)
{
    public CliContext Context => context;

    /// <summary>How commands name it.</summary>
    public string Place => place;

    /// <summary>Whose claims the agent's are. No agent speaks for another source.</summary>
    public string Source => source;

    public UtcTime Now => UtcTime.Now(context.Time);

    /// <summary>What the log is called.</summary>
    public abstract string Origin { get; }

    /// <summary>Whether the agent may record claims.</summary>
    public abstract bool MayWrite { get; }

    /// <summary>Records claims. All, or none; one that is on record is skipped.</summary>
    /// <returns>How many, what followed, <c>size</c>, and under <c>standing</c> what holds in their groups now.</returns>
    public abstract JsonValue Record(ClaimFile claims, CancellationToken cancel);

    /// <summary>What of an answer about what holds is a server's word; null if nothing is.</summary>
    public virtual string? Word => null;

    /// <summary>What holds for a subject.</summary>
    public abstract SubjectStanding Standing(string subject, string? metric);

    /// <summary>Decisions, the newest first, under <c>decisions</c>; <c>more</c> tells whether there are more.</summary>
    public abstract JsonValue Decisions(DecisionWish wish);

    /// <summary>A decision with its story.</summary>
    public abstract JsonValue Decision(long index);

    /// <summary>What waits for people, under <c>proposals</c>, and <c>size</c>.</summary>
    public abstract JsonValue Pending();

    /// <summary>A page of a search.</summary>
    public abstract JsonValue Search(AgentSearch search, CancellationToken cancel);

    /// <summary>One entry whole.</summary>
    public abstract JsonValue Entry(long index);

    /// <summary>The bundle of an entry, and how many entries the ledger has.</summary>
    public abstract (byte[] Bytes, long Size) Bundle(long index);

    /// <summary>The policy in force.</summary>
    public abstract JsonValue Policy();

    /// <summary>Every policy that was in force, under <c>policies</c>.</summary>
    public abstract JsonValue Policies();

    /// <summary>A policy that was in force.</summary>
    public abstract JsonValue Policy(Digest digest);

    /// <summary>The newest signed checkpoint, as a signed note.</summary>
    public abstract string Checkpoint();

    /// <summary>The checkpoint that was signed at a size, as a signed note.</summary>
    public abstract string Checkpoint(long size);
}
