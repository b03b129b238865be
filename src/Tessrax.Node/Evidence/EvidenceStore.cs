using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Node.Files;

namespace Tessrax.Node.Evidence;

/// <summary>Bytes kept beside the ledger under the name of their digest: <c>evidence/&lt;64 hex digits&gt;</c>.</summary>
/// <remarks>A file appears whole or not at all, and is durable before the entry that names it is appended.</remarks>
public sealed class EvidenceStore(string ledger, IDisk disk)
{
    private const int ChunkLength = 128 * 1024;

    private readonly string folder = Path.Combine(ledger, "evidence");

    /// <summary>Keeps a copy of a stream's bytes.</summary>
    /// <param name="name">The file's name, for people.</param>
    /// <param name="input">Read to its end, in constant memory.</param>
    /// <exception cref="TessraxException">TSX3005 to TSX3009: the copy cannot be written.</exception>
    public EvidenceAdded Add(string name, Stream input)
    {
        DiskErrors.Writing(folder, () => disk.CreateDirectory(folder));
        string temporary = Path.Combine(folder, Remains.NameOf("evidence", 0));
        EvidenceAdded? added = null;
        try
        {
            DiskErrors.Writing(temporary, () => added = Copy(name, input, temporary));
            string path = PathOf(added!.Digest);
            DiskErrors.Writing(path, () => Keep(temporary, path));
            return added;
        }
        finally
        {
            Remove(temporary);
        }
    }

    /// <summary>Hashes kept evidence again.</summary>
    /// <returns>What is wrong, or null.</returns>
    public string? Check(EvidenceAdded added)
    {
        string path = PathOf(added.Digest);
        if (!disk.Exists(path))
            return $"the evidence {added.Digest} ({added.Name}) is missing";
        try
        {
            using IDiskFile file = disk.Open(path, DiskAccess.Read);
            var hash = new Sha256Hasher();
            var chunk = new byte[ChunkLength];
            long position = 0;
            for (int read; (read = file.Read(chunk, position)) > 0; position += read)
                hash.Append(chunk.AsSpan(0, read));
            bool same = position == added.Size && hash.Finish() == added.Digest;
            return same ? null : $"the evidence {added.Digest} ({added.Name}) was changed";
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            return $"the evidence {added.Digest} ({added.Name}) cannot be read: {e.Message}";
        }
    }

    /// <summary>The digests of what is kept, by the names of the files.</summary>
    internal IEnumerable<Digest> Kept()
    {
        IReadOnlyList<string> names;
        try
        {
            names = disk.List(folder);
        }
        catch (DirectoryNotFoundException)
        {
            yield break;
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            throw DiskErrors.WhileReading(e, folder);
        }
        foreach (string name in names)
        {
            if (Digest.TryParseHex(name, out Digest digest))
                yield return digest;
        }
    }

    /// <summary>Removes kept evidence, durably.</summary>
    /// <returns>The bytes that it took on the disk.</returns>
    /// <exception cref="TessraxException">TSX3005 to TSX3009: it cannot be removed; some of it may be gone.</exception>
    internal long Remove(IReadOnlyCollection<Digest> digests)
    {
        long bytes = 0;
        DiskErrors.Writing(
            folder,
            () =>
            {
                foreach (string path in digests.Select(PathOf))
                {
                    bytes += AllocatedOf(path);
                    disk.Delete(path);
                }
                disk.SyncDirectory(folder);
            }
        );
        return bytes;
    }

    // To tell of. What cannot be looked at goes all the same.
    private long AllocatedOf(string path)
    {
        try
        {
            return disk.Allocated(path);
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            return 0;
        }
    }

    // What went wrong before is what the caller hears of; a temporary file that stays behind does no harm.
    private void Remove(string temporary)
    {
        try
        {
            disk.Delete(temporary);
        }
        catch (Exception e) when (DiskErrors.IsDisk(e)) { }
    }

    internal string PathOf(Digest digest) => Path.Combine(folder, digest.ToHex());

    private EvidenceAdded Copy(string name, Stream input, string temporary)
    {
        disk.Delete(temporary);
        using IDiskFile file = disk.Open(temporary, DiskAccess.Create);
        var hash = new Sha256Hasher();
        var chunk = new byte[ChunkLength];
        long position = 0;
        for (int read; (read = input.Read(chunk)) > 0; position += read)
        {
            hash.Append(chunk.AsSpan(0, read));
            file.Write(chunk.AsSpan(0, read), position);
        }
        file.SyncAll();
        return new EvidenceAdded(hash.Finish(), position, name);
    }

    private void Keep(string temporary, string path)
    {
        disk.Rename(temporary, path, overwrite: true);
        disk.SyncDirectory(folder);
    }
}
