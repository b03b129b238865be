using System.Text;
using System.Text.Json;
using CsCheck;
using Tessrax.Keys;
using Xunit;

namespace Tessrax.Tests.Keys;

public sealed class SignedNoteTests
{
    private const string Text = "one line\n\nand another: \u00E8\n";

    private static SignedNote Note => SignedNote.Sign(Text, Samples.Origin, Samples.LogKey);

    [Fact]
    public void Agrees_with_the_vectors()
    {
        using JsonDocument file = Vectors.Read("tlog", "notes.json");
        int valid = 0;
        foreach (JsonElement test in file.RootElement.EnumerateArray())
        {
            byte[] bytes = Samples.Bytes(test.GetProperty("note").GetString()!);
            var note = SignedNote.Parse(bytes);
            Assert.Equal(bytes, note.ToBytes());
            if (test.TryGetProperty("checkpoint", out JsonElement head))
                AssertCheckpoint(head, note);
            if (test.GetProperty("expect").GetString() == "parse-only")
                continue;
            Assert.Equal("valid", test.GetProperty("expect").GetString());
            Assert.True(note.TryVerify(VerifierKey.Parse(test.GetProperty("vkey").GetString()!)), test.ToString());
            Assert.False(note.TryVerify(Samples.Log));
            valid++;
        }
        Assert.Equal(2, valid);
    }

    [Fact]
    public void Signs_the_very_notes_of_the_vectors()
    {
        using JsonDocument file = Vectors.Read("tlog", "note-signing.json");
        int signed = 0;
        foreach (JsonElement test in file.RootElement.GetProperty("cases").EnumerateArray())
        {
            byte[] encoded = test.GetProperty("skey_encoded_payload_b64").GetBytesFromBase64();
            Assert.Equal(1, encoded[0]);
            using var key = PrivateKey.FromSeed(encoded.AsSpan(1));
            string name = test.GetProperty("name").GetString()!;
            var note = SignedNote.Sign(test.GetProperty("text").GetString()!, name, key);
            Assert.Equal(test.GetProperty("note").GetString(), note.ToString());
            Assert.Equal(test.GetProperty("vkey").GetString(), VerifierKey.Create(name, key.PublicKey).ToString());
            signed++;
        }
        Assert.Equal(2, signed);
    }

    [Fact]
    public void Verifies_and_reads_back_what_it_signed()
    {
        var read = SignedNote.Parse(Note.ToBytes());
        Assert.Equal(Note, read);
        Assert.Equal(Text, read.Text);
        Assert.True(read.Verify([Samples.Log], out IReadOnlyList<VerifiedSignature> verified, out string reason));
        Assert.Equal("", reason);
        Assert.Equal([new VerifiedSignature(Samples.Log, null)], verified);
    }

    [Fact]
    public void No_changed_byte_is_accepted()
    {
        byte[] bytes = Note.ToBytes();
        for (int i = 0; i < bytes.Length; i++)
        {
            for (int flip = 1; flip < 256; flip++)
            {
                byte[] changed = [.. bytes];
                changed[i] ^= (byte)flip;
                bool accepted =
                    SignedNote.TryParse(changed, out SignedNote? note, out _) && note.TryVerify(Samples.Log);
                Assert.False(accepted, $"byte {i} changed by {flip:x2}");
            }
        }
    }

    [Fact]
    public void No_shortened_or_lengthened_note_is_accepted()
    {
        byte[] bytes = Note.ToBytes();
        for (int length = 0; length < bytes.Length; length++)
            Assert.False(SignedNote.TryParse(bytes.AsSpan(0, length), out _, out _), $"cut to {length}");
        Assert.False(SignedNote.TryParse([.. bytes, (byte)'\n'], out _, out _));
        Assert.False(SignedNote.TryParse([.. bytes, (byte)'a', (byte)'\n'], out _, out _));
    }

    [Fact]
    public void What_is_read_is_written_the_same()
    {
        // Notes with one piece replaced by noise: whatever still is a note must give its own bytes back.
        string[] noise = ["\n", "\n\n", "\u2014 ", " ", "+", "=", "A", "\u00E8", "\u2014 a AAAAAAA=\n", "\u2028"];
        Gen.Select(Gen.Int[0, Note.ToString().Length - 1], Gen.Int[0, 3], Gen.Int[0, noise.Length - 1])
            .Sample(
                (at, cut, with) =>
                {
                    string whole = Note.ToString();
                    string changed = whole[..at] + noise[with] + whole[Math.Min(at + cut, whole.Length)..];
                    byte[] bytes = Encoding.UTF8.GetBytes(changed);
                    return !SignedNote.TryParse(bytes, out SignedNote? note, out _)
                        || note.ToBytes().AsSpan().SequenceEqual(bytes);
                },
                iter: 5_000
            );
    }

    [Theory]
    [InlineData("")]
    [InlineData("no line feed")]
    [InlineData("a tab\t\n")]
    [InlineData("a return\r\n")]
    [InlineData("a null\0\n")]
    public void Refuses_to_sign_what_is_no_text(string text)
    {
        var error = Assert.Throws<TessraxException>(() => SignedNote.Sign(text, Samples.Origin, Samples.LogKey));
        Assert.Equal(ErrorCodes.BadNote, error.Code);
    }

    // Not a row above: attributes are stored in UTF-8, which cannot hold it.
    [Fact]
    public void Refuses_half_of_a_surrogate_pair()
    {
        string half = "half \uD83D\n";
        Assert.Throws<TessraxException>(() => SignedNote.Sign(half, Samples.Origin, Samples.LogKey));
        Assert.Throws<TessraxException>(() => VerifierKey.Create("half\uD83D", Samples.LogKey.PublicKey));
        Assert.Throws<TessraxException>(() => Origins.Check("half\uDC00"));
        Assert.False(VerifierKey.TryParse("half\uD83D+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", out _));
        Assert.False(
            Checkpoint.TryParseBody(
                Samples.Checkpoint.Body.Replace("example", "\uD83D", StringComparison.Ordinal),
                out _
            )
        );
        Assert.Throws<TessraxException>(() => TlogPolicy.Parse("# \uD83D\nquorum none\n"));
    }

    [Fact]
    public void Refuses_to_sign_too_large_a_text()
    {
        string text = new string('a', SignedNote.MaxBytes) + "\n";
        var error = Assert.Throws<TessraxException>(() => SignedNote.Sign(text, Samples.Origin, Samples.LogKey));
        Assert.Equal(ErrorCodes.BadNote, error.Code);
    }

    [Theory]
    [InlineData("text\n", "no signatures after a blank line")]
    [InlineData("text\n\n", "no signatures after a blank line")]
    [InlineData("text\n\n\u2014 a AAAAAAA=", "line feed")]
    [InlineData("text\n\n- a AAAAAAA=\n", "line 1")]
    [InlineData("text\n\n\u2014  AAAAAAA=\n", "line 1")]
    [InlineData("text\n\n\u2014 a+b AAAAAAA=\n", "line 1")]
    [InlineData("text\n\n\u2014 a\u00A0b AAAAAAA=\n", "line 1")]
    [InlineData("text\n\n\u2014 a AAAA\n", "line 1")]
    [InlineData("text\n\n\u2014 a AAAAAA==\n", "line 1")]
    [InlineData("text\n\n\u2014 a AAAAAAB=\n", "line 1")]
    [InlineData("text\n\n\u2014 a AAAAAAA=\n\u2014 b AAAAAAA\n", "line 2")]
    [InlineData("te\u0007xt\n\n\u2014 a AAAAAAA=\n", "control character")]
    public void Refuses_what_is_not_a_note(string text, string because)
    {
        Assert.False(SignedNote.TryParse(Samples.Bytes(text), out _, out string reason));
        Assert.Contains(because, reason, StringComparison.Ordinal);
        var error = Assert.Throws<TessraxException>(() => SignedNote.Parse(Samples.Bytes(text)));
        Assert.Equal(ErrorCodes.BadNote, error.Code);
    }

    [Fact]
    public void Refuses_what_is_not_utf8()
    {
        byte[] bytes = [.. "text "u8, 0xC0, 0x80, .. "\n\n"u8, .. Samples.Bytes("\u2014 a AAAAAAA=\n")];
        Assert.False(SignedNote.TryParse(bytes, out _, out string reason));
        Assert.Contains("UTF-8", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Accepts_100_signatures_and_refuses_101()
    {
        SignedNote note = Note;
        for (uint i = 1; i < SignedNote.MaxSignatures; i++)
            note = note.With(new NoteSignature("stranger", i, new byte[64]));
        Assert.True(SignedNote.Parse(note.ToBytes()).TryVerify(Samples.Log));
        var more = new NoteSignature("stranger", 0, new byte[64]);
        Assert.Throws<TessraxException>(() => note.With(more));
        Assert.False(SignedNote.TryParse(Samples.Bytes($"{note}{more}\n"), out _, out _));
    }

    [Fact]
    public void Refuses_more_than_a_mebibyte()
    {
        string signature = "\n\n\u2014 a AAAAAAA=\n";
        string text = new('a', SignedNote.MaxBytes - Samples.Bytes(signature).Length);
        Assert.True(SignedNote.TryParse(Samples.Bytes(text + signature), out _, out _));
        Assert.False(SignedNote.TryParse(Samples.Bytes("a" + text + signature), out _, out _));
    }

    [Fact]
    public void Ignores_unknown_names_and_ids()
    {
        NoteSignature own = Note.Signatures[0];
        SignedNote note = Note.With(own with { Name = "example.com/other" }).With(own with { KeyId = own.KeyId + 1 });
        Assert.True(note.Verify([Samples.Log], out IReadOnlyList<VerifiedSignature> verified, out _));
        Assert.Single(verified);
    }

    [Fact]
    public void A_known_key_that_fails_refuses_the_whole_note()
    {
        NoteSignature own = Note.Signatures[0];
        SignedNote note = Note.With(own with { Signature = new byte[64] });
        Assert.False(note.Verify([Samples.Log], out IReadOnlyList<VerifiedSignature> verified, out string reason));
        Assert.Empty(verified);
        Assert.Contains(Samples.Origin, reason, StringComparison.Ordinal);
    }

    [Fact]
    public void One_key_that_signs_twice_is_reported_once()
    {
        SignedNote note = Note.With(Note.Signatures[0]);
        Assert.True(note.Verify([Samples.Log, Samples.Log], out IReadOnlyList<VerifiedSignature> verified, out _));
        Assert.Single(verified);
    }

    [Fact]
    public void Refuses_a_note_of_strangers()
    {
        using PrivateKey other = Samples.Key(2);
        var known = VerifierKey.Create(Samples.Origin, other.PublicKey);
        Assert.False(Note.Verify([known], out _, out string reason));
        Assert.Contains("no signature is of a known key", reason, StringComparison.Ordinal);
        Assert.False(Note.Verify([], out _, out _));
    }

    [Fact]
    public void Keeps_the_lines_of_the_keys_that_are_asked_for_alone()
    {
        using PrivateKey second = Samples.Key(2);
        NoteSignature other = SignedNote.Sign(Text, "example.com/other", second).Signatures[0];
        NoteSignature sameName = SignedNote.Sign(Text, Samples.Origin, second).Signatures[0];
        SignedNote all = Note.With(other).With(sameName);
        Assert.Equal(Note, all.Only([Samples.Log]));
        var second1 = VerifierKey.Create("example.com/other", second.PublicKey);
        Assert.Equal([Note.Signatures[0], other], all.Only([second1, Samples.Log]).Signatures);
        var stranger = VerifierKey.Create("example.com/stranger", second.PublicKey);
        Assert.Equal(ErrorCodes.BadNote, Assert.Throws<TessraxException>(() => all.Only([stranger])).Code);
        Assert.Equal(ErrorCodes.BadNote, Assert.Throws<TessraxException>(() => all.Only([])).Code);
    }

    [Fact]
    public void Misuse_is_named_by_its_argument()
    {
        Named("text", () => SignedNote.Sign(null!, Samples.Origin, Samples.LogKey));
        Named("key", () => SignedNote.Sign(Text, Samples.Origin, null!));
        Named("keys", () => Note.Only(null!));
        Named("accepted", () => Cosignature.Sign((AddCheckpointRequest)null!, Samples.Origin, Samples.LogKey, default));

        static void Named(string argument, Func<object> call) =>
            Assert.Equal(argument, Assert.Throws<ArgumentNullException>(call).ParamName);
    }

    [Fact]
    public void Pairs_of_surrogates_are_text()
    {
        const string text = "a\U0001F512\U0001F511b\n";
        var note = SignedNote.Sign(text, Samples.Origin, Samples.LogKey);
        Assert.Equal(text, SignedNote.Parse(note.ToBytes()).Text);
        Assert.Throws<TessraxException>(() => SignedNote.Sign("\U0001F512\uDD12\n", Samples.Origin, Samples.LogKey));
    }

    private static void AssertCheckpoint(JsonElement head, SignedNote note)
    {
        var checkpoint = Checkpoint.ParseBody(note.Text);
        Assert.Equal(head.GetProperty("origin").GetString(), checkpoint.Origin);
        Assert.Equal(head.GetProperty("size").GetInt64(), checkpoint.Head.Size);
        Assert.Equal(head.GetProperty("root_b64").GetString(), checkpoint.Head.Root.ToBase64());
    }
}
