using System.Text;
using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Merkle;

namespace Tessrax.Verification;

/// <summary>One checkpoint of a history.</summary>
/// <param name="Note">The signed note, verbatim.</param>
/// <param name="Head">The size and the root that it signs.</param>
/// <param name="Time"><c>recorded_at</c> of the last entry that it covers: the log's word, as all times of entries are.</param>
/// <param name="Proof">The consistency proof from the checkpoint before it (RFC 6962, section 2.1.2); empty for the first.</param>
public sealed record SignedRoot(string Note, TreeHead Head, UtcTime Time, IReadOnlyList<Digest> Proof);

/// <summary>What was checked of a history, and what does not hold.</summary>
/// <param name="Signatures">How many checkpoints the log's key signed.</param>
/// <param name="Links">How many consistency proofs hold, one between each two neighbours.</param>
/// <param name="Findings">What does not hold; at most 20.</param>
public sealed record HistoryVerdict(long Signatures, long Links, IReadOnlyList<Finding> Findings)
{
    /// <summary>Whether there is a history, and all of it holds.</summary>
    public bool Holds => Signatures > 0 && Findings.Count == 0;
}

/// <summary>The root audit trail: every checkpoint that a log ever signed, by size, each linked to the next by a consistency proof.</summary>
/// <remarks>
/// It can be checked offline with the log's vkey alone, or its vkeys if it changed its key. It shows that the listed roots are of one history; it cannot show that none was left
/// out, or that no other history was signed beside it. By custom <c>*.history.json</c>, canonical JSON; see <c>spec/equivocation.md</c>.
/// </remarks>
public sealed record CheckpointHistory
{
    /// <summary>The largest file that is read, in bytes: 256 MiB.</summary>
    public const int MaxBytes = 1 << 28;

    private const string Version = "tessrax/history/v1";
    private const int MaxProof = 64;
    private const int MaxFindings = 20;
    private const int MaxKeys = 512;

    /// <summary>The log's keys as the log states them. A verifier names its own.</summary>
    public required LogKeyChain Log { get; init; }

    /// <summary>The tree's hasher.</summary>
    public TreeHasher Hash { get; init; } = TreeHasher.Sha256;

    /// <summary>By size, ascending.</summary>
    public required IReadOnlyList<SignedRoot> Roots { get; init; }

    /// <summary>Reads a history strictly; what it says is still unchecked.</summary>
    /// <exception cref="TessraxException">TSX1001 to TSX1014, TSX2002.</exception>
    public static CheckpointHistory Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MaxBytes)
            throw ErrorCodes.TooLarge.Because($"a history of {bytes.Length} bytes; at most {MaxBytes} are read");
        var reader = new ObjectReader(JsonValue.Parse(bytes));
        reader.OneOf("history", Version);
        string hash = reader.String("hash");
        string key = reader.String("key");
        var history = new CheckpointHistory
        {
            Hash = TreeHasher.ByName(hash) ?? throw reader.Fault("hash", $"is '{hash}', which is no hash of a ledger"),
            Log = ReadKeys(reader, ReadKey(reader, "key", key)),
            Roots = [.. reader.Array("checkpoints").Select(item => Read(new ObjectReader(item.Value, item.Path)))],
        };
        reader.End();
        return history;
    }

    /// <summary>The same for a log that never changed its key.</summary>
    public HistoryVerdict Verify(VerifierKey key, IProgress<long>? progress = null) => Verify([key], progress);

    /// <summary>Checks every signature, and that each checkpoint extends the one before it.</summary>
    /// <param name="keys">The log's, from a source of one's own; several if it changed its key.</param>
    /// <param name="progress">Told how many checkpoints were checked so far.</param>
    /// <returns>Never an exception for a history that does not hold: it may come from a stranger.</returns>
    public HistoryVerdict Verify(IReadOnlyCollection<VerifierKey> keys, IProgress<long>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var findings = new List<Finding>();
        long signatures = 0;
        long links = 0;
        SignedRoot? before = null;
        foreach (SignedRoot root in Roots)
        {
            if (Signed(root, keys) is { } unsigned)
                findings.Add(new Finding(ErrorCodes.CheckpointRefused, unsigned));
            else
                signatures++;
            if (before is not null && Linked(before, root, Hash) is { } unlinked)
                findings.Add(new Finding(ErrorCodes.HistoryBroken, unlinked));
            else if (before is not null)
                links++;
            else if (root.Proof.Count > 0)
                findings.Add(
                    new Finding(ErrorCodes.HistoryBroken, "the first checkpoint carries a proof, but follows none")
                );
            if (findings.Count >= MaxFindings)
                break;
            before = root;
            progress?.Report(signatures);
        }
        if (Roots.Count == 0)
            findings.Add(new Finding(ErrorCodes.HistoryBroken, "the history holds no checkpoint"));
        return new HistoryVerdict(signatures, links, [.. findings.Take(MaxFindings)]);
    }

    /// <summary>The bytes of the file.</summary>
    public byte[] ToBytes() =>
        JsonValue
            .Object(
                ("history", Version),
                ("hash", Hash.Engine.Name),
                ("key", Log.Newest.ToString()),
                ("keys", Log.Spans.Count > 1 ? JsonValue.Of(Log.Spans.Select(Write)) : null),
                ("checkpoints", JsonValue.Of(Roots.Select(Write)))
            )
            .ToCanonicalBytes();

    private string? Signed(SignedRoot root, IReadOnlyCollection<VerifierKey> keys)
    {
        VerifierKey due = Log.KeyFor(root.Head.Size);
        // Which key a log has that never changed it, the verifier knows better.
        VerifierKey? key =
            keys.Contains(due) ? due
            : Log.Spans.Count == 1 && keys.Count == 1 ? keys.First()
            : null;
        if (key is null)
            return $"the checkpoint of size {root.Head.Size} should be signed by {due}, which is none of the keys that were given";
        if (!Checkpoint.TryOpen(Encoding.UTF8.GetBytes(root.Note), key, out Checkpoint? checkpoint, out string reason))
            return $"the checkpoint of size {root.Head.Size} is not signed by {key.Name}: {reason}";
        return checkpoint.Head == root.Head
            ? null
            : $"the checkpoint listed with size {root.Head.Size} signs size {checkpoint.Head.Size}, root {checkpoint.Head.Root.ToBase64()}";
    }

    private static string? Linked(SignedRoot before, SignedRoot root, TreeHasher hasher)
    {
        if (root.Head.Size <= before.Head.Size)
            return $"the checkpoint of size {root.Head.Size} follows that of size {before.Head.Size}";
        if (root.Time < before.Time)
            return $"the checkpoint of size {root.Head.Size} is dated {root.Time}, before the one that it follows";
        return ConsistencyProof.Verify([.. root.Proof], before.Head, root.Head, hasher)
            ? null
            : $"no proof that the tree of {root.Head.Size} extends that of {before.Head.Size}";
    }

    private static VerifierKey ReadKey(ObjectReader reader, string member, string text) =>
        VerifierKey.TryParse(text, out VerifierKey? known) ? known : throw reader.Fault(member, "is not a vkey");

    private static LogKeyChain ReadKeys(ObjectReader reader, VerifierKey newest)
    {
        if (reader.Optional("keys") is null)
            return new LogKeyChain(newest);
        var spans = new List<LogKeySpan>();
        foreach ((JsonValue value, string path) in reader.Array("keys", MaxKeys))
        {
            var item = new ObjectReader(value, path);
            spans.Add(new LogKeySpan(ReadKey(item, "vkey", item.String("vkey")), item.Integer("from")));
            item.End();
        }
        if (spans.Count < 2 || spans[0].From != 0 || spans[^1].Key != newest || !LogKeyChain.IsOne(spans))
            throw reader.Fault(
                "keys",
                "are not two or more keys of one log, by where they begin, from 0 to the present one"
            );
        return new LogKeyChain(spans);
    }

    private static JsonValue Write(LogKeySpan span) =>
        JsonValue.Object(("vkey", span.Key.ToString()), ("from", span.From));

    private static JsonValue Write(SignedRoot root) =>
        JsonValue.Object(
            ("note", root.Note),
            ("time", root.Time.ToString()),
            ("proof", JsonValue.Of(root.Proof.Select(hash => JsonValue.String(hash.ToBase64()))))
        );

    // Size and root stand in the note and nowhere else, so that the file cannot say two things.
    private static SignedRoot Read(ObjectReader reader)
    {
        string note = reader.String("note", SignedNote.MaxBytes);
        bool read =
            SignedNote.TryParse(Encoding.UTF8.GetBytes(note), out SignedNote? signed, out _)
            && Checkpoint.TryParseBody(signed.Text, out _);
        if (!read)
            throw reader.Fault("note", "is not a signed checkpoint");
        var root = new SignedRoot(
            note,
            Checkpoint.ParseBody(signed!.Text).Head,
            reader.Time("time"),
            [.. reader.Array("proof", MaxProof).Select(item => HashList.ReadHash(item.Value, item.Path))]
        );
        reader.End();
        return root;
    }
}
