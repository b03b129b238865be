using System.Text;
using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Tests.Governance;
using Tessrax.Verification.Fleet;
using Xunit;

namespace Tessrax.Tests.Verification.Fleet;

/// <summary>The list of a round: what is written is read again, however it is cut; what is not in order is refused.</summary>
public sealed class FleetListTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    [InlineData(1 << 20)]
    public void Is_read_as_it_was_written_in_pieces_of_any_length(int piece)
    {
        FleetMember[] members = FleetSample.WithLedger(20);
        Assert.Equal(members.Select(m => m.Note), Read(FleetSample.List(members), piece).Select(m => m.Note));
    }

    [Fact]
    public void Is_read_in_one_form_only()
    {
        byte[] list = FleetSample.List(FleetSample.WithLedger(3));
        string text = Encoding.UTF8.GetString(list);
        int second = text.IndexOf("example.com/other-0001", StringComparison.Ordinal);
        int third = text.IndexOf("example.com/other-0002", StringComparison.Ordinal);
        string[] wrong =
        [
            "",
            text[..^1],
            text[..third] + text[third..(third + 40)],
            text + "\n",
            text + "x",
            "x" + text,
            text.Replace("/v1", "/v2", StringComparison.Ordinal),
            // In another order, and one ledger twice.
            text[..second] + text[third..] + text[second..third],
            text[..third] + text[second..],
            text.Replace("\n3\n", "\n03\n", StringComparison.Ordinal),
            text.Replace("\n3\n", "\n0\n", StringComparison.Ordinal),
            text.Replace("\n\n— example.com/other-0001", "\n\n\n— example.com/other-0001", StringComparison.Ordinal),
            Encoding.UTF8.GetString(FleetListReader.Begin),
        ];
        foreach (string bent in wrong)
            Assert.Throws<TessraxException>(() => Read(Encoding.UTF8.GetBytes(bent), 50));
        Assert.Equal(4, Read(list, 50).Count);
    }

    [Fact]
    public void Does_not_wait_for_the_end_of_what_never_ends()
    {
        var reader = new FleetListReader();
        reader.Read(FleetListReader.Begin);
        var piece = new byte[1024];
        piece.AsSpan().Fill((byte)'a');
        int read = 0;
        Assert.Throws<TessraxException>(() =>
        {
            for (; read < 1024; read++)
                reader.Read(piece);
        });
        Assert.InRange(read, 15, 17);
    }

    [Fact]
    public void Takes_checkpoints_of_ledgers_and_nothing_else()
    {
        PrivateKey key = FoldLedger.Seeded(1);
        Refuses(SignedNote.Sign("no checkpoint\n", "example.com/a", key));
        Refuses(new Checkpoint("example.com/a", new TreeHead(0, TreeHasher.Sha256.Empty)).Sign(key));
        SignedNote good = FleetSample.Other(1).Note;
        Assert.Equal(good, FleetMember.Of(good).Note);
        while (good.ToBytes().Length <= FleetMember.MaxBytes)
            good = good.With(
                Cosignature.Sign(
                    FleetSample.Other(1).Says,
                    new string('w', 300),
                    key,
                    FoldLedger.Time("2026-01-31T12:00:00.000000Z")
                )
            );
        Refuses(good);

        static void Refuses(SignedNote note) => Assert.Throws<TessraxException>(() => FleetMember.Of(note));
    }

    private static List<FleetMember> Read(byte[] list, int piece)
    {
        var reader = new FleetListReader();
        var found = new List<FleetMember>();
        foreach (byte[] part in list.Chunk(piece))
            found.AddRange(reader.Read(part));
        reader.End();
        Assert.Equal(found.Count, reader.Ledgers);
        return found;
    }
}
