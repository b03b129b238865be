using Tessrax.Node.Segments;

namespace Tessrax.Node.Stores;

/// <summary>Reads a ledger's durable batches, wherever they are kept. Any thread may use it, also beside the writer.</summary>
/// <remarks>Whether a checkpoint is signed and its root right is for the caller: a store knows bytes, not their meaning.</remarks>
internal interface IBatchReader : IDisposable
{
    /// <summary>The batches from the one that holds entry <paramref name="from"/> on, in order, read as they are asked for.</summary>
    /// <exception cref="TessraxException">While enumerating: TSX3001 no ledger, 3003 damage, after the batches before it; or what the store's own failures are called.</exception>
    IEnumerable<Batch> ReadAll(long from = 0);

    /// <summary>The batch that holds the entry with this index.</summary>
    /// <exception cref="TessraxException">TSX3011 if there is none yet; otherwise as <see cref="ReadAll"/>.</exception>
    Batch ReadBatch(long index);
}

/// <summary>Makes a ledger's batches durable, one after another: files on one machine (<see cref="SegmentWriter"/>), or a database that several machines reach.</summary>
/// <remarks>
/// When <see cref="Append"/> returns, the batch is durable as a whole: its entries, their payloads and the signed checkpoint. It ends with an error otherwise, and only TSX3009 leaves open whether the batch is there;
/// a store that has answered so refuses everything until it is opened again. There is one writer at a time. Not safe for concurrent use, but for <see cref="Reader"/>.
/// </remarks>
internal interface IBatchStore : IDisposable
{
    /// <summary>The number of entries that are durable.</summary>
    long Size { get; }

    /// <summary>How many entries the next batch may have at most. It is the same in every store, so that a ledger can go from one to another.</summary>
    int Room { get; }

    /// <summary>Reads what is durable. The store disposes it.</summary>
    IBatchReader Reader { get; }

    /// <summary>Appends one batch, durably.</summary>
    /// <exception cref="ArgumentException">The batch does not begin at <see cref="Size"/>, has more entries than <see cref="Room"/>, or breaks a limit of <see cref="SegmentFormat"/>.</exception>
    /// <exception cref="TessraxException">It is not known to be durable.</exception>
    void Append(Batch batch);
}
