using System.Buffers.Binary;
using Tessrax.Canonical;
using Tessrax.Keys;
using Xunit;

namespace Tessrax.Tests.Keys;

public sealed class CosignatureTests
{
    private static readonly PrivateKey Key = Samples.Key(11);

    private static readonly VerifierKey Witness = VerifierKey.Create(
        "w.example",
        Key.PublicKey,
        VerifierKey.Ed25519Cosignature
    );

    [Fact]
    public void Signs_time_and_body()
    {
        NoteSignature line = Cosignature.Sign(Samples.Checkpoint, Witness.Name, Key, Samples.Noon);
        long seconds = Samples.Noon.ToDateTimeOffset().ToUnixTimeSeconds();
        Assert.Equal(72, line.Signature.Length);
        Assert.Equal((ulong)seconds, BinaryPrimitives.ReadUInt64BigEndian(line.Signature.Span));
        byte[] message = Samples.Bytes($"cosignature/v1\ntime {seconds}\n{Samples.Checkpoint.Body}");
        Assert.True(Key.PublicKey.Verify(message, line.Signature.Span[8..]));
        Assert.True(Note(line).Verify([Witness], out IReadOnlyList<VerifiedSignature> verified, out _));
        Assert.Equal([new VerifiedSignature(Witness, Samples.Noon)], verified);
    }

    [Fact]
    public void No_changed_byte_is_accepted()
    {
        NoteSignature line = Cosignature.Sign(Samples.Checkpoint, Witness.Name, Key, Samples.Noon);
        for (int i = 0; i < line.Signature.Length; i++)
        {
            byte[] changed = line.Signature.ToArray();
            changed[i] ^= 1;
            Assert.False(Note(line with { Signature = changed }).TryVerify(Witness), $"byte {i}");
        }
        Assert.False(Note(line with { Signature = line.Signature[8..] }).TryVerify(Witness));
        Assert.False(Note(line with { Signature = line.Signature[..71] }).TryVerify(Witness));
    }

    [Theory]
    [InlineData(0UL, true)]
    [InlineData(253402300799UL, true)]
    [InlineData(253402300800UL, false)]
    [InlineData(ulong.MaxValue, false)]
    public void Times_stay_within_year_9999(ulong seconds, bool accepted)
    {
        var blob = new byte[72];
        BinaryPrimitives.WriteUInt64BigEndian(blob, seconds);
        Key.Sign(Samples.Bytes($"cosignature/v1\ntime {seconds}\n{Samples.Checkpoint.Body}")).CopyTo(blob, 8);
        Assert.Equal(accepted, Note(new NoteSignature(Witness.Name, Witness.NoteId, blob)).TryVerify(Witness));
    }

    [Fact]
    public void Does_not_sign_times_before_1970()
    {
        var time = UtcTime.From(DateTimeOffset.UnixEpoch - TimeSpan.FromSeconds(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Cosignature.Sign(Samples.Checkpoint, Witness.Name, Key, time));
    }

    // The cosignature of a key is no plain signature of it, whatever type the verifier takes it for.
    [Fact]
    public void Types_do_not_pass_for_each_other()
    {
        NoteSignature line = Cosignature.Sign(Samples.Checkpoint, Witness.Name, Key, Samples.Noon);
        var plain = VerifierKey.Create(Witness.Name, Key.PublicKey);
        Assert.False(Note(line).TryVerify(plain));
        Assert.False(Note(line with { KeyId = plain.NoteId }).TryVerify(plain));
        Assert.False(Note(line with { KeyId = plain.NoteId, Signature = line.Signature[8..] }).TryVerify(plain));
    }

    private static SignedNote Note(NoteSignature line) =>
        SignedNote.Parse(Samples.Bytes($"{Samples.Checkpoint.Body}\n{line}\n"));
}
