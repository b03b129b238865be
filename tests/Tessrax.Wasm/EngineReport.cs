using System.Globalization;
using System.Reflection;
using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Tests.Wasm;

/// <summary>What the engine computes, line by line. Compiled into the WebAssembly program and into the test that compares.</summary>
internal static class EngineReport
{
    private const int LargestTree = 70;

    private static readonly HashEngine[] Engines = [HashEngine.Sha256, HashEngine.Blake3];

    public static IEnumerable<string> Lines()
    {
        yield return $"runs-on {(OperatingSystem.IsBrowser() ? "wasm" : "native")}";
        foreach (HashEngine engine in Engines)
        {
            foreach (string line in Digests(engine).Concat(Batches(engine)).Concat(Trees(new TreeHasher(engine))))
                yield return $"{engine.Name} {line}";
        }
        foreach (string line in Blake3Report.Lines(Resource("blake3")).Concat(Canonical()))
            yield return line;
    }

    // Every length over the first blocks, where padding turns, and both sides of larger powers of two.
    private static IEnumerable<string> Digests(HashEngine engine)
    {
        IEnumerable<int> lengths = Enumerable
            .Range(0, 260)
            .Concat([.. new[] { 512, 1024, 2048, 3072, 8192, 65536 }.SelectMany(n => new[] { n - 1, n, n + 1 })]);
        foreach (int length in lengths)
        {
            byte[] data = Bytes(length);
            int third = length / 3;
            yield return $"hash {length} {engine.Hash(data).ToHex()}";
            yield return $"parts {length} {engine.Hash(data.AsSpan(0, third), data.AsSpan(third, third), data.AsSpan(2 * third)).ToHex()}";
        }
    }

    private static IEnumerable<string> Batches(HashEngine engine)
    {
        foreach (int count in new[] { 0, 1, 7, 8, 9, 33 })
        {
            var leaves = new Digest[2 * count];
            for (int i = 0; i < leaves.Length; i++)
                leaves[i] = engine.Hash(Bytes(i));
            var parents = new Digest[count];
            engine.HashPairs(1, leaves, parents);
            yield return $"pairs {count} {string.Concat(parents.Select(d => d.ToHex()))}";

            int[] ends = [.. Enumerable.Range(0, count).Select(i => i * i * 7)];
            var hashes = new Digest[count];
            engine.HashMany(0, Bytes(ends.LastOrDefault()), ends, hashes);
            yield return $"many {count} {string.Concat(hashes.Select(d => d.ToHex()))}";
        }
    }

    private static IEnumerable<string> Trees(TreeHasher hasher)
    {
        var tree = new MerkleTree(hasher);
        var frontier = new Frontier(hasher);
        yield return $"root 0 {tree.Root().ToHex()}";
        for (int size = 1; size <= LargestTree; size++)
        {
            Digest leaf = hasher.Leaf(Bytes(size));
            tree.Append(leaf);
            frontier.Append(leaf);
            yield return $"root {size} {tree.Root().ToHex()} {frontier.Root() == tree.Root()}";
            yield return $"inclusion {size} {Inclusion(tree, size, hasher)}";
            yield return $"consistency {size} {Consistency(tree, size, hasher)}";
        }
    }

    private static string Inclusion(MerkleTree tree, int size, TreeHasher hasher)
    {
        int index = size * 5 / 7;
        Digest[] path = InclusionProof.Prove(tree, size, index, hasher);
        var head = new TreeHead(size, tree.RootAt(size));
        bool holds = InclusionProof.Verify(path, head, index, tree.Leaf(index), hasher);
        bool holdsElsewhere = InclusionProof.Verify(path, head, index, tree.Leaf(size - 1 - index), hasher);
        return $"{string.Concat(path.Select(d => d.ToHex()))} {holds} {holdsElsewhere}";
    }

    private static string Consistency(MerkleTree tree, int size, TreeHasher hasher)
    {
        int from = 1 + size * 3 / 7;
        from = Math.Min(from, size);
        Digest[] path = ConsistencyProof.Prove(tree, from, size, hasher);
        var old = new TreeHead(from, tree.RootAt(from));
        var now = new TreeHead(size, tree.RootAt(size));
        bool holds = ConsistencyProof.Verify(path, old, now, hasher);
        bool holdsBackwards = ConsistencyProof.Verify(path, now, old, hasher);
        return $"{string.Concat(path.Select(d => d.ToHex()))} {holds} {holdsBackwards}";
    }

    private static IEnumerable<string> Canonical()
    {
        foreach (string name in Resources("jcs/"))
        {
            byte[] canonical = CanonicalWriter.Canonicalize(Resource(name));
            yield return $"{name} {Convert.ToHexStringLower(canonical)}";
        }
        // Doubles are where two runtimes would differ first.
        ulong bits = 0x9e3779b97f4a7c15;
        for (int i = 0; i < 2000; i++)
        {
            double number = BitConverter.UInt64BitsToDouble(bits);
            bits = unchecked(bits * 6364136223846793005 + 1442695040888963407);
            if (double.IsFinite(number))
                yield return string.Create(CultureInfo.InvariantCulture, $"number {i} {EcmaNumber.Format(number)}");
        }
    }

    public static byte[] Bytes(int length)
    {
        // The pattern of BLAKE3's official vectors.
        var bytes = new byte[length];
        for (int i = 0; i < length; i++)
            bytes[i] = (byte)(i % 251);
        return bytes;
    }

    private static IEnumerable<string> Resources(string prefix) =>
        Assembly
            .GetExecutingAssembly()
            .GetManifestResourceNames()
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);

    private static byte[] Resource(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
