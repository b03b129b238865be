using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Merkle;

namespace Tessrax.Governance;

/// <summary>The payload of SNAPSHOT_TAKEN: a file was made that holds the ledger's state at an earlier checkpoint.</summary>
/// <remarks><code>{"bytes":8192,"digest":"sha256:…","root":"sha256:…","size":20}</code> Whether the root is right is for whoever holds the file to see: it
/// carries the log's signature of it.</remarks>
/// <param name="Size">How many entries the state has: at least 1, and no more than there are before this entry.</param>
/// <param name="Root">Their root, written with the name of the ledger's hash function.</param>
/// <param name="Digest">SHA-256 of the file.</param>
/// <param name="Bytes">The file's length.</param>
public sealed record SnapshotTaken(long Size, string Root, Digest Digest, long Bytes)
{
    /// <summary>Reads it strictly.</summary>
    public static SnapshotTaken FromJson(JsonValue value, string path = "$")
    {
        var reader = new ObjectReader(value, path);
        string root = reader.String("root");
        if (HasherOf(root) is not { } hasher || !hasher.TryParse(root, out _))
            throw reader.Fault("root", "must be the name of a hash function, a colon, and 64 lowercase hex digits");
        var taken = new SnapshotTaken(
            reader.Integer("size", 1),
            root,
            reader.Digest("digest"),
            reader.Integer("bytes", 1)
        );
        reader.End();
        return taken;
    }

    public JsonValue ToJson() =>
        JsonValue.Object(("size", Size), ("root", Root), ("digest", Digest.ToString()), ("bytes", Bytes));

    /// <summary>Whether it can speak of a state before this entry.</summary>
    internal Refusal? Judge(Entry entry, GovernanceState state)
    {
        if (Size <= entry.Index && HasherOf(Root)?.Engine.Name == state.Hash)
            return null;
        return new Refusal(
            Aspect.Entry,
            ErrorCodes.EntryMalformed,
            $"entry {entry.Index} tells of a snapshot of {Size} entries with the root {Root}, which no state before it can have"
        );
    }

    private static TreeHasher? HasherOf(string root) =>
        root.IndexOf(':', StringComparison.Ordinal) is > 0 and int colon ? TreeHasher.ByName(root[..colon]) : null;
}
