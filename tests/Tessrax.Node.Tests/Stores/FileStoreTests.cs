using Tessrax.Keys;
using Tessrax.Node.Segments;
using Tessrax.Node.Stores;
using Tessrax.Node.Tests.Files;

namespace Tessrax.Node.Tests.Stores;

/// <summary>Segments, held to what every store must do.</summary>
public sealed class FileStoreTests : StoreConformance
{
    internal override IStorePlace Place() => new FilePlace();
}

/// <summary>Segments on a disk in memory.</summary>
internal sealed class FilePlace : IStorePlace
{
    private const string Ledger = "/ledger";
    private readonly FaultyDisk disk = new();

    public IBatchStore Create() => SegmentWriter.Create(Ledger, disk, IsSigned, Segments.Store.Drawn(7));

    public IBatchStore Open() =>
        SegmentWriter.Open(Ledger, disk, IsSigned, Segments.Store.Drawn(8), static _ => { }, out _);

    public IBatchReader Read() => new SegmentReader(Ledger, disk, IsSigned);

    public void Dispose() { }

    private static bool IsSigned(ReadOnlyMemory<byte> note, long size) =>
        SignedNote.TryParse(note.Span, out SignedNote? signed, out _)
        && Checkpoint.TryParseBody(signed.Text, out Checkpoint? checkpoint)
        && checkpoint.Head.Size == size;
}
