using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Node.Files;

namespace Tessrax.Node.Simulation;

/// <summary>An approver's verdicts in a file, a line each, durable before they are given out: whoever kills it, it never says the opposite.</summary>
/// <remarks><code>{"body":"sha256:…","verdict":{"approval":{…},"proposal":7}}</code>
/// A line without its end was never given out, and is cut off.</remarks>
internal sealed class DiskJournal : IVerdictJournal, IDisposable
{
    private const int MaxBytes = 256 << 20;

    private readonly string path;
    private readonly IDiskFile file;
    private readonly Dictionary<Digest, ApprovalRecorded> verdicts = [];
    private long length;
    private bool failed;

    private DiskJournal(string path, IDiskFile file) => (this.path, this.file) = (path, file);

    /// <summary>Opens a journal, or begins one.</summary>
    /// <exception cref="TessraxException">TSX1002 and others: a line that is none; TSX3005 to TSX3009: the disk failed.</exception>
    public static DiskJournal Open(string path, IDisk disk)
    {
        byte[] bytes = [];
        if (disk.Exists(path))
            bytes = DurableFile.Read(disk, path, MaxBytes);
        else
            DurableFile.Write(disk, path, [], DurableFileOptions.New);
        DiskJournal journal;
        try
        {
            journal = new DiskJournal(path, disk.Open(path, DiskAccess.Write));
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            throw DiskErrors.WhileWriting(e, path);
        }
        try
        {
            journal.Read(bytes);
            return journal;
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    /// <summary>All lines of a journal that may be in use.</summary>
    public static IReadOnlyList<(Digest Body, ApprovalRecorded Verdict)> ReadAll(string path, IDisk disk) =>
        [.. Lines(DurableFile.Read(disk, path, MaxBytes)).Lines];

    public ApprovalRecorded? Find(Digest body) => verdicts.GetValueOrDefault(body);

    public void Keep(Digest body, ApprovalRecorded verdict)
    {
        // After a failed write nobody knows what the file says.
        if (failed)
            throw ErrorCodes.OutcomeUnknown.Because($"{path} could not be written before");
        byte[] line =
        [
            .. JsonValue.Object(("body", body.ToString()), ("verdict", verdict.ToJson())).ToCanonicalBytes(),
            (byte)'\n',
        ];
        failed = true;
        DiskErrors.Writing(
            path,
            () =>
            {
                file.Write(line, length);
                file.SyncAll();
            }
        );
        failed = false;
        length += line.Length;
        verdicts[body] = verdict;
    }

    public void Dispose() => file.Dispose();

    private void Read(byte[] bytes)
    {
        (IEnumerable<(Digest Body, ApprovalRecorded Verdict)> lines, int whole) = Lines(bytes);
        foreach ((Digest body, ApprovalRecorded verdict) in lines)
            verdicts[body] = verdict;
        length = whole;
        if (whole == bytes.Length)
            return;
        DiskErrors.Writing(
            path,
            () =>
            {
                file.Truncate(whole);
                file.SyncAll();
            }
        );
    }

    private static (IEnumerable<(Digest, ApprovalRecorded)> Lines, int Whole) Lines(byte[] bytes)
    {
        int whole = bytes.AsSpan().LastIndexOf((byte)'\n') + 1;
        var lines = new List<(Digest, ApprovalRecorded)>();
        for (int begin = 0; begin < whole; )
        {
            int end = begin + bytes.AsSpan(begin).IndexOf((byte)'\n');
            var reader = new ObjectReader(JsonValue.Parse(bytes.AsSpan(begin, end - begin)));
            lines.Add((reader.Digest("body"), ApprovalRecorded.FromJson(reader.Required("verdict"), "$.verdict")));
            reader.End();
            begin = end + 1;
        }
        return (lines, whole);
    }
}
