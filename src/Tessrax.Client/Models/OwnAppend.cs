using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;

namespace Tessrax.Client;

/// <summary>An event of one's own to append.</summary>
/// <param name="Event">Begins with <c>x-</c>.</param>
/// <param name="Data">Any JSON.</param>
public sealed record OwnAppend(string Event, JsonValue Data)
{
    /// <summary>A digest of something outside that the entry stands for.</summary>
    public Digest? State { get; init; }

    /// <summary>Whether the ledger's author vouches for it; else its log does.</summary>
    public bool ByAuthor { get; init; }

    internal JsonValue ToJson() =>
        JsonValue.Object(
            ("event", Event),
            ("data", Data),
            ("state", State is { } state ? JsonValue.String(state.ToString()) : null),
            ("by", ByAuthor ? JsonValue.String("author") : null)
        );

    /// <summary>The payload that an entry of it has.</summary>
    internal JsonValue ToPayload() => new OwnEvent(Data, State).ToJson();
}

/// <summary>An append that is durable, verified.</summary>
/// <param name="Receipt">The entry: the event that was asked for, with its payload.</param>
/// <param name="IsRepeat">Whether the same request had appended it before.</param>
public sealed record Appended(VerifiedReceipt Receipt, bool IsRepeat);
