using System.Text;
using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Verification;

namespace Tessrax.Client;

/// <summary>Holds what a server gave as a receipt against an accepted checkpoint.</summary>
internal static class ReceiptJudge
{
    /// <summary>The receipt, verified.</summary>
    /// <param name="given">As the server gave it, with or without a proof of its own.</param>
    /// <param name="index">The entry that was asked for.</param>
    /// <param name="proof">The path to the checkpoint's root, where it came in another way; null to take the server's.</param>
    /// <param name="checkpoint">An accepted checkpoint.</param>
    /// <param name="trust">What it was accepted by.</param>
    /// <param name="clock">Measures, and decides nothing.</param>
    /// <exception cref="TessraxException">TSX6040: it does not hold.</exception>
    public static VerifiedReceipt Judge(
        JsonValue given,
        long index,
        Digest[]? proof,
        VerifiedCheckpoint checkpoint,
        TrustRoot trust,
        TimeProvider clock
    )
    {
        if (given.Kind != JsonKind.Object)
            throw ErrorCodes.AnswerBroken.Because($"what was given as entry {index} is no receipt");
        JsonValue whole = given.With("checkpoint", checkpoint.Note.ToString()).With("size", checkpoint.Head.Size);
        if (proof is not null)
            whole = whole.With("proof", JsonValue.Of(proof.Select(hash => JsonValue.String(hash.ToBase64()))));
        Require(ReceiptVerifier.Verify(whole.ToCanonicalBytes(), trust, clock), $"entry {index}");
        VerifiedReceipt receipt = Read(whole, checkpoint);
        return receipt.Receipt.Entry.Index == index
            ? receipt
            : throw ErrorCodes.AnswerBroken.Because(
                $"the server gave entry {receipt.Receipt.Entry.Index} for entry {index}"
            );
    }

    /// <summary>Throws if a verdict does not hold.</summary>
    public static void Require(Verdict verdict, string what)
    {
        if (verdict.Holds)
            return;
        Stage? failed = verdict.Stages.FirstOrDefault(stage =>
            stage.Holds == false || stage is { Holds: null, Claimed: true }
        );
        string reason = failed?.Findings is [var first, ..] ? $"{first.Code} {first.Message}" : "nothing was checked";
        throw ErrorCodes.AnswerBroken.Because($"{what}, stage {failed?.Name ?? "format"}: {reason}");
    }

    // It was read strictly just now.
    private static VerifiedReceipt Read(JsonValue whole, VerifiedCheckpoint checkpoint)
    {
        string payload = whole["payload"]?.ToString() ?? "";
        byte[] salt = whole["salt"] is { } text ? Convert.FromBase64String(text.AsString()) : [];
        Receipt receipt = Receipt.Parse(
            whole["entry"]!.ToCanonicalBytes(),
            Encoding.UTF8.GetBytes(payload),
            salt,
            whole["erased"] is not null
        );
        Digest[] path =
        [
            .. whole["proof"]!
                .Items.ToArray()
                .Select(item => Digest.TryParseBase64(item.AsString(), out Digest hash) ? hash : default),
        ];
        return new VerifiedReceipt(receipt, receipt.LeafHash(checkpoint.Hasher), path, checkpoint);
    }
}
