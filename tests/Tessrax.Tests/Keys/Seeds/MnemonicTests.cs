using System.Text;
using System.Text.Json;
using CsCheck;
using Tessrax.Keys;
using Xunit;

namespace Tessrax.Tests.Keys.Seeds;

public sealed class MnemonicTests
{
    private const string Zeros =
        "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";

    [Fact]
    public void Agrees_with_the_vectors_of_bip_39()
    {
        using JsonDocument file = Vectors.Read("kdf", "bip39.json");
        byte[] passphrase = Samples.Bytes(file.RootElement.GetProperty("passphrase").GetString()!);
        Assert.Equal(24, file.RootElement.GetProperty("cases").GetArrayLength());
        foreach (JsonElement vector in file.RootElement.GetProperty("cases").EnumerateArray())
        {
            byte[] words = Samples.Bytes(vector.GetProperty("mnemonic").GetString()!);
            using Mnemonic read = Mnemonic.Parse(words);
            Assert.Equal(Vectors.Hex(vector, "entropy"), read.Entropy.ToArray());
            Assert.Equal(Vectors.Hex(vector, "seed"), read.ToSeed(passphrase));
            using Mnemonic made = Mnemonic.FromEntropy(Vectors.Hex(vector, "entropy"));
            Assert.Equal(words, made.ToBytes());
        }
    }

    [Fact]
    public void Every_secret_of_every_length_is_read_back() =>
        Gen
            .Byte.Array[32]
            .Select(Gen.Int[4, 8], (bytes, quarters) => bytes[..(4 * quarters)])
            .Sample(entropy =>
            {
                using Mnemonic made = Mnemonic.FromEntropy(entropy);
                using Mnemonic read = Mnemonic.Parse(made.ToBytes());
                return read.Entropy.SequenceEqual(entropy) && read.WordCount == entropy.Length * 3 / 4;
            });

    [Fact]
    public void White_space_and_upper_case_make_no_difference()
    {
        using Mnemonic read = Mnemonic.Parse(
            Samples.Bytes("\n\tABANDON " + Zeros["abandon ".Length..].Replace(" ", " \r\n ", StringComparison.Ordinal))
        );
        Assert.Equal(Zeros, Encoding.ASCII.GetString(read.ToBytes()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("abandon")]
    [InlineData("abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon")]
    [InlineData(Zeros + " abandon")]
    [InlineData(Zeros + " " + Zeros + " abandon")]
    public void Refuses_another_number_of_words(string text) => Refused(ErrorCodes.BadMnemonic, text);

    [Theory]
    [InlineData("abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon")]
    [InlineData("about abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon")]
    [InlineData("zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo")]
    public void Refuses_a_checksum_that_does_not_hold(string text) =>
        Assert.Contains("checksum", Refused(ErrorCodes.BadMnemonic, text).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(1, "Abandom")]
    [InlineData(7, "aban")]
    [InlineData(12, "aboutt")]
    [InlineData(12, "caf\u00e9")]
    [InlineData(3, "abandon,")]
    [InlineData(3, "z")]
    [InlineData(3, "\0")]
    public void Names_a_word_that_is_not_in_the_list_by_its_place_alone(int place, string wrong)
    {
        string[] words = Zeros.Split(' ');
        words[place - 1] = wrong;
        TessraxException error = Refused(ErrorCodes.UnknownWord, string.Join(' ', words));
        Assert.Equal($"word {place} is not in the word list of BIP-39", error.Message);
    }

    // The same words written with another letter here and there are errors of all kinds.
    [Fact]
    public void No_error_holds_a_word_of_the_phrase()
    {
        string[] secret = Encoding.ASCII.GetString(Made().ToBytes()).Split(' ');
        for (int place = 0; place < secret.Length; place++)
        {
            foreach (string instead in (string[])["zebra", "zzz", secret[place] + "x", secret[(place + 1) % 24], ""])
            {
                string[] words = [.. secret];
                words[place] = instead;
                try
                {
                    Mnemonic.Parse(Samples.Bytes(string.Join(' ', words))).Dispose();
                }
                catch (TessraxException e)
                {
                    string[] said = $"{e.Message} {e.Hint} {e.Path}".Split([' ', ',', ':', '.']);
                    // Words of the sentence itself that happen to be in the list.
                    string[] sentence = ["word", "list", "another", "two", "place", "all", "that", "four", "first"];
                    Assert.DoesNotContain(said.Intersect(words.Concat(secret)).Except(sentence), w => w.Length > 0);
                }
            }
        }
    }

    [Fact]
    public void Another_passphrase_gives_another_seed_and_one_beyond_ascii_none()
    {
        using Mnemonic mnemonic = Made();
        Assert.NotEqual(mnemonic.ToSeed(default), mnemonic.ToSeed("a"u8));
        var error = Assert.Throws<TessraxException>(() => mnemonic.ToSeed("caf\u00e9"u8));
        Assert.Equal(ErrorCodes.SeedPassphrase, error.Code);
    }

    [Fact]
    public void Says_how_many_words_it_has_and_nothing_of_them()
    {
        using Mnemonic mnemonic = Made();
        Assert.Equal("a mnemonic of 24 words", mnemonic.ToString());
    }

    [Fact]
    public void Forgets_its_secret()
    {
        Mnemonic mnemonic = Made();
        mnemonic.Dispose();
        Assert.Equal(new byte[32], mnemonic.Entropy.ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(12)]
    [InlineData(17)]
    [InlineData(36)]
    public void Is_made_of_no_other_number_of_bytes(int size) =>
        Assert.Throws<ArgumentException>(() => Mnemonic.FromEntropy(new byte[size]));

    private static Mnemonic Made() => Mnemonic.FromEntropy([.. Enumerable.Range(100, 32).Select(i => (byte)i)]);

    private static TessraxException Refused(ErrorCode code, string text)
    {
        var error = Assert.Throws<TessraxException>(() => Mnemonic.Parse(Samples.Bytes(text)));
        Assert.Equal(code, error.Code);
        return error;
    }
}
