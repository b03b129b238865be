using Tessrax.Canonical;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>One entry whose payload is erased.</summary>
/// <param name="Index">The entry.</param>
/// <param name="ReExecuted">For a contradiction, a proposal or a decision: whether it was what the entries before it give, worked out for the
/// last time. Null for other events, and where inputs were missing already.</param>
public readonly record struct ErasedEntry(long Index, bool? ReExecuted);

/// <summary>The content of PAYLOAD_ERASED: entries whose payloads and salts are gone, or go now, for ever.</summary>
/// <remarks><code>{"entries":[{"index":3,"re_executed":null},{"index":4,"re_executed":true}],"reason":"art. 17 request 88"}</code>
/// It names the entry that was asked for and every entry that copies values out of it. All of it is public for ever, the reason too.</remarks>
/// <param name="Entries">By index, ascending: 1 to 640.</param>
/// <param name="Reason">Why: 1 to 500 characters.</param>
public sealed record PayloadErased(IReadOnlyList<ErasedEntry> Entries, string Reason)
{
    /// <summary>The most entries that one event erases: what fits into a body.</summary>
    public const int MaxEntries = 640;

    /// <summary>Reads the control member of a PAYLOAD_ERASED body.</summary>
    /// <exception cref="TessraxException">TSX1006 to TSX1009: not of that form.</exception>
    public static PayloadErased Read(EntryBody body)
    {
        ObjectReader reader = ControlText.ControlOf(body);
        var entries = new List<ErasedEntry>();
        foreach ((JsonValue item, string path) in reader.Array("entries", MaxEntries))
        {
            var entry = new ObjectReader(item, path);
            long index = entry.Integer("index", 1);
            bool? reExecuted =
                entry.Required("re_executed").Kind == JsonKind.Null ? null : entry.Boolean("re_executed");
            entry.End();
            if (entries.Count > 0 && index <= entries[^1].Index)
                throw reader.Fault("entries", "must ascend");
            entries.Add(new ErasedEntry(index, reExecuted));
        }
        if (entries.Count == 0)
            throw reader.Fault("entries", "must name at least one entry");
        var erased = new PayloadErased(entries, ControlText.Reason(reader));
        reader.End();
        return erased;
    }

    /// <summary>The control member.</summary>
    public JsonValue ToControl() =>
        JsonValue.Object(
            (
                "entries",
                JsonValue.Of(
                    Entries.Select(e =>
                        JsonValue.Object(
                            ("index", e.Index),
                            ("re_executed", e.ReExecuted is { } held ? (JsonValue)held : JsonValue.Null)
                        )
                    )
                )
            ),
            ("reason", Reason)
        );
}
