namespace Tessrax.Server.Api;

/// <summary>Makes few bundles at once, and keeps some of those that were made.</summary>
internal sealed class BundleShelf : IDisposable
{
    private const int MostAtOnce = 2;
    private const int MostKept = 64;
    private const long MostBytes = 64 << 20;

    private readonly SemaphoreSlim making = new(MostAtOnce);
    private readonly Lock access = new();
    private readonly LinkedList<Kept> kept = new();
    private long bytes;

    /// <summary>A bundle, kept or made.</summary>
    /// <param name="index">The entry.</param>
    /// <param name="size">The ledger's size: a bundle of another one is another bundle.</param>
    /// <param name="make">Makes it.</param>
    /// <exception cref="TessraxException">TSX6006: enough are being made; and what making it throws.</exception>
    public ReadOnlyMemory<byte> Get(long index, long size, Func<byte[]> make)
    {
        if (Find(index, size) is { } there)
            return there;
        if (!making.Wait(0))
            throw ErrorCodes.Overloaded.Because("other bundles are being made, which folds the ledger");
        try
        {
            byte[] made = make();
            Keep(new Kept(index, size, made));
            return made;
        }
        finally
        {
            making.Release();
        }
    }

    public void Dispose() => making.Dispose();

    private byte[]? Find(long index, long size)
    {
        lock (access)
        {
            for (LinkedListNode<Kept>? node = kept.First; node is not null; node = node.Next)
            {
                if (node.Value.Index != index || node.Value.Size != size)
                    continue;
                kept.Remove(node);
                kept.AddFirst(node);
                return node.Value.Bytes;
            }
        }
        return null;
    }

    private void Keep(Kept made)
    {
        lock (access)
        {
            kept.AddFirst(made);
            bytes += made.Bytes.Length;
            while (kept.Count > MostKept || bytes > MostBytes)
            {
                bytes -= kept.Last!.Value.Bytes.Length;
                kept.RemoveLast();
            }
        }
    }

    private sealed record Kept(long Index, long Size, byte[] Bytes);
}
