using Tessrax.Canonical;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>The content of HOLD_PLACED: payloads that nobody may erase until the hold is released.</summary>
/// <remarks><code>{"entries":[[3,3],[7,12]],"hold":"case-2026-17","reason":"court order 17/2026"}</code>
/// All of it is public for ever, the reason too.</remarks>
/// <param name="Hold">Its name: 1 to 64 letters, digits, dots, hyphens and underscores.</param>
/// <param name="Entries">The entries; they may lie ahead of the ledger's end.</param>
/// <param name="Reason">Why: 1 to 500 characters.</param>
public sealed record HoldPlaced(string Hold, IndexRanges Entries, string Reason)
{
    /// <summary>The most ranges of entries.</summary>
    public const int MaxRanges = 512;

    /// <summary>Reads the control member of a HOLD_PLACED body.</summary>
    /// <exception cref="TessraxException">TSX1006 to TSX1009: not of that form.</exception>
    public static HoldPlaced Read(EntryBody body)
    {
        ObjectReader reader = ControlText.ControlOf(body);
        var placed = new HoldPlaced(
            PolicyText.Identifier(reader, "hold"),
            IndexRanges.Read(reader, "entries", MaxRanges),
            ControlText.Reason(reader)
        );
        if (placed.Entries.Ranges.Count == 0)
            throw reader.Fault("entries", "must name at least one entry");
        reader.End();
        return placed;
    }

    /// <summary>The control member.</summary>
    public JsonValue ToControl() => JsonValue.Object(("hold", Hold), ("entries", Entries.ToJson()), ("reason", Reason));
}

/// <summary>The content of HOLD_RELEASED.</summary>
/// <remarks><code>{"hold":"case-2026-17","reason":"case closed"}</code></remarks>
/// <param name="Hold">The name of the hold.</param>
/// <param name="Reason">Why: 1 to 500 characters, public for ever.</param>
public sealed record HoldReleased(string Hold, string Reason)
{
    /// <summary>Reads the control member of a HOLD_RELEASED body.</summary>
    /// <exception cref="TessraxException">TSX1006 to TSX1009: not of that form.</exception>
    public static HoldReleased Read(EntryBody body)
    {
        ObjectReader reader = ControlText.ControlOf(body);
        var released = new HoldReleased(PolicyText.Identifier(reader, "hold"), ControlText.Reason(reader));
        reader.End();
        return released;
    }

    /// <summary>The control member.</summary>
    public JsonValue ToControl() => JsonValue.Object(("hold", Hold), ("reason", Reason));
}

/// <summary>A hold in force.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Entries">The entries that it holds.</param>
/// <param name="At">Index of its HOLD_PLACED.</param>
/// <param name="Reason">Why it was placed.</param>
public sealed record Hold(string Name, IndexRanges Entries, long At, string Reason);
