using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Xunit;

namespace Tessrax.Tests.Governance;

/// <summary>Control events about keys, made as their holders would make them, on a <see cref="FoldLedger"/>.</summary>
internal static class KeyLedger
{
    /// <summary>Longer than the delay, so that what appoints somebody can be recorded.</summary>
    public static readonly TimeSpan Long = TimeSpan.FromDays(30);

    public static readonly TimeSpan Delay = TimeSpan.FromHours(24);

    public static KeyContent Author(string name, PrivateKey key) =>
        new(name, KeyPurpose.Author, VerifierKey.Create(name, key.PublicKey), []);

    public static KeyContent Approver(int number, string name, params string[] roles) =>
        new(name, KeyPurpose.Approver, VerifierKey.Create(name, FoldLedger.Approver(number).PublicKey), roles);

    public static string Proof(Digest ledger, KeyContent key, PrivateKey signer, Digest? replaces = null) =>
        Convert.ToBase64String(signer.Sign(KeyProof.Possession(ledger, key, replaces)));

    public static KeyAdded Added(FoldLedger ledger, KeyContent key, PrivateKey signer) =>
        new(key, Proof(ledger.Id, key, signer), "a second machine");

    public static NewApprover Joins(FoldLedger ledger, int number, string name, params string[] roles) =>
        Joins(ledger, number, Approver(number, name, roles));

    public static NewApprover Joins(FoldLedger ledger, int number, KeyContent key) =>
        new(key, Proof(ledger.Id, key, FoldLedger.Approver(number)));

    public static KeyRotated Rotated(FoldLedger ledger, PrivateKey old, PrivateKey fresh)
    {
        KeyContent key = KeyContent.Of(ledger.Fold.State.Key(old.PublicKey.Id)!) with
        {
            Verifier = VerifierKey.Create("fresh", fresh.PublicKey),
        };
        Digest id = old.PublicKey.Id;
        string consent = Convert.ToBase64String(old.Sign(KeyProof.Consent(ledger.Id, key, id)));
        return new KeyRotated(id, key, consent, Proof(ledger.Id, key, fresh, id), "new laptop");
    }

    public static ApproversChanged Changed(
        IEnumerable<NewApprover>? add = null,
        IEnumerable<Digest>? remove = null,
        IEnumerable<ChangedRoles>? roles = null
    ) =>
        new(
            [.. (add ?? []).OrderBy(a => a.Key.Id)],
            [.. (remove ?? []).Order()],
            [.. (roles ?? []).OrderBy(r => r.Key)],
            "a reason"
        );

    public static Digest Id(int approver) => FoldLedger.Approver(approver).PublicKey.Id;

    /// <summary>Puts it up for approval for a long time.</summary>
    public static Receipt Propose(FoldLedger ledger, string name, JsonValue control, PrivateKey? author = null) =>
        ledger.ProposeControl(
            name,
            control,
            b =>
                b with
                {
                    ExpiresAt = b.IssuedAt + Long,
                    By = new Voucher(VoucherKind.Author, (author ?? FoldLedger.Author).PublicKey.Id),
                },
            author
        );

    /// <summary>Proposes it, lets the usual majority approve it, waits if it must, and records it.</summary>
    public static Receipt Pass(FoldLedger ledger, string name, JsonValue control, PrivateKey? author = null)
    {
        long proposal = ledger.Add(Propose(ledger, name, control, author)).Entry.Index;
        Approval[] votes =
        [
            ledger.AddVote(proposal, 1),
            ledger.AddVote(proposal, 2),
            ledger.AddVote(proposal, 3),
            ledger.AddVote(proposal, 5, "legal"),
        ];
        if (ledger.Fold.DueAt(ledger.Fold.Proposals[proposal]) is { } due)
            ledger.Now = due;
        return ledger.Add(ledger.RecordedControl(proposal, votes));
    }

    public static void Refused(FoldLedger ledger, ErrorCode code, Receipt receipt)
    {
        Refusal? refusal = ledger.Judge(receipt);
        Assert.True(refusal?.Code == code, $"{refusal?.Code} {refusal?.Message}, expected {code}");
    }

    /// <summary>A ledger with authors and no approvers, where an author's signature is enough.</summary>
    public static FoldLedger WithoutApprovers() =>
        new(found: g => g with { Keys = [.. g.Keys.Where(k => k.Purpose != KeyPurpose.Approver)] });
}
