using NSec.Cryptography;
using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Bench.Ratios.Cases;

/// <summary>Verifying the approvals of one body, each by a key of its own, beside as many bare verifications of the same signatures.</summary>
/// <remarks>A verdict is verified when it is recorded; where an entry carries it, it is compared with what is on record.</remarks>
internal static class ApprovalsCase
{
    public static ICase Make() => new PairedCase("approvals", Contestants, Duel.AtMost(1.1, "nsec"));

    private static Contestant[] Contestants(Effort effort)
    {
        int count = effort.Size(Approval.MaxCount, 4);
        Digest ledger = HashEngine.Sha256.Hash("ledger"u8);
        Digest body = HashEngine.Sha256.Hash("body"u8);
        var now = UtcTime.Now(TimeProvider.System);
        var signed = new (
            Approval Approval,
            Tessrax.Keys.PublicKey Key,
            NSec.Cryptography.PublicKey Bare,
            byte[] Message,
            byte[] Signature
        )[count];
        for (int i = 0; i < count; i++)
        {
            byte[] seed = new byte[32];
            seed[0] = (byte)(i + 1);
            using var key = PrivateKey.FromSeed(seed);
            var approval = new Approval
            {
                Key = key.PublicKey.Id,
                Role = "security",
                Approves = true,
                Gov = body,
                IssuedAt = now,
                ExpiresAt = now + TimeSpan.FromDays(7),
                Nonce = Convert.ToBase64String(new byte[EntryBody.NonceBytes]),
            };
            byte[] message = approval.SignedBytes(ledger, body);
            byte[] signature = key.Sign(message);
            using Key pair = Key.Import(SignatureAlgorithm.Ed25519, seed, KeyBlobFormat.RawPrivateKey);
            signed[i] = (
                approval with
                {
                    Signature = Convert.ToBase64String(signature),
                },
                key.PublicKey,
                pair.PublicKey,
                message,
                signature
            );
        }
        return
        [
            new("ours", tasks => Each(tasks, i => signed[i].Approval.IsSignedBy(signed[i].Key, ledger, body))),
            new(
                "nsec",
                tasks =>
                    Each(
                        tasks,
                        i => SignatureAlgorithm.Ed25519.Verify(signed[i].Bare, signed[i].Message, signed[i].Signature)
                    )
            ),
        ];

        void Each(long tasks, Func<int, bool> holds)
        {
            for (long task = 0; task < tasks; task++)
            {
                for (int i = 0; i < count; i++)
                {
                    if (!holds(i))
                        throw new InvalidOperationException("a good approval was refused");
                }
            }
        }
    }
}
