using Tessrax.Canonical;
using Tessrax.Ledger;

namespace Tessrax.Node.Transactions;

/// <summary>What is known of a prepared receipt.</summary>
/// <param name="Token">Its token.</param>
/// <param name="State">What became of it; null if it is unknown: never prepared, or decided and forgotten.</param>
public sealed record TransactionStatus(TransactionToken Token, TransactionState? State)
{
    /// <summary>Whether its file cannot be read, so that nothing is known of it.</summary>
    public bool IsDamaged { get; init; }

    /// <summary>Its event, while it is undecided.</summary>
    public string? Event { get; init; }

    /// <summary>When it was prepared, while it is undecided.</summary>
    public UtcTime? PreparedAt { get; init; }

    /// <summary>The last moment at which it can be committed, while it is undecided.</summary>
    public UtcTime? ExpiresAt { get; init; }

    /// <summary>Its index, once it is committed.</summary>
    public long? Index { get; init; }

    /// <summary>When it was decided.</summary>
    public UtcTime? DecidedAt { get; init; }

    /// <summary><c>prepared</c>, <c>committed</c>, <c>aborted</c>, <c>expired</c>, <c>damaged</c> or <c>unknown</c>.</summary>
    public string StateText =>
        State is { } state ? TransactionRecord.TextOf(state)
        : IsDamaged ? "damaged"
        : "unknown";

    public JsonValue ToJson() =>
        JsonValue.Object(
            ("token", Token.ToString()),
            ("state", StateText),
            ("event", Event is null ? null : JsonValue.String(Event)),
            ("prepared_at", Text(PreparedAt)),
            ("expires_at", Text(ExpiresAt)),
            ("index", Index is { } index ? (JsonValue)index : null),
            ("decided_at", Text(DecidedAt))
        );

    internal static TransactionStatus Of(PreparedReceipt prepared, TransactionState state) =>
        new(prepared.Token, state)
        {
            Event = prepared.Body.Event,
            PreparedAt = prepared.PreparedAt,
            ExpiresAt = prepared.Body.ExpiresAt,
        };

    private static JsonValue? Text(UtcTime? time) => time is { } at ? JsonValue.String(at.ToString()) : null;
}
