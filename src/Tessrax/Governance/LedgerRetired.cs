using Tessrax.Canonical;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>The content of LEDGER_RETIRED: the ledger ends, and no other one goes on.</summary>
/// <remarks><code>{"reason":"the product was discontinued"}</code></remarks>
/// <param name="Reason">Why: 1 to 500 characters, public for ever.</param>
public sealed record LedgerRetired(string Reason)
{
    /// <summary>Reads the control member of a LEDGER_RETIRED body.</summary>
    /// <exception cref="TessraxException">TSX1007 to TSX1009: not of that form.</exception>
    public static LedgerRetired Read(EntryBody body)
    {
        ObjectReader reader = ControlText.ControlOf(body);
        var retired = new LedgerRetired(ControlText.Reason(reader));
        reader.End();
        return retired;
    }

    /// <summary>The control member.</summary>
    public JsonValue ToControl() => JsonValue.Object(("reason", Reason));
}

/// <summary>That a ledger is retired, as the governance state keeps it.</summary>
/// <param name="At">Index of its LEDGER_RETIRED.</param>
/// <param name="Reason">Why.</param>
public sealed record Retirement(long At, string Reason)
{
    /// <summary>Index and reason.</summary>
    public JsonValue ToJson() => JsonValue.Object(("at", At), ("reason", Reason));

    internal static Retirement Read(ObjectReader reader)
    {
        var retired = new Retirement(reader.Integer("at"), ControlText.Reason(reader));
        reader.End();
        return retired;
    }
}
