using System.Buffers.Binary;
using System.Text;
using System.Text.RegularExpressions;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Segments;
using Tessrax.Node.Stores;

namespace Tessrax.Node.Snapshots;

/// <summary>What a file holds besides a ledger's entries and checkpoints.</summary>
public enum SnapshotKind
{
    /// <summary>Nothing but pinned documents: what every copy of the ledger can share.</summary>
    Snapshot = 1,

    /// <summary>Evidence and encrypted keys too: what its owner needs to go on.</summary>
    Backup = 2,
}

/// <summary>Where a file that a snapshot carries belongs; the order in the file is that of the numbers.</summary>
internal enum SnapshotPlace
{
    /// <summary><c>pinned/</c>: documents that control events name by their digest.</summary>
    Pinned = 1,

    /// <summary><c>evidence/</c>: bytes that entries name by their digest.</summary>
    Evidence = 2,

    /// <summary><c>keys/</c>: encrypted key files.</summary>
    Keys = 3,

    /// <summary>The ledger's directory itself: the few files named in <see cref="SnapshotFormat.OwnFiles"/>.</summary>
    Own = 4,

    /// <summary><c>prepared/</c>: receipts that wait for their decision, and decisions that are remembered.</summary>
    Prepared = 5,
}

/// <summary>The limits and names of the snapshot format, version 1; <c>spec/snapshot.md</c> is normative.</summary>
/// <remarks>
/// <code>
/// file    = header (16 bytes), chunk, chunk, ...
/// header  = magic "TSXSNP\r\n", u32 version 1, u32 kind (1 snapshot, 2 backup)
/// chunk   = u32 length, content, 32-byte digest        every chunk but the last holds 65,536 bytes, the last fewer
/// content = LEDGER, BATCH..., CHECKPOINT, FILE...      cut into chunks without regard to what it says
/// </code>
/// Integers are little-endian. A chunk's digest covers the one before it, so that chunks can be neither changed nor moved.
/// </remarks>
internal static partial class SnapshotFormat
{
    public const int Version = 1;
    public const int HeaderLength = 16;
    public const int ChunkContent = 65_536;
    public const int LengthBytes = sizeof(uint);
    public const int MaxFacts = 4096;
    public const int MaxName = 64;
    public const int MaxPinned = 16 << 20;
    public const int MaxOwn = 64 * 1024;

    public const byte LedgerItem = 1;
    public const byte BatchItem = 2;
    public const byte CheckpointItem = 3;
    public const byte FileItem = 4;

    public const uint NoPayload = 0xFFFF_FFFF;
    public const uint ErasedPayload = 0xFFFF_FFFE;

    private static readonly byte[] Label = Encoding.ASCII.GetBytes("tessrax/snapshot/v1\n");

    /// <summary>The first bytes of every snapshot; a transfer in text mode breaks them.</summary>
    public static ReadOnlySpan<byte> Magic => "TSXSNP\r\n"u8;

    /// <summary>Files beside the segments that a backup takes, sorted.</summary>
    public static IReadOnlyList<string> OwnFiles { get; } = [RolloverPlan.FileName, StorePlace.FileName];

    public static byte[] Header(SnapshotKind kind)
    {
        var header = new byte[HeaderLength];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(8), Version);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(12), (uint)kind);
        return header;
    }

    /// <summary>The digest of a chunk: H(label || what came before || length || content).</summary>
    /// <param name="before">The header for the first chunk; the digest of the chunk before for all others.</param>
    /// <param name="content">The chunk's content.</param>
    public static Digest Chain(ReadOnlySpan<byte> before, ReadOnlySpan<byte> content)
    {
        Span<byte> prefix = stackalloc byte[Label.Length + Digest.Size + LengthBytes];
        Label.CopyTo(prefix);
        before.CopyTo(prefix[Label.Length..]);
        int length = Label.Length + before.Length;
        BinaryPrimitives.WriteInt32LittleEndian(prefix[length..], content.Length);
        return HashEngine.Sha256.Hash(prefix[..(length + LengthBytes)], content);
    }

    /// <summary>The longest file of a place.</summary>
    public static long MaxLength(SnapshotPlace place) =>
        place switch
        {
            SnapshotPlace.Pinned => MaxPinned,
            SnapshotPlace.Keys => KeyFile.MaxBytes,
            SnapshotPlace.Own => MaxOwn,
            SnapshotPlace.Prepared => TransactionRecord.MaxBytes,
            _ => long.MaxValue,
        };

    /// <summary>Whether a place may hold a file of this name: no name leads out of its directory, or hides in it.</summary>
    public static bool IsName(SnapshotPlace place, string name) =>
        place switch
        {
            SnapshotPlace.Pinned or SnapshotPlace.Evidence => DigestName().IsMatch(name),
            SnapshotPlace.Keys => KeyName().IsMatch(name),
            SnapshotPlace.Own => OwnFiles.Contains(name, StringComparer.Ordinal),
            SnapshotPlace.Prepared => PreparedName().IsMatch(name),
            _ => false,
        };

    /// <summary>Whether a file of this kind may carry files for this place.</summary>
    public static bool Takes(SnapshotKind kind, SnapshotPlace place) =>
        place == SnapshotPlace.Pinned || (kind == SnapshotKind.Backup && Enum.IsDefined(place));

    /// <summary>Where the files of a place lie, within the ledger's directory; empty for the directory itself.</summary>
    public static string FolderOf(SnapshotPlace place) =>
        place switch
        {
            SnapshotPlace.Pinned => "pinned",
            SnapshotPlace.Evidence => "evidence",
            SnapshotPlace.Keys => "keys",
            SnapshotPlace.Prepared => "prepared",
            _ => "",
        };

    /// <summary>Whether entries <paramref name="first"/> to <paramref name="next"/> - 1 lie in one segment.</summary>
    public static bool InOneSegment(long first, long next) =>
        first / SegmentFormat.EntriesPerSegment == (next - 1) / SegmentFormat.EntriesPerSegment;

    [GeneratedRegex("^[0-9a-f]{64}\\z")]
    private static partial Regex DigestName();

    [GeneratedRegex("^[0-9a-f]{32}\\.(prepared|committed|aborted|expired)\\z")]
    private static partial Regex PreparedName();

    [GeneratedRegex("^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}\\z")]
    private static partial Regex KeyName();
}
