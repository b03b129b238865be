using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Tests.Fuzz;

namespace Tessrax.Tests.Governance;

/// <summary>One control event of each kind about keys, of the right form; whether signatures hold is for the tests of the rules.</summary>
internal static class KeySamples
{
    private static readonly string Signature = Convert.ToBase64String(new byte[64]);

    private static readonly KeyContent Author = KeyLedger.Author("second-laptop", FoldLedger.Seeded(95));

    private static readonly KeyContent Approver = KeyLedger.Approver(6, "alice", "legal", "security") with
    {
        Person = "alice",
    };

    public static KeyAdded Added { get; } = new(Author, Signature, "a second machine");

    public static KeyRotated Rotated { get; } = new(KeyLedger.Id(1), Approver, Signature, Signature, "new laptop");

    public static KeyRevoked Revoked { get; } = new(KeyLedger.Id(2), KeyEnd.Compromised, 412, "stolen laptop");

    public static KeyReaffirmed Reaffirmed { get; } = new(KeyLedger.Id(2), IndexRanges.Of([412, 413, 430]), "checked");

    public static ApproversChanged Changed { get; } =
        KeyLedger.Changed(
            [new NewApprover(Approver, Signature)],
            [KeyLedger.Id(3)],
            [new ChangedRoles(KeyLedger.Id(4), ["legal"])]
        );

    public static ApproversDelegated Delegated { get; } =
        new(
            new Delegation(
                KeyLedger.Id(5),
                KeyLedger.Id(1),
                "legal",
                ["LEDGER_CLOSED", "both"],
                FoldLedger.Time("2026-03-01T00:00:00.000000Z"),
                FoldLedger.Time("2026-03-08T00:00:00.000000Z")
            ),
            Signature,
            "on leave"
        );

    public static KeyOffer Offer { get; } = new(KeyLedger.Id(5), Author, null, Signature, null);

    public static KeyOffer Replacing { get; } = new(KeyLedger.Id(5), Approver, KeyLedger.Id(1), Signature, Signature);

    public static KeyOffer ForRecovery { get; } =
        new(KeyLedger.Id(5), Approver, null, Signature, null) { Recovery = KeyLedger.Id(4) };

    public static JsonValue Json(KeyOffer offer) => JsonValue.Parse(offer.ToBytes());

    public static IEnumerable<JsonValue> Contents() => [Author.ToJson(), Approver.ToJson()];

    /// <summary>A body with the event.</summary>
    public static IEnumerable<JsonValue> Seed(string name)
    {
        JsonValue control = name switch
        {
            Events.KeyAdded => Added.ToControl(),
            Events.KeyRotated => Rotated.ToControl(),
            Events.KeyRevoked => Revoked.ToControl(),
            Events.KeyReaffirmed => Reaffirmed.ToControl(),
            Events.ApproversDelegated => Delegated.ToControl(),
            Events.KeyRecovered => RecoveryLedger.Sample.Whole.ToControl(),
            _ => Changed.ToControl(),
        };
        yield return (EntryBody.FromJson(FuzzSeeds.Bodies().First()) with { Event = name, Control = control }).ToJson();
    }

    /// <summary>Reads the content of a body if it is one of these events, and writes it again.</summary>
    public static JsonValue? Read(EntryBody body) =>
        body.Event switch
        {
            Events.KeyAdded => KeyAdded.Read(body).ToControl(),
            Events.KeyRotated => KeyRotated.Read(body).ToControl(),
            Events.KeyRevoked => KeyRevoked.Read(body).ToControl(),
            Events.KeyReaffirmed => KeyReaffirmed.Read(body).ToControl(),
            Events.KeyRecovered => KeyRecovered.Read(body).ToControl(),
            Events.ApproversChanged => ApproversChanged.Read(body).ToControl(),
            Events.ApproversDelegated => ApproversDelegated.Read(body).ToControl(),
            _ => null,
        };

    public static JsonValue ReadBack(JsonValue value) => Read(EntryBody.FromJson(value)) ?? JsonValue.Null;
}
