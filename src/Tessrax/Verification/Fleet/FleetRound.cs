using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Merkle;

namespace Tessrax.Verification.Fleet;

/// <summary>A ledger that may not stand in a round as it is.</summary>
/// <param name="Origin">The ledger.</param>
/// <param name="Code">What is wrong with it.</param>
/// <param name="Message">What was observed.</param>
public sealed record FleetRefusal(string Origin, ErrorCode Code, string Message);

/// <summary>Makes the tree of a round, and holds each ledger to the round before. Pure: both come one ledger at a time, sorted by origin, and neither is kept.</summary>
public sealed class FleetRound : IDisposable
{
    /// <summary>The most refusals that are kept.</summary>
    public const int MaxRefusals = 100;

    private readonly Frontier tree = new(TreeHasher.Sha256);
    private readonly IEnumerator<FleetMember> before;
    private readonly HashSet<string> retired;
    private readonly List<FleetRefusal> refusals = [];
    private bool hasBefore;
    private string? last;

    /// <param name="before">The ledgers of the round before, sorted; empty for the first.</param>
    /// <param name="retired">Origins that are expected to be gone since then.</param>
    public FleetRound(IEnumerable<FleetMember> before, IEnumerable<string> retired)
    {
        ArgumentNullException.ThrowIfNull(before);
        this.before = before.GetEnumerator();
        this.retired = new HashSet<string>(retired, StringComparer.Ordinal);
        hasBefore = this.before.MoveNext();
    }

    /// <summary>How many ledgers the round has so far.</summary>
    public long Ledgers => tree.Size;

    /// <summary>The tree's root.</summary>
    public Digest Root => tree.Root();

    /// <summary>How many ledgers are new, changed or gone since the round before.</summary>
    public long Changes { get; private set; }

    /// <summary>How many ledgers were refused.</summary>
    public long Refused { get; private set; }

    /// <summary>The first of the refusals.</summary>
    public IReadOnlyList<FleetRefusal> Refusals => refusals;

    /// <summary>Origins said to be retired that the round before does not have, once it is at its end.</summary>
    public IReadOnlyCollection<string> NeverThere => retired;

    /// <summary>What the round before says of a ledger; null if it does not have it. Ledgers are asked for in the order in which they are added, each before it is.</summary>
    public FleetMember? Before(string origin)
    {
        while (hasBefore && FleetMember.Compare(before.Current.Says.Origin, origin) < 0)
            PassBy();
        return hasBefore && before.Current.Says.Origin == origin ? before.Current : null;
    }

    /// <summary>Adds a ledger whose checkpoint was checked.</summary>
    /// <param name="member">Its origin is greater than that of the one added before.</param>
    /// <param name="rootAt">The root that the ledger has at a smaller size, worked out from its leaves.</param>
    /// <exception cref="ArgumentException">Not in order.</exception>
    public void Add(FleetMember member, Func<long, Digest> rootAt)
    {
        ArgumentNullException.ThrowIfNull(member);
        ArgumentNullException.ThrowIfNull(rootAt);
        Checkpoint now = member.Says;
        if (last is not null && FleetMember.Compare(now.Origin, last) <= 0)
            throw new ArgumentException("ledgers are added in the order of their origins", nameof(member));
        last = now.Origin;
        tree.Append(member.LeafHash);
        Checkpoint? then = Before(now.Origin)?.Says;
        if (then is not null)
            hasBefore = before.MoveNext();
        if (then == now)
            return;
        Changes++;
        if (then is not null)
            Judge(then, now, rootAt);
    }

    /// <summary>Says that all ledgers were added: what the round before has beyond them is gone.</summary>
    public void End()
    {
        while (hasBefore)
            PassBy();
    }

    public void Dispose() => before.Dispose();

    private void Judge(Checkpoint then, Checkpoint now, Func<long, Digest> rootAt)
    {
        if (now.Head.Size < then.Head.Size)
            Refuse(
                now.Origin,
                ErrorCodes.FleetShrank,
                $"{now.Origin} has {now.Head.Size} entries, and had {then.Head.Size} in the round before"
            );
        else
        {
            Digest root = now.Head.Size == then.Head.Size ? now.Head.Root : rootAt(then.Head.Size);
            if (root != then.Head.Root)
                Refuse(
                    now.Origin,
                    ErrorCodes.FleetForked,
                    $"{now.Origin} has at size {then.Head.Size} the root {root.ToBase64()}, and had {then.Head.Root.ToBase64()} in the round before"
                );
        }
    }

    private void PassBy()
    {
        string origin = before.Current.Says.Origin;
        long size = before.Current.Says.Head.Size;
        hasBefore = before.MoveNext();
        Changes++;
        if (!retired.Remove(origin))
            Refuse(
                origin,
                ErrorCodes.FleetGone,
                $"{origin}, with {size} entries in the round before, is in none of the sources"
            );
    }

    private void Refuse(string origin, ErrorCode code, string message)
    {
        Refused++;
        if (refusals.Count < MaxRefusals)
            refusals.Add(new FleetRefusal(origin, code, message));
    }
}
