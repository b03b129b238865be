using System.Text.Json;
using Tessrax.Keys;
using Xunit;

namespace Tessrax.Tests.Keys.Seeds;

public sealed class DerivedKeyTests
{
    [Fact]
    public void Agrees_with_the_vectors_of_slip_0010()
    {
        using JsonDocument file = Vectors.Read("kdf", "slip10.json");
        int compared = 0;
        foreach (JsonElement vector in file.RootElement.GetProperty("vectors").EnumerateArray())
        {
            using DerivedKey master = DerivedKey.FromSeed(Vectors.Hex(vector, "seed"));
            foreach (JsonElement chain in vector.GetProperty("chains").EnumerateArray())
            {
                using DerivedKey key = master.At(DerivationPath.Parse(chain.GetProperty("path").GetString()!));
                Assert.Equal(Vectors.Hex(chain, "private"), key.Secret.ToArray());
                Assert.Equal(Vectors.Hex(chain, "chain_code"), key.ChainCode.ToArray());
                using PrivateKey privateKey = key.ToPrivateKey();
                // SLIP-0010 writes a zero byte before a key of Ed25519.
                Assert.Equal(Vectors.Hex(chain, "public")[1..], privateKey.PublicKey.Span.ToArray());
                compared++;
            }
        }
        Assert.Equal(12, compared);
    }

    [Fact]
    public void Agrees_with_the_keys_of_the_specification()
    {
        using JsonDocument file = Vectors.Read("kdf", "keys.json");
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonElement set in file.RootElement.GetProperty("seeds").EnumerateArray())
        {
            using Mnemonic mnemonic = Mnemonic.Parse(Samples.Bytes(set.GetProperty("mnemonic").GetString()!));
            byte[] seed = mnemonic.ToSeed(Samples.Bytes(set.GetProperty("passphrase").GetString()!));
            Assert.Equal(Vectors.Hex(set, "seed"), seed);
            using DerivedKey master = DerivedKey.FromSeed(seed);
            foreach (JsonElement wanted in set.GetProperty("keys").EnumerateArray())
                Assert.True(ids.Add(Compare(master, wanted)), "two purposes, ledgers or generations share a key");
        }
        Assert.Equal(2 * 4 * KeyPurposes.All.Count, ids.Count);
    }

    [Fact]
    public void A_key_below_is_reached_in_one_step_or_in_many()
    {
        using DerivedKey master = DerivedKey.FromSeed(new byte[64]);
        using DerivedKey whole = master.At(DerivationPath.Parse("m/1'/2'/3'"));
        using DerivedKey first = master.At(DerivationPath.Parse("m/1'"));
        using DerivedKey rest = first.At(DerivationPath.Parse("m/2'/3'"));
        Assert.Equal(whole.Secret.ToArray(), rest.Secret.ToArray());
        Assert.Equal(whole.ChainCode.ToArray(), rest.ChainCode.ToArray());
    }

    [Fact]
    public void Forgets_its_secret()
    {
        DerivedKey key = DerivedKey.FromSeed(new byte[64]);
        key.Dispose();
        Assert.Equal(new byte[32], key.Secret.ToArray());
        Assert.Equal(new byte[32], key.ChainCode.ToArray());
    }

    [Theory]
    [InlineData(15)]
    [InlineData(65)]
    public void Is_derived_from_no_seed_of_another_length(int size) =>
        Assert.Throws<ArgumentException>(() => DerivedKey.FromSeed(new byte[size]));

    [Theory]
    [InlineData("m")]
    [InlineData("m/0'")]
    [InlineData("m/5526360'/4'/2147483647'/0'")]
    public void A_path_has_one_form(string text) => Assert.Equal(text, DerivationPath.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("M")]
    [InlineData("m/")]
    [InlineData("/0'")]
    [InlineData("m/0")]
    [InlineData("m/0h")]
    [InlineData("m/0''")]
    [InlineData("m/00'")]
    [InlineData("m/-1'")]
    [InlineData("m/+1'")]
    [InlineData("m/ 1'")]
    [InlineData("m/1' ")]
    [InlineData("m/2147483648'")]
    [InlineData("m/1'/")]
    [InlineData("m//1'")]
    public void A_path_of_another_form_is_refused(string text) =>
        Assert.Equal(ErrorCodes.BadValue, Assert.Throws<TessraxException>(() => DerivationPath.Parse(text)).Code);

    [Fact]
    public void A_path_has_an_end()
    {
        string deepest = "m" + string.Concat(Enumerable.Repeat("/7'", DerivationPath.MaxDepth));
        Assert.Equal(deepest, DerivationPath.Parse(deepest).ToString());
        Assert.Throws<TessraxException>(() => DerivationPath.Parse(deepest + "/7'"));
    }

    private static string Compare(DerivedKey master, JsonElement wanted)
    {
        KeyPurpose purpose = KeyPurposes.Parse(wanted.GetProperty("purpose").GetString()!);
        var path = DerivationPath.Of(
            purpose,
            wanted.GetProperty("ledger").GetInt32(),
            wanted.GetProperty("generation").GetInt32()
        );
        Assert.Equal(wanted.GetProperty("path").GetString(), path.ToString());
        using DerivedKey derived = master.At(path);
        Assert.Equal(Vectors.Hex(wanted, "secret"), derived.Secret.ToArray());
        using PrivateKey key = derived.ToPrivateKey();
        Assert.Equal(Vectors.Hex(wanted, "public"), key.PublicKey.Span.ToArray());
        string vkey = wanted.GetProperty("vkey").GetString()!;
        byte type = purpose == KeyPurpose.Witness ? VerifierKey.Ed25519Cosignature : VerifierKey.Ed25519;
        Assert.Equal(vkey, VerifierKey.Create(vkey[..vkey.IndexOf('+')], key.PublicKey, type).ToString());
        Assert.Equal(wanted.GetProperty("key").GetString(), key.PublicKey.Id.ToString());
        return key.PublicKey.Id.ToString();
    }
}
