using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Tests.Governance;
using Xunit;

namespace Tessrax.Tests.Ledger;

/// <summary>The checker that remembers a batch's tree answers as one that remembers nothing, whatever it has seen before.</summary>
public sealed class SealCheckerTests
{
    private static readonly PrivateKey Author = FoldLedger.Author;
    private static readonly Digest LedgerId = HashEngine.Sha256.Hash("ledger"u8);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(16)]
    [InlineData(37)]
    [InlineData(256)]
    [InlineData(2048)]
    public void Every_body_of_a_batch_holds_in_any_order(int size)
    {
        Sealed[] batch = [.. Make(size, "a")];
        var checker = new SealChecker();
        foreach (Sealed one in batch)
            Assert.True(Holds(checker, one));
        var random = new Random(3);
        for (int i = 0; i < 50; i++)
            Assert.True(Holds(checker, batch[random.Next(size)]));
    }

    [Fact]
    public void Forgeries_among_what_holds_are_refused_as_without_memory()
    {
        Sealed[] one = [.. Make(16, "a")];
        Sealed[] other = [.. Make(16, "b")];
        Sealed[] odd = [.. Make(11, "c")];
        var random = new Random(20260408);
        var checker = new SealChecker();
        int held = 0;
        for (int round = 0; round < 4000; round++)
        {
            Sealed[] from = (round / 50 % 3) switch
            {
                0 => one,
                1 => other,
                _ => odd,
            };
            Sealed tried = from[random.Next(from.Length)];
            if (random.Next(2) == 0)
                tried = Forge(tried, one[random.Next(16)], random);
            bool expected = Holds(new SealChecker(), tried);
            Assert.Equal(expected, Holds(checker, tried));
            held += expected ? 1 : 0;
        }
        Assert.InRange(held, 1000, 3500);
    }

    private sealed record Sealed(int Position, int Size, Digest[] Path, Digest Body, byte[] Signature);

    private static bool Holds(SealChecker checker, Sealed one)
    {
        byte[] text = new byte[SealPath.MaxText];
        var path = new SealPath(text.AsSpan(0, SealPath.Write(one.Path, text)));
        return checker.Holds(LedgerId, Author.PublicKey, (one.Position, one.Size), path, one.Body, one.Signature);
    }

    private static Sealed Forge(Sealed real, Sealed other, Random random)
    {
        Digest[] path = [.. real.Path];
        if (path.Length > 0)
            path[random.Next(path.Length)] = random.Next(2) == 0 ? other.Path[0] : other.Body;
        return random.Next(7) switch
        {
            0 => real with { Body = other.Body },
            1 => real with { Position = random.Next(real.Size) },
            2 => real with { Path = path },
            3 => real with { Path = real.Path[..^1] },
            4 => real with { Signature = other.Signature },
            5 => real with { Size = 16, Position = real.Position },
            _ => real with { Path = [.. real.Path, other.Body] },
        };
    }

    private static IEnumerable<Sealed> Make(int size, string name)
    {
        Digest[] bodies =
        [
            .. Enumerable
                .Range(0, size)
                .Select(i => HashEngine.Sha256.Hash(System.Text.Encoding.ASCII.GetBytes($"{name}{i}"))),
        ];
        var tree = new MerkleTree(TreeHasher.Sha256);
        foreach (Digest body in bodies)
            tree.Append(Seal.LeafOf(body));
        byte[] signature = Author.Sign(Seal.SignedBytes(LedgerId, Author.PublicKey.Id, size, tree.Root()));
        return bodies.Select(
            (body, i) => new Sealed(i, size, InclusionProof.Prove(tree, size, i, TreeHasher.Sha256), body, signature)
        );
    }
}
