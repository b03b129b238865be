using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Files;
using Tessrax.Node.Publishing;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Recovery;

/// <summary>Which ledger it is, by the first entry: its id is the hash of that entry's body, so whoever changes a bit of it makes another ledger.</summary>
/// <param name="Id">The ledger's id.</param>
/// <param name="Origin">Its name, and its log key's.</param>
/// <param name="Hasher">Its tree.</param>
/// <param name="Trail">The keys that sign its checkpoints, as far as they are known: genesis names the first.</param>
/// <param name="Keys">The keys that genesis names.</param>
internal sealed record LedgerIdentity(
    Digest Id,
    string Origin,
    TreeHasher Hasher,
    LogKeyTrail Trail,
    IReadOnlyList<LedgerKey> Keys
)
{
    /// <summary>What opens its checkpoints.</summary>
    public HeadReader NewHeads() => new(Trail);

    /// <summary>The keys that sign its checkpoints, as far as they are known.</summary>
    public LogKeyChain Logs => Trail.Log;

    /// <summary>Whether no line of a note is by a key of the log.</summary>
    public bool IsByAnother(SignedNote note) =>
        note.Signatures.All(line => Logs.Spans.All(span => span.Key.NoteId != line.KeyId));

    /// <summary>The same ledger, with the keys of its log that a directory tells of.</summary>
    public LedgerIdentity WithKeysOf(string directory, IDisk disk) =>
        this with
        {
            Trail = new LogKeyHint(directory, disk).Follow(Trail),
        };

    /// <summary>The ledgers that a directory's first entries found, in its segments and its tiles: more than one where files were mixed up.</summary>
    public static IEnumerable<LedgerIdentity> FoundIn(string directory, IReadOnlyList<string> segments, IDisk disk)
    {
        using var stored = new MirrorSource(segments, disk, TreeHasher.Sha256, null, "");
        foreach (StoredEntry first in stored.All(0))
        {
            if (Of(first) is { } identity)
                yield return identity;
        }
        foreach (string folder in new[] { Path.Combine(directory, TileDirectory.LedgerFolder), directory })
        {
            using var tiles = new TileEntries(folder, disk, TreeHasher.Sha256, null);
            if (tiles.Find(0) is { } entry && Of(entry) is { } identity)
                yield return identity;
        }
    }

    /// <summary>The ledger that an entry founds; null if it founds none.</summary>
    public static LedgerIdentity? Of(StoredEntry entry)
    {
        try
        {
            EntryBody body = Entry.Parse(entry.Entry.Span).Body;
            if (body.Event != Events.LedgerCreated)
                return null;
            Genesis genesis = Genesis.Read(body);
            Digest id = SignedBytes.LedgerIdOf(body.ToJson());
            return new LedgerIdentity(
                id,
                genesis.Origin,
                TreeHasher.ByName(genesis.Hash)!,
                LogKeyTrail.From(id, genesis),
                genesis.Keys
            );
        }
        catch (TessraxException)
        {
            return null;
        }
    }
}
