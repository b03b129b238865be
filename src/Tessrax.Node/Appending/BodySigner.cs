using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Ledger;

namespace Tessrax.Node.Appending;

/// <summary>Makes the bodies of a ledger's own entries and signs them, one by one or many at once, as its author, or for its log to attest.</summary>
/// <param name="directory">The ledger.</param>
/// <param name="keysNow">The keys that sign now: the log's may change while the writer is open.</param>
/// <param name="random">Draws nonces and salts.</param>
internal sealed class BodySigner(LedgerDirectory directory, Func<LedgerKeys> keysNow, RandomSource random)
{
    private readonly string ledger = directory.Id.ToString();

    private LedgerKeys Keys => keysNow();

    /// <summary>The key that the ledger's own bodies name.</summary>
    public Voucher VoucherOf(VoucherKind by) =>
        new(by, by == VoucherKind.Log ? Keys.Log.PublicKey.Id : Keys.Author.PublicKey.Id);

    /// <summary>How long a body that is appended at once is valid.</summary>
    public static TimeSpan ValidityUnder(Windows windows)
    {
        TimeSpan window = TimeSpan.FromSeconds(windows.BodySeconds);
        return window < Draft.DefaultValidity ? window : Draft.DefaultValidity;
    }

    /// <summary>The body of a draft, with a nonce and a salt drawn for it, and what vouches for it: the author's signature, a seal of it alone, or nothing.</summary>
    public SignedBody Sign(Draft draft, UtcTime now, TimeSpan validity, PolicyPin? policy)
    {
        SignedBody made = Make(draft, now, validity, policy);
        return draft.By switch
        {
            VoucherKind.Author => made with { Signature = SignAsAuthor(made.Body) },
            VoucherKind.Seal => Seal([made])[0],
            _ => made,
        };
    }

    /// <summary>The body of a draft before anybody vouches for it.</summary>
    public SignedBody Make(Draft draft, UtcTime now, TimeSpan validity, PolicyPin? policy)
    {
        byte[] salt = draft.Payload is null ? [] : Draw(Receipt.SaltBytes);
        bool decides =
            draft.Event is Events.ContradictionDetected or Events.DecisionProposed or Events.DecisionRecorded;
        var body = new EntryBody
        {
            Ledger = ledger,
            Event = draft.Event,
            By = VoucherOf(draft.By),
            IssuedAt = now,
            ExpiresAt = now + validity,
            Nonce = draft.Nonce ?? Convert.ToBase64String(Draw(EntryBody.NonceBytes)),
            Payload = draft.Payload is { } payload ? SignedBytes.CommitmentOf(directory.Id, salt, payload.Bytes) : null,
            Control = draft.Control,
            Policy = decides ? policy : null,
        };
        return new SignedBody(body, null, salt);
    }

    /// <summary>Seals bodies with one signature: 1 to 65,536.</summary>
    public SignedBody[] Seal(IReadOnlyList<SignedBody> made)
    {
        IReadOnlyList<Seal> seals = SealedBatch.Sign(directory.Id, [.. made.Select(m => m.Body)], Keys.Author);
        return [.. made.Select((m, i) => m with { Seal = seals[i] })];
    }

    /// <summary>The author's signature of a body, in base64.</summary>
    public string SignAsAuthor(EntryBody body) =>
        Convert.ToBase64String(Keys.Author.Sign(body.SignedBytes(directory.Id)));

    private byte[] Draw(int count)
    {
        var bytes = new byte[count];
        random(bytes);
        return bytes;
    }
}
