using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Node.Files;

namespace Tessrax.Node.Evidence;

/// <summary>Bytes kept beside the ledger under the name of their digest: <c>evidence/&lt;64 hex digits&gt;</c>.</summary>
/// <remarks>A file appears whole or not at all, and is durable before the entry that names it is appended.</remarks>
public sealed class EvidenceStore(string ledger, IDisk disk)
{
    private const int ChunkLength = 128 * 1024;
    private const string Temporary = "evidence";

    private static long copies;

    private readonly string folder = Path.Combine(ledger, "evidence");

    /// <summary>Keeps a copy of a stream's bytes.</summary>
    /// <param name="name">The file's name, for people.</param>
    /// <param name="input">Read to its end, in constant memory.</param>
    /// <exception cref="TessraxException">TSX3005 to TSX3009: the copy cannot be written.</exception>
    public EvidenceAdded Add(string name, Stream input)
    {
        ArgumentNullException.ThrowIfNull(input);
        using EvidenceCopy copy = Begin();
        var chunk = new byte[ChunkLength];
        for (int read; (read = input.Read(chunk)) > 0; )
            copy.Write(chunk.AsSpan(0, read));
        return copy.Keep(name);
    }

    /// <summary>Begins a copy of bytes that come by and by; several may be under way.</summary>
    /// <exception cref="TessraxException">TSX3005 to TSX3009: it cannot be written.</exception>
    public EvidenceCopy Begin()
    {
        DiskErrors.Writing(folder, () => disk.CreateDirectory(folder));
        Remains.Drop(disk, folder, Temporary, alone: false);
        return new EvidenceCopy(
            disk,
            folder,
            Path.Combine(folder, Remains.NameOf(Temporary, Interlocked.Increment(ref copies)))
        );
    }

    /// <summary>Opens kept evidence to be read. Whoever reads holds the bytes to the digest: a disk may have changed them.</summary>
    /// <returns>Null if there is none.</returns>
    /// <exception cref="TessraxException">TSX3007, TSX3012: it cannot be read.</exception>
    public IDiskFile? Open(Digest digest)
    {
        string path = PathOf(digest);
        try
        {
            return disk.Exists(path) ? disk.Open(path, DiskAccess.Read) : null;
        }
        catch (FileNotFoundException)
        {
            // Erased this moment.
            return null;
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            throw DiskErrors.WhileReading(e, path);
        }
    }

    /// <summary>Copies kept evidence out. What was written counts for nothing if it throws.</summary>
    /// <param name="digest">Which.</param>
    /// <param name="into">Its bytes are written here, in constant memory.</param>
    /// <returns>How many bytes it has.</returns>
    /// <exception cref="TessraxException">TSX3011: there is none; TSX5015: it was changed; TSX3007, TSX3012: it cannot be read.</exception>
    public long CopyTo(Digest digest, Stream into)
    {
        ArgumentNullException.ThrowIfNull(into);
        using IDiskFile file =
            Open(digest)
            ?? throw ErrorCodes.NoSuchEntry.Because(
                $"no evidence {digest} is kept here",
                "it never was, or it was erased: tessraxctl log DIR --event EVIDENCE_ADDED tells which was"
            );
        var hash = new Sha256Hasher();
        var chunk = new byte[ChunkLength];
        long position = 0;
        for (int read; (read = DiskErrors.Reading(PathOf(digest), () => file.Read(chunk, position))) > 0; )
        {
            hash.Append(chunk.AsSpan(0, read));
            into.Write(chunk.AsSpan(0, read));
            position += read;
        }
        return hash.Finish() == digest
            ? position
            : throw ErrorCodes.EvidenceBroken.Because($"the evidence {digest} was changed");
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

    internal string PathOf(Digest digest) => Path.Combine(folder, digest.ToHex());
}
