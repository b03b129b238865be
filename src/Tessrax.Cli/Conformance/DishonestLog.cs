using System.Text;
using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Merkle;
using Tessrax.Node.Files;
using Tessrax.Node.Keys;
using Tessrax.Node.Reading;
using Tessrax.Verification;

namespace Tessrax.Cli.Conformance;

/// <summary>Bundles of a log that lies with its true keys: an entry is changed, signed anew where its author signed it, and stands in a tree whose checkpoint the log signs.</summary>
/// <remarks>So nothing but the stage that is meant can notice.</remarks>
internal static class DishonestLog
{
    /// <summary>Writes a bundle of all entries of the trial's ledger, one of which is changed.</summary>
    /// <param name="trial">Whose ledger it is.</param>
    /// <param name="index">The entry, which is the bundle's subject, too.</param>
    /// <param name="lie">Changes it, knowing the ledger's id.</param>
    /// <returns>The file.</returns>
    public static string Write(Trial trial, long index, Func<Receipt, Digest, Receipt> lie)
    {
        using LedgerView view = LedgerView.Open(trial.Ledger, SystemDisk.Instance);
        Digest ledger = view.Directory.Id;
        Receipt[] receipts =
        [
            .. view.Receipts().Select(receipt => receipt.Entry.Index == index ? lie(receipt, ledger) : receipt),
        ];
        var tree = new MerkleTree(TreeHasher.Sha256);
        foreach (Receipt receipt in receipts)
            tree.Append(receipt.LeafHash(TreeHasher.Sha256));
        var head = new TreeHead(receipts.Length, tree.Root());
        using PrivateKey log = Key(OwnKeys.FirstLogFile(trial.Ledger));
        var bundle = new Bundle
        {
            Subject = index,
            Checkpoint = new Checkpoint(Specimen.Origin, head).Sign(log).ToString(),
            Entries =
            [
                .. receipts.Select(receipt => new BundleEntry(
                    receipt,
                    InclusionProof.Prove(tree, head.Size, receipt.Entry.Index, TreeHasher.Sha256)
                )),
            ],
        };
        string file = trial[$"lie-{index}.json"];
        File.WriteAllBytes(file, bundle.ToBytes());
        return file;
    }

    /// <summary>An entry with another payload, whose body commits to it and is signed by its author.</summary>
    public static Receipt Says(Trial trial, Receipt receipt, Digest ledger, JsonValue payload)
    {
        FrozenPayload frozen = FrozenPayload.From(payload);
        EntryBody body = receipt.Entry.Body with
        {
            Payload = SignedBytes.CommitmentOf(ledger, receipt.Salt.Span, frozen.Bytes),
        };
        Entry entry = receipt.Entry with { Body = body };
        if (entry.Signature is not null)
        {
            using PrivateKey author = Key(OwnKeys.FirstAuthorFile(trial.Ledger));
            entry = entry with { Signature = Convert.ToBase64String(author.Sign(body.SignedBytes(ledger))) };
        }
        return Receipt.Create(entry, frozen, receipt.Salt.Span);
    }

    private static PrivateKey Key(string file) =>
        KeyStore.Read(file).Decrypt(Encoding.UTF8.GetBytes(Specimen.Passphrase));
}
