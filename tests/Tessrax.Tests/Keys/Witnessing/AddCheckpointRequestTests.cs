using Tessrax.Hashing;
using Tessrax.Keys;
using Xunit;

namespace Tessrax.Tests.Keys;

public sealed class AddCheckpointRequestTests
{
    private static readonly SignedNote Note = Samples.Checkpoint.Sign(Samples.LogKey);

    private static readonly string Hash = default(Digest).ToBase64();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    public void Reads_what_it_writes(int hashes)
    {
        Digest[] proof = [.. Enumerable.Range(0, hashes).Select(i => HashEngine.Sha256.Hash([(byte)i]))];
        var request = AddCheckpointRequest.Create(long.MaxValue, proof, Note);
        byte[] bytes = request.ToBytes();
        Assert.True(AddCheckpointRequest.TryParse(bytes, out AddCheckpointRequest? read, out _));
        Assert.Equal(request, read);
        Assert.Equal(proof, read.Proof);
        Assert.Equal(Samples.Checkpoint, read.Says);
        Assert.Equal(bytes, read.ToBytes());
    }

    [Theory]
    [InlineData("")]
    [InlineData("old 0")]
    [InlineData("old 0\n")]
    [InlineData("old 00\n\n")]
    [InlineData("old 01\n\n")]
    [InlineData("old +1\n\n")]
    [InlineData("old -1\n\n")]
    [InlineData("old 1 \n\n")]
    [InlineData("old  1\n\n")]
    [InlineData("old 1\0\n\n")]
    [InlineData("old \n\n")]
    [InlineData("old 1\r\n\r\n")]
    [InlineData("old 9223372036854775808\n\n")]
    [InlineData("Old 1\n\n")]
    [InlineData("1\n\n")]
    [InlineData("\n")]
    [InlineData("old 1\nAAAA\n\n")]
    [InlineData("old 1\n \n\n")]
    [InlineData("old 1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=\n\n")]
    [InlineData("old 1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n\n")]
    [InlineData("old 1\n\u00e9\n\n")]
    [InlineData("old 1\n\n\n")]
    public void Refuses_any_other_head(string head) => Refused(head + Note);

    [Fact]
    public void Refuses_more_than_63_hashes_and_more_than_64_KiB()
    {
        string lines(int count) => string.Concat(Enumerable.Repeat(Hash + "\n", count));
        Assert.True(AddCheckpointRequest.TryParse(Samples.Bytes($"old 1\n{lines(63)}\n{Note}"), out _, out _));
        Refused($"old 1\n{lines(64)}\n{Note}");
        string text = Samples.Checkpoint.Body + new string('x', AddCheckpointRequest.MaxBytes) + "\n";
        Refused($"old 1\n\n{SignedNote.Sign(text, Samples.Origin, Samples.LogKey)}");
        byte[] sized(int more) =>
            Samples.Bytes(
                $"old 1\n\n{SignedNote.Sign(Samples.Checkpoint.Body + new string('x', more) + "\n", Samples.Origin, Samples.LogKey)}"
            );
        int most = AddCheckpointRequest.MaxBytes - sized(0).Length;
        Assert.Equal(AddCheckpointRequest.MaxBytes, sized(most).Length);
        Assert.True(AddCheckpointRequest.TryParse(sized(most), out _, out _));
        Assert.False(AddCheckpointRequest.TryParse(sized(most + 1), out _, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => AddCheckpointRequest.Create(1, new Digest[64], Note));
    }

    [Theory]
    [InlineData("no checkpoint\n")]
    [InlineData("example.com/ledger\n05\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n")]
    [InlineData("tessrax/ledger\n5\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n")]
    public void Refuses_notes_that_are_no_checkpoints(string body)
    {
        SignedNote note = SignedNote.Sign(body, Samples.Origin, Samples.LogKey);
        Refused($"old 0\n\n{note}");
        Refused($"old 0\n\n{body}");
        Assert.Throws<TessraxException>(() => AddCheckpointRequest.Create(0, [], note));
    }

    [Fact]
    public void A_signature_that_cannot_be_read_is_an_invalid_one()
    {
        Assert.False(
            AddCheckpointRequest.TryParse(
                Samples.Bytes($"old 0\n\n{Samples.Checkpoint.Body}\n\u2014 {Samples.Origin} AAAAAAx=\n"),
                out _,
                out WitnessAnswer? refusal
            )
        );
        Assert.Equal(403, refusal.Status);
    }

    [Fact]
    public void Answers_are_read_in_their_one_spelling()
    {
        NoteSignature line = Cosignature.Sign(Samples.Checkpoint, "w.example", Samples.Key(11), Samples.Noon);
        byte[] body = Samples.Bytes(WitnessAnswer.Cosigned(line).Body);
        Assert.True(WitnessAnswer.TryReadLines(body, out IReadOnlyList<NoteSignature>? lines));
        Assert.Equal([line], lines);
        Assert.True(WitnessAnswer.TryReadLines([.. body, .. body], out lines));
        Assert.Equal([line, line], lines);
        foreach (string bad in (string[])["", "\n", $"{line}", $"{line}\n\n", $"\n{line}\n", $"{line}\r\n", "x\n"])
            Assert.False(WitnessAnswer.TryReadLines(Samples.Bytes(bad), out _), bad);
        Assert.False(WitnessAnswer.TryReadLines([0xff, (byte)'\n'], out _));
        Assert.True(WitnessAnswer.TryReadSize("9223372036854775807\n"u8, out long size));
        Assert.Equal(long.MaxValue, size);
        foreach (
            string bad in (string[])["", "\n", "5", "05\n", " 5\n", "5 \n", "-5\n", "5\n\n", "9223372036854775808\n"]
        )
            Assert.False(WitnessAnswer.TryReadSize(Samples.Bytes(bad), out _), bad);
        Assert.Equal("5\n", WitnessAnswer.Conflict(5).Body);
    }

    [Fact]
    public void Requests_are_the_same_if_all_of_their_parts_are()
    {
        AddCheckpointRequest one = Read($"old 1\n{Hash}\n\n{Note}");
        Assert.Equal(one, Read($"old 1\n{Hash}\n\n{Note}"));
        Assert.Equal(one.GetHashCode(), Read($"old 1\n{Hash}\n\n{Note}").GetHashCode());
        Assert.NotEqual(one, Read($"old 2\n{Hash}\n\n{Note}"));
        Assert.NotEqual(one, Read($"old 1\n{Hash}\n{Hash}\n\n{Note}"));
        using PrivateKey other = Samples.Key(2);
        Assert.NotEqual(one, Read($"old 1\n{Hash}\n\n{Samples.Checkpoint.Sign(other)}"));
        Assert.False(one.Equals(null));

        static AddCheckpointRequest Read(string text)
        {
            Assert.True(AddCheckpointRequest.TryParse(Samples.Bytes(text), out AddCheckpointRequest? read, out _));
            return read;
        }
    }

    private static void Refused(string request)
    {
        Assert.False(AddCheckpointRequest.TryParse(Samples.Bytes(request), out _, out WitnessAnswer? refusal));
        Assert.Equal(400, refusal.Status);
        Assert.True(refusal.Body.Length > 1 && refusal.Body.EndsWith('\n'));
    }
}
