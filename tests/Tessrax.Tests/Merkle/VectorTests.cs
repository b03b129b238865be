using System.Text;
using System.Text.Json;
using Tessrax.Hashing;
using Tessrax.Merkle;
using Xunit;

namespace Tessrax.Tests.Merkle;

public class VectorTests
{
    private static readonly TreeHasher Hasher = TreeHasher.Sha256;

    [Fact]
    public void Rebuilds_the_reference_tree()
    {
        JsonElement vector = Load("reference-tree.json");
        JsonElement roots = vector.GetProperty("roots");
        var tree = new MerkleTree(Hasher);
        Assert.Equal(roots[0].GetString(), tree.Root().ToHex());
        foreach (JsonElement leaf in vector.GetProperty("leaves").EnumerateArray())
        {
            tree.Append(Hasher.Leaf(Convert.FromHexString(leaf.GetString()!)));
            Assert.Equal(roots[(int)tree.Size].GetString(), tree.Root().ToHex());
        }
        Assert.Equal(8, tree.Size);

        for (int level = 0; level <= 3; level++)
        {
            JsonElement nodes = vector.GetProperty("nodes").GetProperty($"level{level}");
            Assert.Equal(8 >> level, nodes.GetArrayLength());
            var hash = new Digest[1];
            for (int i = 0; i < nodes.GetArrayLength(); i++)
            {
                tree.Read([new Subtree(level, i)], hash);
                Assert.Equal(nodes[i].GetString(), hash[0].ToHex());
            }
        }
    }

    [Fact]
    public void Empty_root_is_the_hash_of_nothing() =>
        Assert.Equal("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", Hasher.Empty.ToBase64());

    [Fact]
    public void Judges_every_inclusion_vector_as_upstream_does()
    {
        int verified = 0;
        foreach (JsonElement c in Load("inclusion.json").EnumerateArray())
        {
            bool holds =
                TryHash(c, "root", out Digest root)
                && TryHash(c, "leafHash", out Digest leaf)
                && TryPath(c, out Digest[] path)
                && InclusionProof.Verify(
                    path,
                    new TreeHead(Long(c, "treeSize"), root),
                    Long(c, "leafIdx"),
                    leaf,
                    Hasher
                );
            Assert.True(holds != c.GetProperty("wantErr").GetBoolean(), c.GetProperty("file").GetString());
            verified += holds ? 1 : 0;
        }
        Assert.Equal(4, verified);
    }

    [Fact]
    public void Judges_every_consistency_vector_as_upstream_does()
    {
        int verified = 0;
        foreach (JsonElement c in Load("consistency.json").EnumerateArray())
        {
            bool holds =
                TryHash(c, "root1", out Digest from)
                && TryHash(c, "root2", out Digest to)
                && TryPath(c, out Digest[] path)
                && ConsistencyProof.Verify(
                    path,
                    new TreeHead(Long(c, "size1"), from),
                    new TreeHead(Long(c, "size2"), to),
                    Hasher
                );
            Assert.True(holds != c.GetProperty("wantErr").GetBoolean(), c.GetProperty("file").GetString());
            verified += holds ? 1 : 0;
        }
        Assert.Equal(3, verified);
    }

    [Fact]
    public void Judges_every_subtree_inclusion_vector_as_upstream_does()
    {
        int verified = 0;
        foreach (JsonElement c in Load("subtree-inclusion.json").EnumerateArray())
        {
            bool holds =
                TryHash(c, "root", out Digest root)
                && TryHash(c, "leafHash", out Digest leaf)
                && TryPath(c, out Digest[] path)
                && SubtreeProof.VerifyInclusion(
                    path,
                    Long(c, "start"),
                    Long(c, "end"),
                    root,
                    Long(c, "leafIdx"),
                    leaf,
                    Hasher
                );
            Assert.True(holds != c.GetProperty("wantErr").GetBoolean(), c.GetProperty("file").GetString());
            verified += holds ? 1 : 0;
        }
        Assert.Equal(8, verified);
    }

    [Fact]
    public void Judges_every_subtree_consistency_vector_as_upstream_does()
    {
        int verified = 0;
        foreach (JsonElement c in Load("subtree-consistency.json").EnumerateArray())
        {
            bool holds =
                TryHash(c, "root1", out Digest subtree)
                && TryHash(c, "root2", out Digest root)
                && TryPath(c, out Digest[] path)
                && SubtreeProof.VerifyConsistency(
                    path,
                    Long(c, "start"),
                    Long(c, "end"),
                    subtree,
                    new TreeHead(Long(c, "size"), root),
                    Hasher
                );
            Assert.True(holds != c.GetProperty("wantErr").GetBoolean(), c.GetProperty("file").GetString());
            verified += holds ? 1 : 0;
        }
        Assert.Equal(3, verified);
    }

    [Fact]
    public void Rebuilds_a_tessera_log_at_every_size()
    {
        JsonElement vector = Load("tessera-roots.json");
        JsonElement roots = vector.GetProperty("roots");
        var tree = new MerkleTree(Hasher);
        var frontier = new Frontier(Hasher);
        Assert.Equal(roots[0].GetString(), tree.Root().ToBase64());
        int i = 0;
        foreach (JsonElement entry in vector.GetProperty("entries").EnumerateArray())
        {
            Digest leaf = Hasher.Leaf(Encoding.UTF8.GetBytes(entry.GetString()!));
            Assert.Equal(vector.GetProperty("leafHashes")[i++].GetString(), leaf.ToBase64());
            tree.Append(leaf);
            frontier.Append(leaf);
            Assert.Equal(roots[i].GetString(), tree.Root().ToBase64());
            Assert.Equal(roots[i].GetString(), frontier.Root().ToBase64());
        }
        Assert.Equal(15, tree.Size);
    }

    private static JsonElement Load(string file) =>
        JsonDocument.Parse(File.ReadAllBytes(Spec.Path("vectors", "merkle-rfc6962", file))).RootElement;

    // A hash of another length than 32 bytes never reaches a verifier: Digest cannot hold it.
    private static bool TryHash(JsonElement c, string name, out Digest hash) =>
        Digest.TryParseBase64(c.GetProperty(name).GetString(), out hash);

    private static bool TryPath(JsonElement c, out Digest[] path)
    {
        path = [];
        JsonElement proof = c.GetProperty("proof");
        if (proof.ValueKind == JsonValueKind.Null)
            return true;
        path = new Digest[proof.GetArrayLength()];
        for (int i = 0; i < path.Length; i++)
        {
            if (!Digest.TryParseBase64(proof[i].GetString(), out path[i]))
                return false;
        }
        return true;
    }

    private static long Long(JsonElement c, string name) => unchecked((long)c.GetProperty(name).GetUInt64());
}
