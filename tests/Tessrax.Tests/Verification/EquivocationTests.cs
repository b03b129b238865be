using System.Text;
using CsCheck;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Tests.Ledger;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Tests.Verification;

/// <summary>Evidence that a log signed two histories: what proves it, and what an accuser of an honest log cannot make.</summary>
public sealed class EquivocationTests
{
    private const string Origin = SampleLedger.Origin;
    private static readonly PrivateKey LogKey = SampleLedger.KeyOf(SampleLedger.LogSeed);
    private static readonly VerifierKey Log = VerifierKey.Create(Origin, LogKey.PublicKey);
    private static readonly MerkleTree Honest = Tree(40, -1);
    private static readonly MerkleTree Forked = Tree(40, 5);

    [Fact]
    public void Two_roots_for_one_size_prove_it()
    {
        Proves(Pair(Note(Honest, 20), Note(Forked, 20)));
        Proves(Pair(Note(Forked, 20), Note(Honest, 20)));
    }

    [Fact]
    public void Another_past_proves_it_at_every_pair_of_sizes_behind_the_fork()
    {
        for (int small = 6; small < 40; small++)
        {
            for (int large = small + 1; large <= 40; large++)
                Proves(Past(Forked, small, Honest, large));
        }
    }

    [Fact]
    public void Sizes_before_the_fork_are_one_history()
    {
        for (int small = 1; small <= 5; small++)
            Refutes(Past(Forked, small, Honest, 30), "the very root that was signed");
    }

    [Fact]
    public void Evidence_survives_being_written_and_read()
    {
        foreach (
            Equivocation evidence in (Equivocation[])
                [Pair(Note(Honest, 20), Note(Forked, 20)), Past(Forked, 7, Honest, 31)]
        )
        {
            byte[] bytes = evidence.ToBytes();
            Equivocation read = Equivocation.Parse(bytes);
            Proves(read);
            Assert.Equal(bytes, read.ToBytes());
        }
    }

    [Fact]
    public void Sizes_that_no_tree_has_prove_nothing_and_throw_nothing()
    {
        long[] sizes = [1, 2, 40, 1L << 32, (1L << 62) - 1, 1L << 62, (1L << 62) + 1, long.MaxValue - 1, long.MaxValue];
        foreach (long small in sizes)
        {
            foreach (long large in sizes.Where(size => size > small))
            {
                for (int length = 0; length <= 64; length += 8)
                {
                    var evidence = new Equivocation
                    {
                        First = NoteOf(small, Honest.Root()),
                        Second = NoteOf(large, Forked.Root()),
                        Earlier = Forked.Root(),
                        Proof = [.. Enumerable.Repeat(Forked.Root(), length)],
                    };
                    Assert.False(evidence.Proves(Log, out _));
                    Assert.False(
                        new CheckpointHistory
                        {
                            Log = new LogKeyChain(Log),
                            Roots =
                            [
                                new SignedRoot(evidence.First, new TreeHead(small, Honest.Root()), default, []),
                                new SignedRoot(
                                    evidence.Second,
                                    new TreeHead(large, Forked.Root()),
                                    default,
                                    evidence.Proof
                                ),
                            ],
                        }
                            .Verify(Log)
                            .Holds
                    );
                }
            }
        }

        static string NoteOf(long size, Digest root) =>
            new Checkpoint(Origin, new TreeHead(size, root)).Sign(LogKey).ToString();
    }

    [Fact]
    public void One_signed_note_twice_proves_nothing()
    {
        Refutes(Pair(Note(Honest, 20), Note(Honest, 20)), "the same root");
        // Nor does a note that somebody else signed as well.
        SignedNote cosigned = SignedNote.Parse(Encoding.UTF8.GetBytes(Note(Honest, 20)));
        using PrivateKey witness = SampleLedger.KeyOf(9);
        SignedNote other = SignedNote.Sign(cosigned.Text, "example.com/witness", witness);
        Refutes(Pair(Note(Honest, 20), cosigned.With(other.Signatures[0]).ToString()), "the same root");
    }

    [Fact]
    public void A_note_that_the_key_did_not_sign_proves_nothing()
    {
        using PrivateKey mallory = SampleLedger.KeyOf(66);
        Checkpoint forged = new(Origin, new TreeHead(20, Forked.RootAt(20)));
        Refutes(Pair(Note(Honest, 20), forged.Sign(mallory).ToString()), "no signature is of a known key");
        string changed = Note(Honest, 20).Replace("\n20\n", "\n21\n", StringComparison.Ordinal);
        Refutes(Pair(Note(Honest, 20), changed), "does not hold");
        Refutes(Pair("", Note(Honest, 20)), "not signed");
        Refutes(Pair("\ud800", Note(Honest, 20)), "not signed");
    }

    [Fact]
    public void A_log_of_another_name_under_the_same_key_is_another_log()
    {
        Checkpoint other = new("example.com/other", new TreeHead(20, Forked.RootAt(20)));
        Refutes(Pair(Note(Honest, 20), other.Sign(LogKey).ToString()), "no signature is of a known key");
    }

    [Fact]
    public void An_honest_log_cannot_be_accused_with_a_made_up_past()
    {
        Digest invented = HashEngine.Sha256.Hash("invented"u8);
        for (int small = 1; small < 40; small++)
        {
            Digest[] proof = ConsistencyProof.Prove(Honest, small, 40, TreeHasher.Sha256);
            Digest[] others = ConsistencyProof.Prove(Forked, small, 40, TreeHasher.Sha256);
            Equivocation accusation = Pair(Note(Honest, small), Note(Honest, 40)) with { Earlier = invented };
            Refutes(accusation with { Proof = proof }, "");
            Refutes(accusation with { Proof = others }, "");
            Refutes(accusation with { Proof = [invented, .. proof] }, "");
            Refutes(accusation with { Proof = [] }, "");
            Refutes(accusation with { Earlier = null }, "");
        }
    }

    [Fact]
    public void Notes_in_the_wrong_order_are_refused()
    {
        Equivocation right = Past(Forked, 7, Honest, 31);
        Refutes(right with { First = right.Second, Second = right.First }, "larger than the second's");
        Refutes(Pair(Note(Honest, 20), Note(Forked, 20)) with { Earlier = Honest.RootAt(20) }, "no earlier root");
    }

    [Fact]
    public void Any_change_of_a_byte_is_refused_or_changes_nothing()
    {
        byte[] good = Past(Forked, 7, Honest, 31).ToBytes();
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte)
            .Sample(
                (at, value) =>
                {
                    byte[] bad = [.. good];
                    bad[at] = value;
                    try
                    {
                        Equivocation read = Equivocation.Parse(bad);
                        if (read.Proves(Log, out _))
                            Assert.Equal(good, read.ToBytes());
                    }
                    catch (TessraxException) { }
                },
                iter: 2_000
            );
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("")]
    [InlineData("""{"equivocation":"tessrax/equivocation/v2","hash":"sha256","first":"a","second":"b"}""")]
    [InlineData("""{"equivocation":"tessrax/equivocation/v1","hash":"md5","first":"a","second":"b"}""")]
    [InlineData("""{"equivocation":"tessrax/equivocation/v1","hash":"sha256","first":"a","second":"b","third":"c"}""")]
    [InlineData("""{"equivocation":"tessrax/equivocation/v1","hash":"sha256","first":"a","second":"b","shows":null}""")]
    public void What_has_another_form_is_not_read(string text) =>
        Assert.Throws<TessraxException>(() => Equivocation.Parse(Encoding.UTF8.GetBytes(text)));

    private static void Proves(Equivocation evidence) => Assert.True(evidence.Proves(Log, out string says), says);

    private static void Refutes(Equivocation evidence, string because)
    {
        Assert.False(evidence.Proves(Log, out string says));
        Assert.Contains(because, says, StringComparison.Ordinal);
    }

    private static Equivocation Pair(string first, string second) => new() { First = first, Second = second };

    private static Equivocation Past(MerkleTree small, int smallSize, MerkleTree large, int largeSize) =>
        Pair(Note(small, smallSize), Note(large, largeSize)) with
        {
            Earlier = large.RootAt(smallSize),
            Proof = ConsistencyProof.Prove(large, smallSize, largeSize, TreeHasher.Sha256),
        };

    private static string Note(MerkleTree tree, int size) =>
        new Checkpoint(Origin, new TreeHead(size, tree.RootAt(size))).Sign(LogKey).ToString();

    // Leaves 0 to 39, one of them changed.
    private static MerkleTree Tree(int size, int changed)
    {
        var tree = new MerkleTree(TreeHasher.Sha256);
        for (int i = 0; i < size; i++)
            tree.Append(TreeHasher.Sha256.Leaf([(byte)i, (byte)(i == changed ? 1 : 0)]));
        return tree;
    }
}
