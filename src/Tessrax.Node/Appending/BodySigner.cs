using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Node.Appending;

/// <summary>Makes the bodies of a ledger's own entries and signs them, as its author or for its log to attest.</summary>
internal sealed class BodySigner(LedgerDirectory directory, LedgerKeys keys, RandomSource random)
{
    private readonly string ledger = directory.Id.ToString();

    /// <summary>The key that the ledger's own bodies name.</summary>
    public Voucher VoucherOf(VoucherKind by) =>
        new(by, by == VoucherKind.Author ? keys.Author.PublicKey.Id : keys.Log.PublicKey.Id);

    /// <summary>How long a body that is appended at once is valid.</summary>
    public static TimeSpan ValidityUnder(Windows windows)
    {
        TimeSpan window = TimeSpan.FromSeconds(windows.BodySeconds);
        return window < Draft.DefaultValidity ? window : Draft.DefaultValidity;
    }

    /// <summary>The body of a draft, with a nonce and a salt drawn for it, and the author's signature if the author vouches for it.</summary>
    public SignedBody Sign(Draft draft, UtcTime now, TimeSpan validity, PolicyPin? policy)
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
        return new SignedBody(body, draft.By == VoucherKind.Author ? SignAsAuthor(body) : null, salt);
    }

    /// <summary>The author's signature of a body, in base64.</summary>
    public string SignAsAuthor(EntryBody body) =>
        Convert.ToBase64String(keys.Author.Sign(body.SignedBytes(directory.Id)));

    private byte[] Draw(int count)
    {
        var bytes = new byte[count];
        random(bytes);
        return bytes;
    }
}
