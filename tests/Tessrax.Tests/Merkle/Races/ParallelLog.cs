using System.Collections.Concurrent;
using System.Globalization;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Merkle;

namespace Tessrax.Tests.Merkle.Races;

/// <summary>Races planted on purpose into the log below.</summary>
public enum ParallelLogMutant
{
    /// <summary>The log as it should be.</summary>
    None,

    /// <summary>Size and root are read one after the other, and a leaf may come between.</summary>
    HeadInTwoReadings,

    /// <summary>The tree counts a leaf before it is stored.</summary>
    SizeFirst,

    /// <summary>Two threads append at the same time.</summary>
    NoLock,
}

/// <summary>What is common to the log under test and to the sequential one that it is compared with: everything that anybody was answered.</summary>
internal abstract class ObservedLog
{
    public const string Origin = "example.org/races";

    protected static readonly PrivateKey Key = PrivateKey.FromSeed(new byte[PrivateKey.SeedSize]);

    private readonly ConcurrentBag<string> answers = [];

    /// <summary>Which operation got which answer; those of equal operations are not told apart, so order says nothing.</summary>
    public IEnumerable<string> Answers => answers.Order(StringComparer.Ordinal);

    public abstract void Append(int leaf);

    public abstract void AppendMany(int leaf, int count);

    public abstract void ReadRoot();

    public abstract void ProveInclusion(int seed);

    public abstract void ProveConsistency(int seed);

    public abstract void SignCheckpoint();

    public abstract TreeHead Final();

    protected void Answer(FormattableString answer) => answers.Add(answer.ToString(CultureInfo.InvariantCulture));

    protected static string Text(TreeHead head) =>
        string.Create(CultureInfo.InvariantCulture, $"{head.Size} {head.Root.ToHex()[..12]}");

    protected static string Text(IEnumerable<Digest> path) => string.Join(' ', path.Select(hash => hash.ToHex()[..12]));
}

/// <summary>A log of one appender at a time and any number of readers, over the tree under test.</summary>
internal sealed class ParallelLog(ParallelLogMutant mutant) : ObservedLog
{
    private static readonly TreeHasher Hasher = TreeHasher.Sha256;

    private readonly object gate = new();
    private readonly MerkleTree tree = new(Hasher);
    private readonly HastyTree hasty = new(Hasher);

    private ISubtreeReader Reader => mutant == ParallelLogMutant.SizeFirst ? hasty : tree;

    public override void Append(int leaf) =>
        Alone(() =>
        {
            Answer($"append {leaf}: {Size()}");
            Pause();
            if (mutant == ParallelLogMutant.SizeFirst)
                hasty.Append(TestLeaves.Hash(leaf));
            else
                tree.Append(TestLeaves.Hash(leaf));
        });

    public override void AppendMany(int leaf, int count) =>
        Alone(() =>
        {
            Answer($"append {leaf} and {count - 1} more: {Size()}");
            Pause();
            for (int i = 0; mutant == ParallelLogMutant.SizeFirst && i < count; i++)
                hasty.Append(TestLeaves.Hash(leaf + i));
            if (mutant != ParallelLogMutant.SizeFirst)
                tree.Append([.. Enumerable.Range(leaf, count).Select(TestLeaves.Hash)]);
        });

    public override void ReadRoot() => Answer($"root: {Text(Head())}");

    public override void ProveInclusion(int seed)
    {
        TreeHead head = Head();
        if (head.Size == 0)
        {
            Answer($"inclusion {seed}: none");
            return;
        }
        long index = seed % head.Size;
        var path = new Digest[InclusionProof.MaxLength];
        int count = InclusionProof.Prove(Reader, head.Size, index, Hasher, path);
        Answer($"inclusion {seed}: {Text(head)} {Text(path.Take(count))}");
    }

    public override void ProveConsistency(int seed)
    {
        TreeHead head = Head();
        if (head.Size == 0)
        {
            Answer($"consistency {seed}: none");
            return;
        }
        Digest[] path = ConsistencyProof.Prove(Reader, 1 + seed % head.Size, head.Size, Hasher);
        Answer($"consistency {seed}: {Text(head)} {Text(path)}");
    }

    public override void SignCheckpoint() => Answer($"{new Checkpoint(Origin, Head()).Sign(Key)}");

    public override TreeHead Final() => new(Size(), Root(Size()));

    private TreeHead Head()
    {
        long size = Size();
        Pause();
        // The right log asks for the root of that size, whatever came since.
        return new TreeHead(size, Root(mutant == ParallelLogMutant.HeadInTwoReadings ? Size() : size));
    }

    private long Size() => mutant == ParallelLogMutant.SizeFirst ? hasty.Size : tree.Size;

    private Digest Root(long size) => mutant == ParallelLogMutant.SizeFirst ? hasty.RootAt(size) : tree.RootAt(size);

    private void Alone(Action append)
    {
        if (mutant == ParallelLogMutant.NoLock)
        {
            append();
            return;
        }
        lock (gate)
        {
            append();
        }
    }

    // Opens the same windows in the right log and in the mutants.
    internal static void Pause() => Thread.Yield();
}

/// <summary>The mutant of the tree: it counts a leaf, and stores it then.</summary>
internal sealed class HastyTree(TreeHasher hasher) : ISubtreeReader
{
    private readonly Digest[][] levels = [.. Enumerable.Range(0, 12).Select(level => new Digest[4096 >> level])];
    private long size;

    public long Size => Volatile.Read(ref size);

    public void Append(Digest leaf)
    {
        long index = size;
        Volatile.Write(ref size, index + 1);
        ParallelLog.Pause();
        levels[0][index] = leaf;
        for (int level = 0; (index >> level & 1) == 1; level++)
        {
            long right = index >> level;
            levels[level + 1][right >> 1] = hasher.Node(levels[level][right - 1], levels[level][right]);
        }
    }

    public Digest RootAt(long size)
    {
        if (size == 0)
            return hasher.Empty;
        var root = new Digest[1];
        ProofPlan.Read(this, [new LeafRange(0, size)], hasher, root);
        return root[0];
    }

    public void Read(ReadOnlySpan<Subtree> wanted, Span<Digest> hashes)
    {
        for (int i = 0; i < wanted.Length; i++)
            hashes[i] = levels[wanted[i].Level][wanted[i].Index];
    }
}

/// <summary>What the log should answer: one operation after another, by the recursion of the RFC.</summary>
internal sealed class SequentialLog : ObservedLog
{
    private readonly List<Digest> leaves = [];

    private NaiveTree Tree => new([.. leaves]);

    public override void Append(int leaf)
    {
        Answer($"append {leaf}: {leaves.Count}");
        leaves.Add(TestLeaves.Hash(leaf));
    }

    public override void AppendMany(int leaf, int count)
    {
        Answer($"append {leaf} and {count - 1} more: {leaves.Count}");
        leaves.AddRange(Enumerable.Range(leaf, count).Select(TestLeaves.Hash));
    }

    public override void ReadRoot() => Answer($"root: {Text(Final())}");

    public override void ProveInclusion(int seed)
    {
        if (leaves.Count == 0)
            Answer($"inclusion {seed}: none");
        else
            Answer($"inclusion {seed}: {Text(Final())} {Text(Tree.Path(seed % leaves.Count, 0, leaves.Count))}");
    }

    public override void ProveConsistency(int seed)
    {
        if (leaves.Count == 0)
            Answer($"consistency {seed}: none");
        else
            Answer($"consistency {seed}: {Text(Final())} {Text(Tree.Proof(1 + seed % leaves.Count, 0, leaves.Count))}");
    }

    public override void SignCheckpoint() => Answer($"{new Checkpoint(Origin, Final()).Sign(Key)}");

    public override TreeHead Final() => new(leaves.Count, Tree.Root(0, leaves.Count));
}
