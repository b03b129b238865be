using System.Globalization;
using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Node.Appending;

/// <summary>The acknowledgement of an append: the entry is durable, and the checkpoint that covers it is signed.</summary>
/// <param name="Index">The entry's place.</param>
/// <param name="Leaf">The hash of its leaf in the ledger's tree.</param>
/// <param name="RecordedAt">When the log accepted it.</param>
/// <param name="Checkpoint">A signed checkpoint that covers it; all receipts of a batch share it.</param>
/// <param name="IsRepeat">Whether it was on record already, by an earlier append with the same nonce.</param>
public readonly record struct AppendReceipt(
    long Index,
    Digest Leaf,
    UtcTime RecordedAt,
    SignedNote Checkpoint,
    bool IsRepeat
);

/// <summary>A user's own event to append, before anything of it is made: the quickest way in.</summary>
/// <param name="Event">Its name, <c>x-…</c>.</param>
/// <param name="Data">Any JSON value in UTF-8, at most 63 levels deep. It must not change before the append has ended.</param>
/// <param name="State">Digest of the state outside that it speaks of, or null.</param>
/// <param name="By">Who vouches: the log by its checkpoint alone, or the ledger's author by a signature.</param>
/// <param name="Nonce">16 bytes chosen by the caller, so that a retry is the same append; empty to draw them.</param>
public readonly record struct OwnDraft(
    string Event,
    ReadOnlyMemory<byte> Data,
    Digest? State = null,
    VoucherKind By = VoucherKind.Log,
    ReadOnlyMemory<byte> Nonce = default
);

/// <summary>A body that was made and signed, or sealed, elsewhere, with what it commits to.</summary>
/// <param name="Signed">By an author of the ledger.</param>
/// <param name="Payload">What its commitment is made of.</param>
public readonly record struct SignedDraft(SignedBody Signed, FrozenPayload Payload);

/// <summary>What to ask by when the outcome of an append is unknown: <see cref="LedgerPipeline.FindAsync"/>, also after a restart.</summary>
/// <param name="By">Who vouches for the body.</param>
/// <param name="Nonce">Its nonce, 16 bytes in base64.</param>
/// <param name="Until">How long the ledger remembers the nonce.</param>
/// <example><code>log 1f3c…9a AAECAwQFBgcICQoLDA0ODw== 2026-01-31T12:15:00.000000Z</code></example>
public sealed record AppendToken(Voucher By, string Nonce, UtcTime Until)
{
    /// <summary>Reads what <see cref="ToString"/> writes; false for anything else.</summary>
    public static bool TryParse(string text, out AppendToken? token)
    {
        ArgumentNullException.ThrowIfNull(text);
        token = null;
        string[] parts = text.Split(' ');
        Span<byte> nonce = stackalloc byte[EntryBody.NonceBytes + 2];
        if (
            parts.Length != 4
            || !Enum.TryParse(parts[0], ignoreCase: true, out VoucherKind kind)
            || !Digest.TryParseHex(parts[1], out Digest key)
            || !Convert.TryFromBase64String(parts[2], nonce, out int length)
            || length != EntryBody.NonceBytes
            || !UtcTime.TryParse(parts[3], out UtcTime until)
        )
            return false;
        var read = new AppendToken(new Voucher(kind, key), parts[2], until);
        token = read.ToString() == text ? read : null;
        return token is not null;
    }

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{(By.Kind switch { VoucherKind.Author => "author", VoucherKind.Seal => "seal", _ => "log" })} {By.Key.ToHex()} {Nonce} {Until}"
        );
}

/// <summary>What became of an append.</summary>
public enum AppendOutcome
{
    /// <summary>It is on record.</summary>
    Committed,

    /// <summary>It is not on record, and nothing is under way: append it again if it is wanted.</summary>
    NotThere,

    /// <summary>The ledger has forgotten the nonce: whether it was used can be told only by looking through the entries.</summary>
    Forgotten,
}

/// <summary>The answer to an <see cref="AppendToken"/>.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Index">The entry's place, if it is on record.</param>
public readonly record struct AppendFate(AppendOutcome Outcome, long? Index);
