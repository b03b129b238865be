using Tessrax.Node.Segments;

namespace Tessrax.Node.Tests.Stores;

/// <summary>What no store may take.</summary>
internal static class WrongBatches
{
    /// <summary>Batches that break one limit each.</summary>
    /// <param name="batch">A good first one, with an entry that has a payload.</param>
    public static IReadOnlyList<Batch> Of(Batch batch)
    {
        StoredEntry good = batch.Entries[0];
        return
        [
            batch with
            {
                FirstIndex = 1,
            },
            batch with
            {
                Entries = [],
            },
            batch with
            {
                Checkpoint = default,
            },
            batch with
            {
                Checkpoint = new byte[SegmentFormat.MaxCheckpoint + 1],
            },
            batch with
            {
                Entries = [good with { Entry = default }],
            },
            batch with
            {
                Entries = [good with { Entry = new byte[SegmentFormat.MaxEntry + 1] }],
            },
            batch with
            {
                Entries = [good with { Payload = new byte[SegmentFormat.MaxPayload + 1] }],
            },
            batch with
            {
                Entries = [good with { Salt = default }],
            },
            batch with
            {
                Entries = [good with { Payload = default }],
            },
            batch with
            {
                Entries = [good with { IsErased = true }],
            },
            batch with
            {
                Entries = [.. Enumerable.Repeat(good with { Payload = new byte[SegmentFormat.MaxPayload] }, 17)],
            },
        ];
    }
}
