using System.Collections.Concurrent;
using Tessrax.Hashing;

namespace Tessrax.Merkle;

/// <summary>The three hashes of a Merkle tree (RFC 6962, section 2.1; RFC 9162, section 2.1.1).</summary>
/// <remarks>Leaf <c>H(0x00 || data)</c>, node <c>H(0x01 || left || right)</c>, empty tree <c>H("")</c>. Pure and safe for concurrent use.</remarks>
public sealed class TreeHasher
{
    /// <summary>The tree of C2SP logs, and of every ledger that does not say otherwise.</summary>
    public static readonly TreeHasher Sha256 = new(HashEngine.Sha256);

    private static readonly ConcurrentDictionary<HashEngine, TreeHasher> Known = new() { [HashEngine.Sha256] = Sha256 };

    // RFC 6962, section 2.1: the two prefixes keep a leaf from passing for a node, and so give second preimage resistance.
    private const byte LeafPrefix = 0x00;
    private const byte NodePrefix = 0x01;

    /// <param name="engine">The ledger's hash function.</param>
    public TreeHasher(HashEngine engine)
    {
        ArgumentNullException.ThrowIfNull(engine);
        Engine = engine;
        Empty = engine.Hash([]);
    }

    /// <summary>The hash function below.</summary>
    public HashEngine Engine { get; }

    /// <summary>The root of a tree without leaves: MTH({}) = H().</summary>
    public Digest Empty { get; }

    /// <summary>The tree of ledgers that name this hash function, or null if there is none of that name.</summary>
    public static TreeHasher? ByName(string name) =>
        HashEngine.ByName(name) is { } engine ? Known.GetOrAdd(engine, static e => new TreeHasher(e)) : null;

    /// <summary>A root as it is printed: the function's name, a colon, 64 lowercase hex digits. Other digests are SHA-256 in every ledger.</summary>
    public string Text(Digest root) => $"{Engine.Name}:{root.ToHex()}";

    /// <summary>The tree whose hash function a text names that means to be one of <see cref="Text"/>; null if there is none of that name.</summary>
    public static TreeHasher? NamedBy(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return ByName(text.Split(':')[0]);
    }

    /// <summary>Reads what <see cref="Text"/> writes; false for anything else, a root by another function above all.</summary>
    public bool TryParse(string text, out Digest root)
    {
        ArgumentNullException.ThrowIfNull(text);
        string prefix = Engine.Name + ":";
        root = default;
        return text.StartsWith(prefix, StringComparison.Ordinal)
            && Digest.TryParseHex(text.AsSpan(prefix.Length), out root);
    }

    /// <summary>The hash of a leaf that holds <paramref name="data"/>: MTH({d(0)}) = H(0x00 || d(0)).</summary>
    public Digest Leaf(ReadOnlySpan<byte> data) => Engine.Hash([LeafPrefix], data);

    /// <summary>The hash of the node above two subtrees: MTH(D[n]) = H(0x01 || MTH(D[0:k]) || MTH(D[k:n])).</summary>
    public Digest Node(Digest left, Digest right) => Engine.Hash([NodePrefix], left.Span, right.Span);

    /// <summary>A whole level: parents[i] is the node above children[2i] and children[2i + 1].</summary>
    /// <param name="children">Twice as many as <paramref name="parents"/>.</param>
    /// <param name="parents">May be the beginning of <paramref name="children"/>; otherwise apart from it.</param>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    public void Nodes(ReadOnlySpan<Digest> children, Span<Digest> parents) =>
        Engine.HashPairs(NodePrefix, children, parents);

    /// <summary>Many leaves: hashes[i] is the leaf that holds data[ends[i - 1]..ends[i]].</summary>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    public void Leaves(ReadOnlySpan<byte> data, ReadOnlySpan<int> ends, Span<Digest> hashes) =>
        Engine.HashMany(LeafPrefix, data, ends, hashes);
}
