using Tessrax.Canonical;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Tests.Governance;

namespace Tessrax.Tests.Ledger;

/// <summary>Own events for a <see cref="FoldLedger"/>, sealed in one batch, each to be placed when its turn comes.</summary>
internal sealed class SealedEntries
{
    private readonly FoldLedger ledger;
    private readonly FrozenPayload[] payloads;
    private readonly byte[][] salts;

    public SealedEntries(
        FoldLedger ledger,
        int count,
        Func<EntryBody, EntryBody>? change = null,
        PrivateKey? author = null
    )
    {
        this.ledger = ledger;
        payloads = [.. Enumerable.Range(0, count).Select(i => FrozenPayload.From(FoldLedger.Own($"{i} of {count}")))];
        salts = [.. payloads.Select(_ => ledger.Draw(Receipt.SaltBytes))];
        Bodies =
        [
            .. payloads.Select(
                (payload, i) =>
                {
                    EntryBody body = ledger.Body("x-own", payload, salts[i], VoucherKind.Seal);
                    return change?.Invoke(body) ?? body;
                }
            ),
        ];
        Seals = SealedBatch.Sign(ledger.Id, Bodies, author ?? FoldLedger.Author);
    }

    public IReadOnlyList<EntryBody> Bodies { get; }

    public IReadOnlyList<Seal> Seals { get; }

    /// <summary>The entry at a position as the ledger's next one, but for what is changed.</summary>
    public Receipt Next(int position, Seal? seal = null, EntryBody? body = null, Func<Entry, Entry>? change = null) =>
        ledger.Place(
            body ?? Bodies[position],
            null,
            payloads[position],
            salts[position],
            entry =>
            {
                entry = entry with { Seal = seal ?? Seals[position] };
                return change?.Invoke(entry) ?? entry;
            }
        );
}
