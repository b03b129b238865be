using Tessrax.Canonical;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>The content of CLOCK_ADJUSTED: what the log's clock called one moment was really another. It alone may set the log's time back,
/// or ahead by more than a clock may gain.</summary>
/// <remarks><code>{"from":"2099-01-01T00:00:00.000000Z","reason":"the clock was set to 2099","to":"2026-03-01T12:00:00.000000Z"}</code></remarks>
/// <param name="From">The moment on the log's old clock at which the body was issued.</param>
/// <param name="To">What that moment really was.</param>
/// <param name="Reason">Why: 1 to 500 characters, public for ever.</param>
public sealed record ClockAdjusted(UtcTime From, UtcTime To, string Reason)
{
    /// <summary>Reads the control member of a CLOCK_ADJUSTED body.</summary>
    /// <exception cref="TessraxException">TSX1007 to TSX1010: not of that form, or not about the moment of the body's issuing.</exception>
    public static ClockAdjusted Read(EntryBody body)
    {
        ObjectReader reader = ControlText.ControlOf(body);
        var adjusted = new ClockAdjusted(reader.Time("from"), reader.Time("to"), ControlText.Reason(reader));
        if (adjusted.From != body.IssuedAt)
            throw reader.Fault("from", $"must be {body.IssuedAt}, when the body was issued");
        if (adjusted.To == adjusted.From)
            throw reader.Fault("to", "must be another moment than from");
        reader.End();
        return adjusted;
    }

    /// <summary>The control member.</summary>
    public JsonValue ToControl() =>
        JsonValue.Object(("from", From.ToString()), ("to", To.ToString()), ("reason", Reason));

    /// <summary>What a moment on the old clock really was.</summary>
    public UtcTime Adjust(UtcTime moment) => moment + (To - From);
}
