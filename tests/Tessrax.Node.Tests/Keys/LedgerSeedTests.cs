using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Node.Keys;
using Xunit;

namespace Tessrax.Node.Tests.Keys;

public sealed class LedgerSeedTests : IDisposable
{
    private static readonly KdfCost Cheap = new(8, 1);

    private readonly LedgerSeed seed = Seed(3);

    public void Dispose() => seed.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(63)]
    public void Finds_a_key_of_its_own_among_those_that_followed_one_another(int generation)
    {
        Assert.Equal(generation, seed.GenerationOf(KeyPurpose.Log, KeyOf(seed, KeyPurpose.Log, generation)));
        byte[] file = seed.Encrypt(Key(KeyPurpose.Log, generation), "open sesame"u8, SystemRandom.Fill, Cheap);
        KeyFileInfo info = KeyFile.ReadPublic(file);
        Assert.Equal((TestLedger.Origin, KeyPurpose.Log), (info.Name, info.Purpose));
        using PrivateKey opened = KeyFile.Decrypt(file, "open sesame"u8);
        Assert.Equal(KeyOf(seed, KeyPurpose.Log, generation), opened.PublicKey);
    }

    [Fact]
    public void Finds_no_key_of_another_purpose_ledger_or_seed_nor_beyond_the_last()
    {
        using LedgerSeed other = Seed(4);
        PublicKey[] strangers =
        [
            KeyOf(seed, KeyPurpose.Author, 0),
            KeyOf(seed, KeyPurpose.Log, LedgerSeed.MaxGenerations),
            KeyOf(other, KeyPurpose.Log, 0),
            TestLedger.Keys().Log.PublicKey,
        ];
        Assert.All(strangers, key => Assert.Null(seed.GenerationOf(KeyPurpose.Log, key)));
        var error = Assert.Throws<TessraxException>(() =>
            other.Encrypt(Key(KeyPurpose.Log, 0), "open sesame"u8, SystemRandom.Fill, Cheap)
        );
        Assert.Equal(ErrorCodes.OtherSeed, error.Code);
        Assert.Contains("ledger 4", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Gives_the_next_key_that_is_not_known_and_none_after_the_last()
    {
        HashSet<Digest> known =
        [
            KeyOf(seed, KeyPurpose.Author, 0).Id,
            KeyOf(seed, KeyPurpose.Author, 1).Id,
            KeyOf(seed, KeyPurpose.Author, 3).Id,
        ];
        Assert.Equal(2, seed.FirstUnlike(KeyPurpose.Author, known));
        Assert.Equal(0, seed.FirstUnlike(KeyPurpose.Log, known));
        known.UnionWith(
            Enumerable.Range(0, LedgerSeed.MaxGenerations).Select(i => KeyOf(seed, KeyPurpose.Author, i).Id)
        );
        var error = Assert.Throws<TessraxException>(() => seed.FirstUnlike(KeyPurpose.Author, known));
        Assert.Equal(ErrorCodes.OtherSeed, error.Code);
    }

    [Fact]
    public void Says_where_a_key_lies() =>
        Assert.Equal("m/5526360'/4'/3'/9'", seed.PathOf(KeyPurpose.Witness, 9).ToString());

    private static LedgerSeed Seed(int ledger) => new(DerivedKey.FromSeed(new byte[64]), ledger);

    private static PublicKey KeyOf(LedgerSeed from, KeyPurpose purpose, int generation)
    {
        using DerivedKey derived = from.Key(purpose, generation);
        using PrivateKey key = derived.ToPrivateKey();
        return key.PublicKey;
    }

    private LedgerKey Key(KeyPurpose purpose, int generation) =>
        new(TestLedger.Origin, purpose, VerifierKey.Create(TestLedger.Origin, KeyOf(seed, purpose, generation)), [], 0);
}
