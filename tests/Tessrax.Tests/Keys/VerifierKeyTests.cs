using System.Text.Json;
using Tessrax.Canonical;
using Tessrax.Keys;
using Xunit;

namespace Tessrax.Tests.Keys;

public sealed class VerifierKeyTests
{
    private const string Reference = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

    [Fact]
    public void Agrees_with_the_vectors()
    {
        using JsonDocument file = Vectors.Read("tlog", "vkeys.json");
        foreach (JsonElement test in file.RootElement.GetProperty("cases").EnumerateArray())
        {
            string text = test.GetProperty("vkey").GetString()!;
            bool read = VerifierKey.TryParse(text, out VerifierKey? key);
            Assert.True(read == test.GetProperty("ok").GetBoolean(), test.ToString());
            Assert.Equal(read ? text : null, key?.ToString());
        }
    }

    [Fact]
    public void Refuses_every_proper_part_of_a_vkey()
    {
        for (int from = 0; from <= Reference.Length; from++)
        {
            for (int length = 0; length <= Reference.Length - from; length++)
            {
                if (length < Reference.Length)
                    Assert.False(VerifierKey.TryParse(Reference.Substring(from, length), out _));
            }
        }
    }

    [Fact]
    public void Refuses_every_changed_character()
    {
        for (int i = 0; i < Reference.Length; i++)
        {
            foreach (char c in "+A/ =c0\n")
            {
                string changed = Reference[..i] + c + Reference[(i + 1)..];
                Assert.True(changed == Reference || !VerifierKey.TryParse(changed, out _), changed);
            }
        }
    }

    [Theory]
    [InlineData("PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")]
    [InlineData("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n")]
    [InlineData("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVk mqq/LDE4izWy10TW")]
    public void Refuses_other_spellings(string text)
    {
        Assert.False(VerifierKey.TryParse(text, out _));
        var error = Assert.Throws<TessraxException>(() => VerifierKey.Parse(text));
        Assert.Equal(ErrorCodes.BadKey, error.Code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a+b")]
    [InlineData("a\u00A0b")]
    [InlineData("a\u2028b")]
    [InlineData("a\u3000b")]
    [InlineData("a\u0085b")]
    [InlineData("a\nb")]
    [InlineData("a\u0001b")]
    public void Refuses_names_that_notes_do_not_allow(string name)
    {
        var error = Assert.Throws<TessraxException>(() => VerifierKey.Create(name, Samples.LogKey.PublicKey));
        Assert.Equal(ErrorCodes.BadKey, error.Code);
    }

    [Fact]
    public void Types_give_different_ids()
    {
        var witness = VerifierKey.Create(Samples.Origin, Samples.LogKey.PublicKey, VerifierKey.Ed25519Cosignature);
        Assert.NotEqual(Samples.Log.NoteId, witness.NoteId);
        Assert.NotEqual(Samples.Log, witness);
        Assert.Equal(witness, VerifierKey.Parse(witness.ToString()));
    }

    [Fact]
    public void A_cosignature_that_does_not_hold_says_no_time()
    {
        var witness = VerifierKey.Create("w.example", Samples.LogKey.PublicKey, VerifierKey.Ed25519Cosignature);
        NoteSignature line = Cosignature.Sign(Samples.Checkpoint, "w.example", Samples.LogKey, Samples.Noon);
        Assert.True(witness.Verify(Samples.Checkpoint.Body, line.Signature.Span, out UtcTime? time));
        Assert.Equal(Samples.Noon, time);
        Assert.False(witness.Verify(Samples.Checkpoint.Body + "more\n", line.Signature.Span, out time));
        Assert.Null(time);
    }
}
