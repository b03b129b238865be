using System.Text.Json.Nodes;
using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.EndToEnd.Tests.Differential;

/// <summary>Roots and proofs of random trees, against RFC 6962 written down recursively in another language over other hashes.</summary>
public class TreeDifferentialTests
{
    private const int LargestTree = 140;

    public static TheoryData<string> Engines => [.. Known.Engines];

    [Theory]
    [MemberData(nameof(Engines))]
    public void Roots_are_the_same_at_every_size(string engine)
    {
        (TreeHasher hasher, byte[][] leaves) = Start(engine);
        int[] sizes = [.. Enumerable.Range(0, LargestTree + 1)];
        IReadOnlyList<PeerAnswer> answers = Peer.Ask([.. sizes.Select(size => About("root", engine, leaves[..size]))]);
        var tree = new MerkleTree(hasher);
        foreach (int size in sizes)
        {
            Assert.Equal(answers[size].Text, tree.Root().ToHex());
            if (size < LargestTree)
                tree.Append(hasher.Leaf(leaves[size]));
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void Proofs_are_the_same_hash_for_hash(string engine)
    {
        (TreeHasher hasher, byte[][] leaves) = Start(engine);
        var tree = new MerkleTree(hasher);
        foreach (byte[] leaf in leaves)
            tree.Append(hasher.Leaf(leaf));
        var random = new Random(6962);
        var questions = new List<JsonObject>();
        var ours = new List<Digest[]>();
        for (int i = 0; i < 400; i++)
        {
            int size = random.Next(1, LargestTree + 1);
            if (i % 2 == 0)
            {
                int index = random.Next(size);
                questions.Add(About("inclusion", engine, leaves[..size], ("index", index)));
                ours.Add(InclusionProof.Prove(tree, size, index, hasher));
            }
            else
            {
                int from = random.Next(1, size + 1);
                questions.Add(About("consistency", engine, leaves[..size], ("from", from)));
                ours.Add(ConsistencyProof.Prove(tree, from, size, hasher));
            }
        }
        IReadOnlyList<PeerAnswer> answers = Peer.Ask(questions);
        for (int i = 0; i < ours.Count; i++)
            Assert.Equal(answers[i].Texts, ours[i].Select(hash => hash.ToHex()));
    }

    private static (TreeHasher Hasher, byte[][] Leaves) Start(string engine)
    {
        var random = new Random(9162);
        var leaves = new byte[LargestTree][];
        for (int i = 0; i < leaves.Length; i++)
            random.NextBytes(leaves[i] = new byte[random.Next(80)]);
        return (new TreeHasher(HashEngine.ByName(engine)!), leaves);
    }

    private static JsonObject About(
        string op,
        string engine,
        byte[][] leaves,
        params (string Name, JsonNode? Value)[] more
    )
    {
        var array = new JsonArray([.. leaves.Select(leaf => (JsonNode)Peer.Bytes(leaf))]);
        return Peer.Question(op, [("alg", engine), ("leaves", array), .. more]);
    }
}
