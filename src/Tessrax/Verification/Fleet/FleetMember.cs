using System.Text;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Merkle;

namespace Tessrax.Verification.Fleet;

/// <summary>One ledger in a round of a fleet: its signed checkpoint. Who signed it is for others to check.</summary>
public sealed record FleetMember
{
    /// <summary>The longest note, in bytes.</summary>
    public const int MaxBytes = 16 * 1024;

    private FleetMember(SignedNote note, Checkpoint says) => (Note, Says) = (note, says);

    /// <summary>The signed checkpoint.</summary>
    public SignedNote Note { get; }

    /// <summary>What it says: origin, size and root.</summary>
    public Checkpoint Says { get; }

    /// <summary>The hash of its leaf in the round's tree: that of the checkpoint's text, without signatures.</summary>
    public Digest LeafHash => TreeHasher.Sha256.Leaf(Encoding.UTF8.GetBytes(Says.Body));

    /// <summary>A ledger by its signed checkpoint.</summary>
    /// <exception cref="TessraxException">TSX2006: not a checkpoint of a ledger that has entries, or longer than <see cref="MaxBytes"/>; TSX1009: its origin can be no ledger's.</exception>
    public static FleetMember Of(SignedNote note)
    {
        ArgumentNullException.ThrowIfNull(note);
        Checkpoint says = Checkpoint.ParseBody(note.Text);
        Origins.Check(says.Origin);
        if (says.Head.Size == 0)
            throw ErrorCodes.BadNote.Because(
                $"the checkpoint of {says.Origin} is of a tree without entries",
                "a ledger has at least its first entry"
            );
        return note.ToBytes().Length <= MaxBytes
            ? new FleetMember(note, says)
            : throw ErrorCodes.BadNote.Because(
                $"the signed checkpoint of {says.Origin} is longer than {MaxBytes} bytes",
                "a fleet needs the signature of the ledger's log, and has room for some dozens of cosignatures"
            );
    }

    /// <summary>Compares origins as a list is sorted: by UTF-16 code units.</summary>
    public static int Compare(string one, string other) => string.CompareOrdinal(one, other);
}
