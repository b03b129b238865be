using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Merkle;
using Xunit;

namespace Tessrax.Tests.Keys;

public sealed class WitnessRulesTests
{
    private static readonly MerkleTree Tree = Grow(9, "");

    private static readonly MerkleTree Other = Grow(9, "other ");

    [Fact]
    public void Every_growth_of_a_log_is_cosigned_and_no_other()
    {
        for (long old = 0; old <= Tree.Size; old++)
        for (long size = 0; size <= Tree.Size; size++)
        {
            TreeHead? held = old == 0 ? null : Head(Tree, old);
            Digest[] proof = old > 0 && old <= size ? Prove(Tree, old, size) : [];
            int status = Judge(old, proof, Head(Tree, size), held)?.Status ?? 200;
            Assert.Equal(old <= size ? 200 : 400, status);
            if (old is 0 || old > size)
                continue;
            // The same proof, and one of its own, for another tree.
            Assert.Equal(422, Judge(old, proof, Head(Other, size), held)!.Status);
            Assert.Equal(422, Judge(old, Prove(Other, old, size), Head(Other, size), held)!.Status);
            Assert.Equal(422, Judge(old, [.. proof, default(Digest)], Head(Tree, size), held)!.Status);
        }
    }

    [Theory]
    [InlineData(0, 9, 409, "5\n")]
    [InlineData(4, 9, 409, "5\n")]
    [InlineData(6, 9, 409, "5\n")]
    [InlineData(6, 5, 400, null)]
    public void An_old_size_that_is_not_the_one_held_is_told_so(long old, long size, int status, string? body)
    {
        WitnessAnswer answer = Judge(old, [], Head(Tree, size), Head(Tree, 5))!;
        Assert.Equal(status, answer.Status);
        if (body is not null)
            Assert.Equal(body, answer.Body);
    }

    [Fact]
    public void Size_0_needs_the_empty_root_and_no_proof()
    {
        TreeHead empty = Head(Tree, 0);
        Assert.Null(Judge(0, [], empty, null));
        Assert.Null(Judge(0, [], empty, empty));
        Assert.Null(Judge(0, [], Head(Tree, 9), empty));
        Assert.Equal(422, Judge(0, [default(Digest)], Head(Tree, 9), null)!.Status);
        Assert.Equal(422, Judge(0, [default(Digest)], empty, null)!.Status);
        Assert.Equal(422, Judge(0, [], new TreeHead(0, default(Digest)), null)!.Status);
        Assert.Equal(422, Judge(0, [], new TreeHead(0, default(Digest)), empty)!.Status);
    }

    [Fact]
    public void A_log_needs_to_be_known_and_to_have_signed()
    {
        AddCheckpointRequest request = Request(0, [], Head(Tree, 9));
        Assert.Equal(404, WitnessRules.Refusal(request, [], null)!.Status);
        VerifierKey other = VerifierKey.Create(Samples.Origin, Samples.Key(7).PublicKey);
        Assert.Equal(403, WitnessRules.Refusal(request, [other], null)!.Status);
        // A log between two keys is known by both.
        Assert.Null(WitnessRules.Refusal(request, [other, Samples.Log], null));
        byte[] changed = request.ToBytes();
        changed["old 0\n\n"u8.Length + Samples.Origin.Length + 1] = (byte)'8';
        Assert.True(AddCheckpointRequest.TryParse(changed, out AddCheckpointRequest? lie, out _));
        Assert.Equal(403, WitnessRules.Refusal(lie, [Samples.Log], null)!.Status);
    }

    [Fact]
    public void Extension_lines_are_cosigned_with_the_rest()
    {
        string body = Samples.Checkpoint.Body + "an extension\n";
        SignedNote note = SignedNote.Sign(body, Samples.Origin, Samples.LogKey);
        var request = AddCheckpointRequest.Create(0, [], note);
        NoteSignature line = Cosignature.Sign(request, "w.example", Samples.Key(11), Samples.Noon);
        var witness = VerifierKey.Create("w.example", Samples.Key(11).PublicKey, VerifierKey.Ed25519Cosignature);
        Assert.True(note.With(line).TryVerify(witness));
    }

    private static WitnessAnswer? Judge(long old, Digest[] proof, TreeHead head, TreeHead? held) =>
        WitnessRules.Refusal(Request(old, proof, head), [Samples.Log], held);

    // Through its bytes: a head that cannot be is refused by the rules, not by whoever makes requests.
    private static AddCheckpointRequest Request(long old, Digest[] proof, TreeHead head)
    {
        SignedNote note = SignedNote.Sign(new Checkpoint(Samples.Origin, head).Body, Samples.Origin, Samples.LogKey);
        string lines = string.Concat(proof.Select(hash => hash.ToBase64() + "\n"));
        Assert.True(
            AddCheckpointRequest.TryParse(
                Samples.Bytes($"old {old}\n{lines}\n{note}"),
                out AddCheckpointRequest? request,
                out _
            )
        );
        return request;
    }

    private static Digest[] Prove(MerkleTree tree, long old, long size) =>
        ConsistencyProof.Prove(tree, old, size, TreeHasher.Sha256);

    private static TreeHead Head(MerkleTree tree, long size) => new(size, tree.RootAt(size));

    private static MerkleTree Grow(int leaves, string prefix)
    {
        var tree = new MerkleTree(TreeHasher.Sha256);
        for (int i = 0; i < leaves; i++)
            tree.Append(TreeHasher.Sha256.Leaf(Samples.Bytes($"{prefix}{i}")));
        return tree;
    }
}
