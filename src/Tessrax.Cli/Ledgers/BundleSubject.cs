using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Verification;

namespace Tessrax.Cli.Ledgers;

/// <summary>What a bundle is about, in words. It says what the bundle says; only the verdict tells whether that holds.</summary>
/// <param name="Receipt">The entry.</param>
/// <param name="Signers">Names and roles of those whose approvals it carries, as genesis names them.</param>
internal sealed record BundleSubject(Receipt Receipt, IReadOnlyList<string> Signers)
{
    /// <summary>The lines for people.</summary>
    public IEnumerable<string> Lines
    {
        get
        {
            yield return $"entry {Receipt.Entry.Index}, {Receipt.Entry.Body.Event}, recorded at {Receipt.Entry.RecordedAt}";
            yield return ReceiptText.Summary(Receipt);
            if (Receipt is { Entry.Body.Event: Events.DecisionRecorded, Payload: { } decision })
                yield return Decision.FromJson(decision.Root).Explanation;
            if (Signers.Count > 0)
                yield return $"signed by {string.Join(" and ", Signers)}";
        }
    }

    /// <summary>The subject of a bundle, or null if it cannot be read.</summary>
    public static BundleSubject? Of(ReadOnlySpan<byte> bytes)
    {
        try
        {
            Bundle bundle = Bundle.Parse(bytes);
            Receipt? about = bundle.Entries.FirstOrDefault(e => e.Receipt.Entry.Index == bundle.Subject)?.Receipt;
            if (about is null || bundle.Entries[0].Receipt.Entry.Body.Event != Events.LedgerCreated)
                return null;
            IReadOnlyList<LedgerKey> keys = Genesis.Read(bundle.Entries[0].Receipt.Entry.Body).Keys;
            return new BundleSubject(
                about,
                [.. about.Entry.Approvals.Select(a => $"{keys.FirstOrDefault(k => k.Id == a.Key)?.Name} ({a.Role})")]
            );
        }
        catch (TessraxException)
        {
            return null;
        }
    }

    public JsonValue ToJson() =>
        JsonValue.Object(
            ("index", Receipt.Entry.Index),
            ("event", Receipt.Entry.Body.Event),
            ("recorded_at", Receipt.Entry.RecordedAt.ToString()),
            ("payload", Receipt.Payload?.Root),
            ("signers", JsonValue.Of(Signers.Select(JsonValue.String)))
        );
}
