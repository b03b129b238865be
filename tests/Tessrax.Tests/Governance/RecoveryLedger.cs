using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Tests.Governance;

/// <summary>Recoveries as their holders would make them, on a <see cref="FoldLedger"/>; and one of each record that they have.</summary>
internal static class RecoveryLedger
{
    public static readonly PrivateKey NewLog = FoldLedger.Seeded(111);
    public static readonly PrivateKey NewAuthor = FoldLedger.Seeded(112);

    /// <summary>A request, its answer, and what both say together, for a ledger as it begins.</summary>
    public static (RecoveryRequest Request, RecoveryAnswer Answer, KeyRecovered Whole) Sample { get; } = MakeSample();

    /// <summary>The holder's recovery keys, one after the other.</summary>
    public static PrivateKey Key(long generation) => FoldLedger.Seeded((byte)(101 + generation));

    public static RecoveryCommitment Commitment(long generation) =>
        new(RecoveryCommitment.Of(Key(generation).PublicKey), generation);

    public static FoldLedger Make() => new(found: g => g with { Recovery = Commitment(0) });

    public static KeyContent LogContent(PrivateKey? key = null) =>
        new(FoldLedger.Origin, KeyPurpose.Log, VerifierKey.Create(FoldLedger.Origin, (key ?? NewLog).PublicKey), []);

    /// <summary>The request for new keys of the log and of an author, and whichever others come with their signers.</summary>
    public static RecoveryRequest Request(
        FoldLedger ledger,
        long suspectFrom,
        IEnumerable<Digest>? retire = null,
        PrivateKey? log = null,
        PrivateKey? author = null,
        params (KeyContent Key, PrivateKey Signer)[] others
    )
    {
        RecoveryCommitment by = ledger.Fold.State.Recovery ?? Commitment(0);
        (KeyContent Key, PrivateKey Signer)[] keys =
        [
            (LogContent(log), log ?? NewLog),
            (KeyLedger.Author("author", author ?? NewAuthor), author ?? NewAuthor),
            .. others,
        ];
        keys = [.. keys.OrderBy(k => k.Key.Id)];
        return new RecoveryRequest(
            ledger.Id,
            FoldLedger.Origin,
            by,
            new RecoveryTerms(
                [.. keys.Select(k => k.Key)],
                [
                    .. keys.Select(k =>
                        Convert.ToBase64String(k.Signer.Sign(KeyProof.Recovery(ledger.Id, k.Key, by.Commitment)))
                    ),
                ],
                [.. (retire ?? [FoldLedger.Author.PublicKey.Id]).Order()],
                suspectFrom
            )
        );
    }

    /// <summary>The recovery key's holder signs.</summary>
    public static KeyRecovered Sign(RecoveryRequest request)
    {
        PrivateKey key = Key(request.By.Generation);
        return RecoveryAnswer
            .Sign(request, key.PublicKey, m => key.Sign(m), Key(request.By.Generation + 1).PublicKey)
            .Join(request);
    }

    /// <summary>The entry, signed by an author, as a rule the new one.</summary>
    public static Receipt Entry(FoldLedger ledger, KeyRecovered recovered, PrivateKey? author = null) =>
        Entry(ledger, recovered.ToControl(), author);

    public static Receipt Entry(FoldLedger ledger, JsonValue control, PrivateKey? author = null) =>
        ledger.Make(
            Events.KeyRecovered,
            null,
            body: b =>
                b with
                {
                    Control = control,
                    By = new Voucher(VoucherKind.Author, (author ?? NewAuthor).PublicKey.Id),
                },
            signer: author ?? NewAuthor
        );

    /// <summary>Everything was stolen at an index, and is recovered.</summary>
    public static Receipt Recover(FoldLedger ledger, long suspectFrom) =>
        ledger.Add(Entry(ledger, Sign(Request(ledger, suspectFrom))));

    /// <summary>An entry of its own by an author.</summary>
    public static Receipt Own(FoldLedger ledger, PrivateKey author, string text = "hello") =>
        ledger.Make(
            "x-own",
            FoldLedger.Own(text),
            body: b => b with { By = new Voucher(VoucherKind.Author, author.PublicKey.Id) },
            signer: author
        );

    private static (RecoveryRequest, RecoveryAnswer, KeyRecovered) MakeSample()
    {
        RecoveryRequest request = Request(Make(), 1, retire: [FoldLedger.Author.PublicKey.Id, KeyLedger.Id(1)]);
        PrivateKey key = Key(0);
        var answer = RecoveryAnswer.Sign(request, key.PublicKey, m => key.Sign(m), Key(1).PublicKey);
        return (request, answer, answer.Join(request));
    }
}
