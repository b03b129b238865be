using Tessrax.Canonical;

namespace Tessrax.Node.Recovery;

/// <summary>How a fault most likely came about. What is proven of it stands in the fault's own words.</summary>
public enum FaultCause
{
    /// <summary>None of the others fits.</summary>
    Unknown,

    /// <summary>Bits turned on the disk or on their way to it.</summary>
    BitRot,

    /// <summary>A write that a crash cut short before it was acknowledged.</summary>
    TornWrite,

    /// <summary>A write that was acknowledged and never reached the disk: whole sectors of zeros.</summary>
    LostWrite,

    /// <summary>The file ends too early.</summary>
    Truncation,

    /// <summary>The file is gone.</summary>
    Missing,

    /// <summary>Bytes of another ledger, or of something else altogether.</summary>
    ForeignFile,

    /// <summary>Bytes of this ledger in another place than theirs: copied, exchanged or shifted.</summary>
    Misplaced,

    /// <summary>An older copy took the place of the ledger, or of one of its files.</summary>
    Rollback,

    /// <summary>Changed by somebody who kept the form, or computed the checksums again.</summary>
    EditedByHand,

    /// <summary>Signed by, or made for, another key.</summary>
    WrongKey,

    /// <summary>The clock of this machine disagrees with the ledger.</summary>
    Clock,

    /// <summary>The system refuses to read it: owner, mode, or a failing disk.</summary>
    Unreadable,

    /// <summary>Derived from the ledger and not brought up to date yet.</summary>
    Stale,
}

/// <summary>The names of causes as they are printed and recorded.</summary>
public static class FaultCauses
{
    private static readonly string[] Names =
    [
        "unknown",
        "bit-rot",
        "torn-write",
        "lost-write",
        "truncation",
        "missing",
        "foreign-file",
        "misplaced",
        "rollback",
        "edited-by-hand",
        "wrong-key",
        "clock",
        "unreadable",
        "stale",
    ];

    /// <summary>Every name, in the order of <see cref="FaultCause"/>.</summary>
    public static IReadOnlyList<string> All => Names;

    /// <summary>The name of a cause, for example <c>bit-rot</c>.</summary>
    public static string ToText(this FaultCause cause) => EnumWords.Of(Names, (int)cause);
}
