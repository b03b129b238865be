using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Hashing;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>What one entry added to the fold that later entries are judged by, but for nonces, proposals and the governance state. An entry leaves at most one.</summary>
/// <param name="Entry">The entry's index.</param>
internal abstract record Fact(long Entry)
{
    /// <summary>Whether it counts no more once the payloads of some entries are erased.</summary>
    public abstract bool IsErasedBy(Predicate<long> erased);

    /// <summary>The line that a part of the state has for it.</summary>
    public virtual JsonValue ToJson() => Content().With("entry", Entry);

    /// <summary>Reads a line strictly.</summary>
    /// <exception cref="TessraxException">TSX1006 to TSX1016: not of that form.</exception>
    public static Fact FromJson(JsonValue json)
    {
        var reader = new ObjectReader(json);
        long entry = reader.Integer("entry");
        Fact fact =
            reader.Optional("control") is { } control ? ControlFact.Read(reader, entry, control)
            : reader.Optional("contradiction") is not null ? DetectionFact.Read(reader, entry)
            : reader.Optional("settled") is not null ? SettlementFact.Read(reader, entry)
            : reader.Optional("escalated") is not null ? EscalationFact.Read(reader, entry)
            : reader.Optional("executed") is not null ? ExecutedFact.Read(reader, entry)
            : ClaimsFact.Read(reader, entry);
        reader.End();
        return fact;
    }

    protected abstract JsonValue Content();
}

/// <summary>A control event about payloads that is in force. All that it says is public.</summary>
internal sealed record ControlFact(long Entry, string Event, JsonValue Control) : Fact(Entry)
{
    internal static ControlFact Read(ObjectReader reader, long entry, JsonValue control) =>
        new(entry, reader.OneOf("event", Events.HoldPlaced, Events.PayloadErased, Events.LedgerCompacted), control);

    /// <summary>As much of the entry's body as says what it does.</summary>
    public EntryBody ToBody() =>
        new()
        {
            Ledger = "",
            Event = Event,
            By = default,
            IssuedAt = default,
            ExpiresAt = default,
            Nonce = "",
            Control = Control,
        };

    public override bool IsErasedBy(Predicate<long> erased) => false;

    protected override JsonValue Content() => JsonValue.Object(("event", Event), ("control", Control));
}

/// <summary>A fact that stands in a payload, written with that payload's salt: a digest over facts is public for ever, and must not help anybody
/// to guess them once payload and salt are erased.</summary>
/// <param name="Entry">The entry's index.</param>
/// <param name="Salt">The 32 bytes.</param>
internal abstract record SaltedFact(long Entry, Digest Salt) : Fact(Entry)
{
    public override bool IsErasedBy(Predicate<long> erased) => erased(Entry);

    public override JsonValue ToJson() => base.ToJson().With("salt", Convert.ToBase64String(Salt.Span));

    protected static Digest ReadSalt(ObjectReader reader) => new(reader.Base64("salt", Receipt.SaltBytes));
}

/// <summary>Claims were recorded.</summary>
internal sealed record ClaimsFact(long Entry, Digest Salt, IReadOnlyList<Claim> Claims) : SaltedFact(Entry, Salt)
{
    internal static ClaimsFact Read(ObjectReader reader, long entry) =>
        new(
            entry,
            ReadSalt(reader),
            [.. reader.Array("claims", ClaimsRecorded.MaxClaims).Select(item => Claim.FromJson(item.Value, item.Path))]
        );

    protected override JsonValue Content() =>
        JsonValue.Object(("claims", JsonValue.Of(Claims.Select(c => c.ToJson()))));
}

/// <summary>A contradiction was told of.</summary>
internal sealed record DetectionFact(long Entry, Digest Salt, Digest Contradiction) : SaltedFact(Entry, Salt)
{
    internal static DetectionFact Read(ObjectReader reader, long entry) =>
        new(entry, ReadSalt(reader), reader.Digest("contradiction"));

    protected override JsonValue Content() => JsonValue.Object(("contradiction", Contradiction.ToString()));
}
