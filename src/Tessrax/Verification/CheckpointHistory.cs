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
/// It can be checked offline with the log's vkey alone. It shows that the listed roots are of one history; it cannot show that none was left
/// out, or that no other history was signed beside it. By custom <c>*.history.json</c>, canonical JSON; see <c>spec/equivocation.md</c>.
/// </remarks>
public sealed record CheckpointHistory
{
    /// <summary>The largest file that is read, in bytes: 256 MiB.</summary>
    public const int MaxBytes = 1 << 28;

    private const string Version = "tessrax/history/v1";
    private const int MaxProof = 64;
    private const int MaxFindings = 20;

    /// <summary>The log's key as the log states it. A verifier names one of its own.</summary>
    public required VerifierKey Key { get; init; }

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
            Key = VerifierKey.TryParse(key, out VerifierKey? known)
                ? known
                : throw reader.Fault("key", "is not a vkey"),
            Roots = [.. reader.Array("checkpoints").Select(item => Read(new ObjectReader(item.Value, item.Path)))],
        };
        reader.End();
        return history;
    }

    /// <summary>Checks every signature, and that each checkpoint extends the one before it.</summary>
    /// <param name="key">The log's, from a source of one's own.</param>
    /// <param name="progress">Told how many checkpoints were checked so far.</param>
    /// <returns>Never an exception for a history that does not hold: it may come from a stranger.</returns>
    public HistoryVerdict Verify(VerifierKey key, IProgress<long>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        var findings = new List<Finding>();
        long signatures = 0;
        long links = 0;
        SignedRoot? before = null;
        foreach (SignedRoot root in Roots)
        {
            if (Signed(root, key) is { } unsigned)
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
        return new HistoryVerdict(signatures, links, findings);
    }

    /// <summary>The bytes of the file.</summary>
    public byte[] ToBytes() =>
        JsonValue
            .Object(
                ("history", Version),
                ("hash", Hash.Engine.Name),
                ("key", Key.ToString()),
                ("checkpoints", JsonValue.Of(Roots.Select(Write)))
            )
            .ToCanonicalBytes();

    private static string? Signed(SignedRoot root, VerifierKey key)
    {
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
            [.. reader.Array("proof", MaxProof).Select(item => HashText.Read(item.Value, item.Path))]
        );
        reader.End();
        return root;
    }
}
