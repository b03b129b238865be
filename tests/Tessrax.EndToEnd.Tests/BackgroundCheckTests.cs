using System.Globalization;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Node;
using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Segments;

namespace Tessrax.EndToEnd.Tests;

/// <summary>A command that writes for long looks at what nobody read when the ledger was opened.</summary>
public sealed class BackgroundCheckTests : IDisposable
{
    private const int PerSegment = 256;

    private readonly LedgerHome home = new();

    private Ctl Ctl => home.Ctl;

    public void Dispose() => home.Dispose();

    [Fact]
    public void An_ingest_tells_of_damage_in_older_segments_and_does_its_work()
    {
        var said = new Draft
        {
            Event = "x-a",
            Payload = FrozenPayload.From(new OwnEvent(JsonValue.String("what was said"), null).ToJson()),
        };
        using (LedgerWriter writer = home.Open())
            // As many as fill a tile, and a segment.
            writer.Append(Enumerable.Repeat(said, PerSegment - 1));
        // An epoch, so that opening begins there and reads no segment before it.
        Ctl.Must("rotate", "ledger");
        Split();
        string segment = Path.Combine(LedgerDirectory.SegmentsOf(home.Path), "0000000000.seg");
        byte[] bytes = File.ReadAllBytes(segment);
        bytes[bytes.AsSpan().IndexOf("what was said"u8)] ^= 1;
        File.WriteAllBytes(segment, bytes);
        string claims = Ctl.Write("claims.jsonl", string.Join('\n', Enumerable.Range(0, 100).Select(Claim)));
        CtlResult result = Ctl.Must("ingest", "ledger", claims);
        Assert.Contains("warning TSX3003: ", result.Error, StringComparison.Ordinal);
        Assert.Contains("0000000000.seg", result.Error, StringComparison.Ordinal);
        Assert.Contains("hint: tessraxctl doctor ledger", result.Error, StringComparison.Ordinal);
        Assert.Contains("100 claims", result.Text, StringComparison.Ordinal);
    }

    private static string Claim(int i) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"claim_id":"c{{i}}","subject":"s{{i}}","metric":"m","value":1,"timestamp":"2026-01-01T00:00:00Z","source":"x"}"""
        );

    private void Split()
    {
        List<Batch> batches;
        using (var reader = new SegmentReader(home.Path, SystemDisk.Instance, static (_, _) => true))
            batches = [.. reader.ReadAll()];
        Directory.Delete(LedgerDirectory.SegmentsOf(home.Path), recursive: true);
        using SegmentWriter writer = SegmentWriter.Create(
            home.Path,
            SystemDisk.Instance,
            static (_, _) => true,
            SystemRandom.Fill,
            PerSegment
        );
        foreach (Batch batch in batches)
            writer.Append(batch);
    }
}
