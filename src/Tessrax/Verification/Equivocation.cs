using System.Text;
using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Merkle;

namespace Tessrax.Verification;

/// <summary>Two checkpoints that one key signed and that cannot both be true: evidence against a log that a stranger can check with the
/// log's vkey alone, offline.</summary>
/// <remarks>
/// Two roots for one size contradict each other as they stand. For two sizes, <see cref="Earlier"/> and <see cref="Proof"/> show which root the
/// larger tree has at the smaller size: a consistency proof to the larger signed root that begins at another root than the one that was signed.
/// Nobody can find such a proof against an honest log without a collision of its hash function: the larger root fixes every node of the proof.
/// By custom <c>*.equivocation.json</c>, canonical JSON; see <c>spec/equivocation.md</c>:
/// <code>{"equivocation":"tessrax/equivocation/v1","first":"…","hash":"sha256","second":"…","shows":{"proof":["…"],"root":"…"}}</code>
/// </remarks>
public sealed record Equivocation
{
    /// <summary>The largest file that is read, in bytes: two notes of 1 MiB, escaped, and a proof.</summary>
    public const int MaxBytes = 8 * 1024 * 1024;

    private const string Version = "tessrax/equivocation/v1";
    private const int MaxProof = 64;

    /// <summary>The signed note of the smaller size, verbatim; of two equal sizes either.</summary>
    public required string First { get; init; }

    /// <summary>The other signed note, verbatim.</summary>
    public required string Second { get; init; }

    /// <summary>The root that the larger tree has at the smaller size; null if both sizes are the same.</summary>
    public Digest? Earlier { get; init; }

    /// <summary>The consistency proof from <see cref="Earlier"/> to the larger signed root (RFC 6962, section 2.1.2).</summary>
    public IReadOnlyList<Digest> Proof { get; init; } = [];

    /// <summary>The tree's hasher.</summary>
    public TreeHasher Hash { get; init; } = TreeHasher.Sha256;

    /// <summary>Reads evidence strictly; what it says is still unchecked.</summary>
    /// <exception cref="TessraxException">TSX1001 to TSX1014.</exception>
    public static Equivocation Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MaxBytes)
            throw ErrorCodes.TooLarge.Because($"evidence of {bytes.Length} bytes; at most {MaxBytes} are read");
        var reader = new ObjectReader(JsonValue.Parse(bytes));
        reader.OneOf("equivocation", Version);
        string hash = reader.String("hash");
        var evidence = new Equivocation
        {
            First = reader.String("first", SignedNote.MaxBytes),
            Second = reader.String("second", SignedNote.MaxBytes),
            Hash = TreeHasher.ByName(hash) ?? throw reader.Fault("hash", $"is '{hash}', which is no hash of a ledger"),
        };
        ObjectReader? shows = reader.Optional("shows") is null ? null : reader.Object("shows");
        reader.End();
        if (shows is null)
            return evidence;
        evidence = evidence with
        {
            Earlier = HashList.ReadHash(shows.Required("root"), $"{shows.Path}.root"),
            Proof = [.. shows.Array("proof", MaxProof).Select(item => HashList.ReadHash(item.Value, item.Path))],
        };
        shows.End();
        return evidence;
    }

    /// <summary>Whether this proves that <paramref name="key"/> signed both checkpoints and that they contradict each other.</summary>
    /// <param name="key">The log's, from a source of one's own.</param>
    /// <param name="says">What is proven, or why nothing is; one sentence without a final stop.</param>
    /// <returns>False, never an exception, for evidence that proves nothing: it may come from somebody who wants to harm an honest log.</returns>
    public bool Proves(VerifierKey key, out string says)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (
            Open(First, key, "first", out says) is not { } first
            || Open(Second, key, "second", out says) is not { } second
        )
            return false;
        if (first.Head.Size > second.Head.Size)
            return No(
                $"the first checkpoint has size {first.Head.Size}, which is larger than the second's {second.Head.Size}",
                out says
            );
        return first.Head.Size == second.Head.Size
            ? ProvesTwoRoots(first.Head, second.Head, out says)
            : ProvesAnotherPast(first.Head, second.Head, out says);
    }

    /// <summary>The bytes of the file.</summary>
    public byte[] ToBytes() =>
        JsonValue
            .Object(
                ("equivocation", Version),
                ("hash", Hash.Engine.Name),
                ("first", First),
                ("second", Second),
                (
                    "shows",
                    Earlier is { } root
                        ? JsonValue.Object(
                            ("root", root.ToBase64()),
                            ("proof", JsonValue.Of(Proof.Select(hash => JsonValue.String(hash.ToBase64()))))
                        )
                        : null
                )
            )
            .ToCanonicalBytes();

    private bool ProvesTwoRoots(TreeHead first, TreeHead second, out string says)
    {
        if (Earlier is not null)
            return No("both checkpoints have one size, so there is no earlier root to show", out says);
        if (first.Root == second.Root)
            return No($"both checkpoints sign the same root at size {first.Size}", out says);
        says = $"two roots for one size, {first.Size}: {first.Root.ToBase64()} and {second.Root.ToBase64()}";
        return true;
    }

    private bool ProvesAnotherPast(TreeHead first, TreeHead second, out string says)
    {
        if (Earlier is not { } earlier)
            return No($"nothing shows which root the tree of {second.Size} has at size {first.Size}", out says);
        if (earlier == first.Root)
            return No($"the tree of {second.Size} has at size {first.Size} the very root that was signed", out says);
        if (!ConsistencyProof.Verify([.. Proof], new TreeHead(first.Size, earlier), second, Hash))
            return No(
                $"the proof does not lead from the shown root at size {first.Size} to the root signed at {second.Size}",
                out says
            );
        says =
            $"the tree signed at size {second.Size} has the root {earlier.ToBase64()} at size {first.Size}, where {first.Root.ToBase64()} was signed";
        return true;
    }

    private static Checkpoint? Open(string note, VerifierKey key, string which, out string says)
    {
        if (Checkpoint.TryOpen(Encoding.UTF8.GetBytes(note), key, out Checkpoint? checkpoint, out string reason))
        {
            says = "";
            return checkpoint;
        }
        says = $"the {which} checkpoint is not signed by {key.Name}: {reason}";
        return null;
    }

    private static bool No(string why, out string says)
    {
        says = why;
        return false;
    }
}
