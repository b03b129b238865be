using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Merkle;
using Tessrax.Node.Evidence;
using Tessrax.Node.Files;
using Tessrax.Node.Index;
using Tessrax.Node.Segments;
using Tessrax.Node.Transactions;
using Tessrax.Node.Wording;

namespace Tessrax.Node.Maintenance;

/// <summary>What carrying out erasures did.</summary>
/// <param name="Payloads">Payloads that went.</param>
/// <param name="Segments">Segments that were written again.</param>
/// <param name="BytesBefore">Bytes that those segments took on the disk before, as <c>du</c> counts.</param>
/// <param name="BytesAfter">Bytes that they take now. Readers that still have the old files open keep the space until they close them.</param>
/// <param name="Other">Bytes of other copies that were removed: quarantine, index, folded state. The last two are made again from what is left.</param>
public sealed record ErasureDone(long Payloads, int Segments, long BytesBefore, long BytesAfter, long Other)
{
    /// <summary>The bytes of <see cref="Other"/> that are made again: index and folded state.</summary>
    public long Derived { get; init; }

    /// <summary>Files of evidence that nothing names any more, and that were removed.</summary>
    public int EvidenceFiles { get; init; }

    /// <summary>The bytes that they took.</summary>
    public long EvidenceBytes { get; init; }

    /// <summary>Digests of evidence that no entry that can be read names any more, and that is kept all the same: a prepared receipt names it, or an entry may whose payload
    /// is lost. It does not go by itself later.</summary>
    public IReadOnlyList<Digest> EvidenceKept { get; init; } = [];

    /// <summary>What keeps a copy of what was erased, and could not be removed: it is tried again when the ledger is opened to write the next time. Null if there is nothing.</summary>
    public TessraxException? Left { get; init; }

    /// <summary>The bytes that the segments gave back.</summary>
    public long Freed => BytesBefore - BytesAfter;
}

/// <summary>Carries out the erasures on record: what the governing entry, durable by now, says is gone, goes from the disk.</summary>
/// <remarks>
/// It may be cut short anywhere and is then done again: what was erased already is left as it is, and <c>erased.json</c> is written last.
/// <code>{"at":70012} or {"at":70012,"due":true}</code>
/// That file says up to which erasing entry everything was carried out, and, from before a further one is durable until that one was carried out too, that something may be due. Nobody trusts
/// it further than to look again: without it, every segment that an erasure touches is read.
/// </remarks>
internal sealed class PayloadEraser(LedgerDirectory directory, IDisk disk, TimeProvider clock, LedgerFold fold)
{
    private readonly string ledger = directory.Path;

    /// <summary>The file's name.</summary>
    public const string FileName = "erased.json";

    private const int MaxBytes = 4096;

    // Derived files that may hold what was erased. They are made again from what is left.
    private const string State = "state";

    /// <summary>Whether an erasure is on record that was not carried out, as far as this directory knows.</summary>
    public bool IsDue => fold.Erasures.Last is { } last && DoneUpTo(ledger, disk) < last;

    /// <summary>Forgets what was carried out, so that the next opening looks again: for whoever puts old bytes into a ledger.</summary>
    public static void LookAgain(string ledger, IDisk disk) => Write(ledger, disk, new ErasureMark(-1, true));

    /// <summary>Notes, before an entry that erases anything is durable, that it is about to come: readers then look whether a payload that they find is erased on record.</summary>
    public static void Expect(string ledger, IDisk disk)
    {
        if (Read(ledger, disk) is { IsDue: false } mark)
            Write(ledger, disk, mark with { IsDue = true });
    }

    /// <summary>How far erasures were carried out, as far as this directory knows. Whoever opens it to read asks before and after: payloads may be shown that an entry erases, unless both times say the same and that nothing is due.</summary>
    public static ErasureMark MarkOf(string ledger, IDisk disk)
    {
        try
        {
            return Read(ledger, disk);
        }
        catch (TessraxException)
        {
            return new ErasureMark(-1, true);
        }
    }

    /// <summary>Takes back what <see cref="Expect"/> noted, where nothing is due: the entry did not come.</summary>
    public void Settle()
    {
        if (IsDue || Read(ledger, disk) is not { IsDue: true } mark)
            return;
        if (mark.At >= 0)
            Write(ledger, disk, mark with { IsDue = false });
        else
            DiskErrors.Writing(ledger, () => disk.Delete(Path.Combine(ledger, FileName)));
    }

    /// <summary>Carries out what is due.</summary>
    /// <param name="prepared">The receipts that wait for their decision: they may name evidence.</param>
    /// <exception cref="TessraxException">TSX3003: a segment is damaged; TSX3005 to TSX3009: it cannot be written. What was done stays done.</exception>
    public ErasureDone Run(IPreparedReader prepared)
    {
        long after = DoneUpTo(ledger, disk);
        // First the copies: while a segment still holds a payload, the next run finds out that they must go.
        TessraxException? left = null;
        long derived = RemoveIndex(ref left) + RemoveState();
        long other = derived;
        other += new Quarantine(ledger, disk).Forget(range => fold.Erasures.Touches(range.Start, range.End, after));
        other += new Quarantine(ledger, disk).Forget(AnyErased);
        var folder = new SegmentFolder(ledger, disk, directory.Layout.SegmentDirectories);
        var erasure = new SegmentErasure(folder, fold.Size, index => fold.Erasures.ErasedAt(index) is not null);
        (long payloads, int segments, long before, long now) = (0, 0, 0, 0);
        long[] touched = [.. folder.Numbers().Where(number => IsTouched(folder, number, after))];
        // And what they name.
        (int files, long evidence, IReadOnlyList<Digest> kept) = new EvidenceErasure(
            folder,
            new EvidenceStore(ledger, disk),
            prepared,
            fold
        ).Run(touched);
        foreach (long number in touched)
        {
            long bytes = disk.Allocated(folder.PathOf(number));
            if (erasure.Run(number) is not { } went)
                continue;
            payloads += went;
            segments++;
            before += bytes;
            now += disk.Allocated(folder.PathOf(number));
        }
        // Whoever makes an index meanwhile may have read a segment before it was written again.
        RemoveIndex(ref left);
        if (left is null)
            Write(ledger, disk, new ErasureMark(fold.Erasures.Last!.Value, false));
        return new ErasureDone(payloads, segments, before, now, other)
        {
            Derived = derived,
            Left = left,
            EvidenceFiles = files,
            EvidenceBytes = evidence,
            EvidenceKept = kept,
        };
    }

    private bool AnyErased(LeafRange entries)
    {
        for (long index = entries.Start; index < entries.End; index++)
        {
            if (fold.Erasures.ErasedAt(index) is not null)
                return true;
        }
        return false;
    }

    private bool IsTouched(SegmentFolder folder, long number, long after)
    {
        using SegmentFile file = folder.Open(number);
        long end = Math.Min(fold.Size, file.EndIndex);
        return fold.Erasures.Touches(file.Header.FirstIndex, end, after);
    }

    // An index that cannot be removed keeps the segments from nothing, and nobody from appending: but the erasure is not done.
    private long RemoveIndex(ref TessraxException? left)
    {
        var files = new IndexFiles(ledger, disk);
        try
        {
            return Removed(
                files.Folder,
                folder =>
                {
                    // It is made again by whoever writes next: what asks for it stays.
                    _ = disk.List(folder);
                    using (new IndexLocks(folder, files, clock).Pointer())
                        return files.Forget();
                }
            );
        }
        catch (TessraxException e)
        {
            left = new TessraxException(
                e.Code,
                $"the segments hold the erased payloads no more, but the index may, and cannot be removed: {e.Message}",
                ShellText.Of($"remove it by hand, and erase again what was erased: rm -r {files.Folder}"),
                e
            );
            return 0;
        }
    }

    private long RemoveState() =>
        Removed(
            Path.Combine(ledger, State),
            folder =>
            {
                string[] files = [.. disk.List(folder).Select(file => Path.Combine(folder, file))];
                long bytes = files.Sum(AllocatedOf);
                disk.DeleteDirectory(folder);
                disk.SyncDirectory(ledger);
                return bytes;
            }
        );

    private static long Removed(string folder, Func<string, long> remove)
    {
        try
        {
            return remove(folder);
        }
        catch (DirectoryNotFoundException)
        {
            return 0;
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            throw DiskErrors.WhileWriting(e, folder);
        }
    }

    // To tell of. What cannot be looked at, such as a link that leads nowhere, goes all the same.
    private long AllocatedOf(string file)
    {
        try
        {
            return disk.Allocated(file);
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            return 0;
        }
    }

    /// <summary>Up to which erasing entry a ledger's erasures are known to have been carried out; -1 if nothing tells.</summary>
    public static long DoneUpTo(string ledger, IDisk disk) => Read(ledger, disk).At;

    private static ErasureMark Read(string ledger, IDisk disk)
    {
        string file = Path.Combine(ledger, FileName);
        if (!disk.Exists(file))
            return new ErasureMark(-1, false);
        try
        {
            var reader = new ObjectReader(JsonValue.Parse(DurableFile.Read(disk, file, MaxBytes)));
            long at = reader.Optional("at") is null ? -1 : reader.Integer("at");
            bool isDue = reader.Optional("due") is not null && reader.Boolean("due");
            reader.End();
            return new ErasureMark(at, isDue);
        }
        catch (TessraxException e) when (e.Code.Number is > 1000 and < 2000)
        {
            return new ErasureMark(-1, true); // not what we wrote: looking again does no harm
        }
    }

    private static void Write(string ledger, IDisk disk, ErasureMark mark) =>
        DurableFile.Write(
            disk,
            Path.Combine(ledger, FileName),
            JsonValue
                .Object(("at", mark.At < 0 ? null : (JsonValue)mark.At), ("due", mark.IsDue ? true : null))
                .ToCanonicalBytes(),
            DurableFileOptions.Replace
        );
}

/// <summary>How far the erasures of a ledger were carried out.</summary>
/// <param name="At">The erasing entry up to which they were; -1 if nothing tells.</param>
/// <param name="IsDue">Whether more may be due.</param>
internal readonly record struct ErasureMark(long At, bool IsDue);
