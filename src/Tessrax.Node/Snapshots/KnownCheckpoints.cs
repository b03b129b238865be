using Tessrax.Keys;
using Tessrax.Merkle;

namespace Tessrax.Node.Snapshots;

/// <summary>A checkpoint of this ledger that came from elsewhere.</summary>
/// <param name="Note">As it was signed.</param>
/// <param name="What">How messages name it, for example <c>the mark in …</c>.</param>
public sealed record KnownCheckpoint(ReadOnlyMemory<byte> Note, string What);

/// <summary>A known checkpoint that a ledger does not contain.</summary>
/// <param name="Head">What the log signed.</param>
/// <param name="What">How messages name it.</param>
/// <param name="IsOther">Whether the ledger has another root at that size, rather than fewer entries.</param>
internal sealed record Contradicted(TreeHead Head, string What, bool IsOther)
{
    /// <summary>Whether it is signed by none of the keys that the ledger shows: the log has changed its key since.</summary>
    public bool IsByUnknown { get; init; }

    public string Message(TreeHasher hasher, long size) =>
        IsByUnknown
            ? $"{What} covers {Head.Size} entries and is signed by a key that this copy has not heard of: the log changed its key after this copy was made"
        : IsOther
            ? $"at size {Head.Size} {What} signs {hasher.Text(Head.Root)}, which is not this ledger's root there: this is another history"
        : $"{What} covers {Head.Size} entries, but there are {size} here: this is an older copy";
}

/// <summary>Holds a ledger, as it is read, against checkpoints that are known from elsewhere.</summary>
internal sealed class KnownCheckpoints
{
    private readonly List<(TreeHead Head, string What)> open = [];
    private readonly List<string> met = [];
    private Contradicted? worst;

    /// <summary>The known checkpoints that are in the ledger, as messages name them.</summary>
    public IReadOnlyList<string> Met => met;

    /// <summary>Adds checkpoints; those that none of these keys signed are given back.</summary>
    public IReadOnlyList<KnownCheckpoint> Add(IEnumerable<KnownCheckpoint> known, LogKeyChain log)
    {
        var foreign = new List<KnownCheckpoint>();
        foreach (KnownCheckpoint one in known)
        {
            if (log.TryOpenAny(one.Note.Span, out Checkpoint? opened, out _))
                open.Add((opened.Head, one.What));
            else
                foreign.Add(one);
        }
        return foreign;
    }

    /// <summary>Adds a head that the log is known to have signed.</summary>
    public void Add(TreeHead head, string what) => open.Add((head, what));

    /// <summary>Compares with the tree after a batch: the log signs no other sizes.</summary>
    public void Compare(TreeHead head)
    {
        foreach ((TreeHead known, string what) in open.Where(k => k.Head.Size == head.Size).ToList())
        {
            open.Remove((known, what));
            if (known == head)
                met.Add(what);
            else
                worst ??= new Contradicted(known, what, IsOther: true);
        }
    }

    /// <summary>Of checkpoints that no key of the log signed, once all of its keys are known, those that say something all the same: they are the log's by name, so
    /// the log has a key that the ledger does not show.</summary>
    public void AddUnknown(IEnumerable<KnownCheckpoint> foreign, LogKeyChain log)
    {
        foreach (KnownCheckpoint one in foreign.Where(one => log.IsByUnknown(one.Note.Span)))
        {
            TreeHead head = Checkpoint.ParseBody(SignedNote.Parse(one.Note.Span).Text).Head;
            worst = new Contradicted(head, one.What, IsOther: false) { IsByUnknown = true };
        }
    }

    /// <summary>The known checkpoint that speaks most clearly against a ledger of this size being the newest, or null.</summary>
    public Contradicted? End(long size)
    {
        if (worst is { IsByUnknown: true })
            return worst;
        foreach ((TreeHead known, string what) in open)
        {
            var found = new Contradicted(known, what, known.Size <= size);
            if (worst is null || (found.IsOther && !worst.IsOther) || found.Head.Size > worst.Head.Size)
                worst = found;
        }
        return worst;
    }
}
