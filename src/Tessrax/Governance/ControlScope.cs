using Tessrax.Canonical;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>What a control event is about, as far as two proposals stand in each other's way: at most one of each is open.</summary>
/// <remarks>Events about one key are about that key, so that a proposal that was parked does not keep another key from being revoked.</remarks>
/// <param name="Event">The event, or what several have in common.</param>
/// <param name="Subject">The id of the one key that it concerns, as written; null if the event has no such key.</param>
internal readonly record struct ControlScope(string Event, string? Subject)
{
    // One policy is in force: two wishes for the next one stand in each other's way, whatever they are called.
    private const string NextPolicy = "POLICY";

    /// <summary>The scope of an event that has no such key.</summary>
    public static ControlScope Of(string name) => new(Events.IsAboutPolicy(name) ? NextPolicy : name, null);

    /// <summary>The scope of a body whose content was read before.</summary>
    public static ControlScope Of(EntryBody body) =>
        Of(body.Event) with
        {
            Subject = body.Event switch
            {
                Events.KeyAdded => Text(body.Control?["key"]?["id"]),
                Events.KeyRotated => Text(body.Control?["old"]),
                Events.ApproversDelegated => Names(body.Control?["delegation"]),
                Events.KeyRevoked or Events.KeyReaffirmed => Text(body.Control?["key"]),
                _ => null,
            },
        };

    private static string? Names(JsonValue? delegation) =>
        delegation is null ? null : $"{Text(delegation["from"])} {Text(delegation["to"])} {Text(delegation["role"])}";

    private static string? Text(JsonValue? value) => value is { Kind: JsonKind.String } text ? text.AsString() : null;
}
