using System.Collections.Concurrent;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Node.Files;

namespace Tessrax.Node.Evidence;

/// <summary>Evidence on its way into a store: under a name of its own until it is kept. For one thread at a time; what is not kept is gone when it is disposed.</summary>
public sealed class EvidenceCopy : IDisposable
{
    private readonly IDisk disk;
    private readonly string folder;
    private readonly string temporary;
    private readonly Sha256Hasher hash = new();
    private IDiskFile? file;
    private Digest? digest;
    private bool isNew;

    private static readonly ConcurrentDictionary<string, bool> UnderWay = new(StringComparer.Ordinal);

    internal EvidenceCopy(IDisk disk, string folder, string temporary)
    {
        (this.disk, this.folder, this.temporary) = (disk, folder, temporary);
        UnderWay[Path.GetFullPath(temporary)] = true;
        try
        {
            DiskErrors.Writing(temporary, Open);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The bytes so far.</summary>
    public long Size { get; private set; }

    /// <summary>More bytes.</summary>
    /// <exception cref="InvalidOperationException">It was finished before.</exception>
    /// <exception cref="TessraxException">TSX3005 to TSX3009: they cannot be written.</exception>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        IDiskFile into = file ?? throw new InvalidOperationException("the evidence is finished");
        hash.Append(bytes);
        try
        {
            into.Write(bytes, Size);
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            throw DiskErrors.WhileWriting(e, temporary);
        }
        Size += bytes.Length;
    }

    /// <summary>No more bytes come: those that did are durable now, under a name that nobody looks for.</summary>
    /// <returns>Their digest.</returns>
    /// <exception cref="TessraxException">TSX3005 to TSX3009: they cannot be made durable.</exception>
    public Digest Finish()
    {
        if (digest is { } known)
            return known;
        DiskErrors.Writing(temporary, () => file!.SyncAll());
        Close();
        return (digest = hash.Finish()).Value;
    }

    /// <summary>Gives it the name of its digest, durably. To be called where nothing is erased meanwhile: until an entry names it, it may be taken for left over.</summary>
    /// <param name="name">The file's name, for people.</param>
    /// <exception cref="TessraxException">TSX3005 to TSX3009: it cannot be given that name.</exception>
    public EvidenceAdded Keep(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        Digest known = Finish();
        string path = PathOf(known);
        DiskErrors.Writing(
            path,
            () =>
            {
                isNew = !disk.Exists(path);
                disk.Rename(temporary, path, overwrite: true);
                disk.SyncDirectory(folder);
            }
        );
        return new EvidenceAdded(known, Size, name);
    }

    /// <summary>Takes back what was kept, since no entry names it; what had been kept before stays.</summary>
    public void Withdraw()
    {
        if (isNew)
            Remove(PathOf(digest!.Value));
        isNew = false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Close();
        Remove(temporary);
        UnderWay.TryRemove(Path.GetFullPath(temporary), out _);
    }

    /// <summary>Whether a file is a copy that this process makes.</summary>
    internal static bool IsUnderWay(string path) => UnderWay.ContainsKey(Path.GetFullPath(path));

    private void Open()
    {
        // In a container the process that died there before had the same number.
        disk.Delete(temporary);
        file = disk.Open(temporary, DiskAccess.Create);
    }

    private string PathOf(Digest known) => Path.Combine(folder, known.ToHex());

    // What went wrong before is what the caller hears of; a file that stays behind does no harm.
    private void Remove(string path)
    {
        try
        {
            disk.Delete(path);
        }
        catch (Exception e) when (DiskErrors.IsDisk(e)) { }
    }

    private void Close()
    {
        file?.Dispose();
        file = null;
    }
}
