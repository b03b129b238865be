using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>The keys of a log, followed through the control events that give it another one, without what lies between them.</summary>
/// <remarks>Such an event proves itself: the key before it signed that it gives its place up, or the recovery key that the ledger committed to signed in its stead, both under the
/// ledger's id. So whoever knows genesis and these entries alone knows the keys; that no other such event came between, only the whole ledger shows.</remarks>
/// <param name="Ledger">The ledger's id.</param>
/// <param name="Log">Its log's keys.</param>
/// <param name="Recovery">Who may recover it; null if nobody can.</param>
public sealed record LogKeyTrail(Digest Ledger, LogKeyChain Log, RecoveryCommitment? Recovery)
{
    // In canonical JSON, text within text has its quotes escaped: only an entry of that event holds these bytes, or one that speaks of such a body.
    private static ReadOnlySpan<byte> Rotates => "\"event\":\"KEY_ROTATED\""u8;

    private static ReadOnlySpan<byte> Recovers => "\"event\":\"KEY_RECOVERED\""u8;

    /// <summary>The key that genesis names.</summary>
    /// <param name="ledger">The ledger's id.</param>
    /// <param name="genesis">Its genesis.</param>
    public static LogKeyTrail From(Digest ledger, Genesis genesis)
    {
        ArgumentNullException.ThrowIfNull(genesis);
        LedgerKey log =
            genesis.Keys.FirstOrDefault(key => key.Purpose == KeyPurpose.Log)
            ?? throw new ArgumentException("no key of the log is in it", nameof(genesis));
        return new LogKeyTrail(ledger, new LogKeyChain(log.Verifier), genesis.Recovery);
    }

    /// <summary>The key that an entry gives the log, as it says and without any proof; null if it gives none. Quick for most entries.</summary>
    public static VerifierKey? KeyIn(ReadOnlySpan<byte> leaf) => Read(leaf)?.Key;

    /// <summary>The trail after an entry.</summary>
    /// <param name="leaf">The entry.</param>
    /// <returns>The same if the entry gives the log no key, or does not prove that it does.</returns>
    public LogKeyTrail After(ReadOnlySpan<byte> leaf)
    {
        if (Read(leaf) is not { } change || !Fits(change.Key, change.Index))
            return this;
        if (change.Rotated is { } rotated)
            return rotated.Old == Log.Newest.Key.Id && rotated.IsSigned(Ledger, Log.Newest.Key)
                ? this with
                {
                    Log = Log.With(new LogKeySpan(change.Key, change.Index + 1)),
                }
                : this;
        return
            Recovery is { } by
            && change.Recovered!.IsSigned(Ledger, by)
            && change.Recovered.Terms.AreProven(Ledger, by.Commitment)
            ? this with
            {
                Log = Log.With(new LogKeySpan(change.Key, change.Index + 1, IsConsented: false)),
                Recovery = new RecoveryCommitment(change.Recovered.Next, by.Generation + 1),
            }
            : this;
    }

    private bool Fits(VerifierKey key, long index) =>
        key.Name == Log.Origin && index >= Log.Spans[^1].From && Log.Spans.All(span => span.Key.NoteId != key.NoteId);

    private static Change? Read(ReadOnlySpan<byte> leaf)
    {
        if (leaf.IndexOf(Rotates) < 0 && leaf.IndexOf(Recovers) < 0)
            return null;
        try
        {
            Entry entry = Entry.Parse(leaf);
            switch (entry.Body.Event)
            {
                case Events.KeyRotated:
                    var rotated = KeyRotated.Read(entry.Body);
                    return rotated.Key.Purpose == KeyPurpose.Log
                        ? new Change(entry.Index, rotated.Key.Verifier, rotated, null)
                        : null;
                case Events.KeyRecovered:
                    var recovered = KeyRecovered.Read(entry.Body);
                    return new Change(entry.Index, recovered.Terms.Log.Verifier, null, recovered);
                default:
                    return null;
            }
        }
        catch (TessraxException)
        {
            return null; // who judges entries says what is wrong with it
        }
    }

    private sealed record Change(long Index, VerifierKey Key, KeyRotated? Rotated, KeyRecovered? Recovered);
}
