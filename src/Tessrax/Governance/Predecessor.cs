using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Merkle;

namespace Tessrax.Governance;

/// <summary>What a successor's genesis says of the ledger that it follows. The ledger id commits to it, so whoever trusts the successor
/// can hold the predecessor against it, to the last byte.</summary>
/// <remarks><code>{"checkpoint":"example.com/ledger\n7\n…","ledger":"sha256:…","origin":"example.com/ledger","root":"blake3:…","size":7,"state":"sha256:…"}</code></remarks>
/// <param name="Ledger">Its ledger id.</param>
/// <param name="Origin">Its origin.</param>
/// <param name="Checkpoint">Its final checkpoint, which covers LEDGER_CLOSED, verbatim.</param>
/// <param name="State">Digest of its governance state after LEDGER_CLOSED.</param>
/// <param name="Root">Its entries in a tree of the successor's hash function: what binds them even if the old function is broken one day.</param>
public sealed record Predecessor(Digest Ledger, string Origin, string Checkpoint, Digest State, TreeHead Root)
{
    private const int MaxCheckpoint = 8 * 1024;

    internal JsonValue ToJson(TreeHasher hasher) =>
        JsonValue.Object(
            ("ledger", Ledger.ToString()),
            ("origin", Origin),
            ("checkpoint", Checkpoint),
            ("state", State.ToString()),
            ("size", Root.Size),
            ("root", hasher.Text(Root.Root))
        );

    internal static Predecessor Read(ObjectReader reader, TreeHasher hasher)
    {
        Digest ledger = reader.Digest("ledger");
        string origin = reader.String("origin");
        string checkpoint = reader.String("checkpoint", MaxCheckpoint);
        Digest state = reader.Digest("state");
        // Genesis and LEDGER_CLOSED at least.
        long size = reader.Integer("size", 2);
        if (!hasher.TryParse(reader.String("root"), out Digest root))
            throw reader.Fault("root", $"must be {hasher.Engine.Name}: and 64 lowercase hex digits");
        bool isCheckpoint =
            SignedNote.TryParse(NoteText.Utf8.GetBytes(checkpoint), out SignedNote? note, out _)
            && Keys.Checkpoint.TryParseBody(note.Text, out Checkpoint? final)
            && final.Origin == origin
            && final.Head.Size == size;
        if (!isCheckpoint)
            throw reader.Fault("checkpoint", "is not a signed checkpoint of that origin and size");
        reader.End();
        return new Predecessor(ledger, origin, checkpoint, state, new TreeHead(size, root));
    }
}
