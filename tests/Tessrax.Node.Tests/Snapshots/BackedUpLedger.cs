using System.Text;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Evidence;
using Tessrax.Node.Keys;
using Tessrax.Node.Reading;
using Tessrax.Node.Snapshots;
using Tessrax.Verification;

namespace Tessrax.Node.Tests.Snapshots;

/// <summary>A ledger with all that a backup takes: decisions, approvals, a proposal that waits, evidence, key files, in batches of many sizes.</summary>
internal sealed class BackedUpLedger : IDisposable
{
    public BackedUpLedger()
    {
        using (LedgerWriter writer = Ledger.Open())
        {
            new Ingestor(writer).Ingest([
                TestLedger.File(
                    TestLedger.Claim("a1", "A", 9, "s1"),
                    TestLedger.Claim("a2", "A", 8.9, "s2"),
                    TestLedger.Claim("b1", "B", 9, "s1"),
                    TestLedger.Claim("b2", "B", 1, "s2"),
                    TestLedger.Claim("c1", "C", 7, "s1"),
                    TestLedger.Claim("c2", "C", 1, "s2")
                ),
            ]);
            long proposal = writer.Fold.Proposals.Keys.First();
            var desk = new ProposalDesk(writer);
            for (int approver = 1; approver <= 2; approver++)
                desk.Record(Ledger.Vote(writer, proposal, approver));
            EvidenceAdded added = new EvidenceStore(Path, Ledger.Environment.Disk).Add(
                "report.txt",
                new MemoryStream("what was seen"u8.ToArray())
            );
            writer.Append([new Draft { Event = Events.EvidenceAdded, Payload = FrozenPayload.From(added.ToJson()) }]);
        }
        Directory.CreateDirectory(LedgerDirectory.KeysOf(Path));
        Keep("log.key", TestLedger.Origin, KeyPurpose.Log, 1);
        Keep("author.key", "author", KeyPurpose.Author, 2);
        SnapshotSamples.Append(Ledger, "one", "two", "three");
    }

    public TestLedger Ledger { get; } = new();

    public string Path => Ledger.DirectoryPath;

    public string File => Ledger.Beside("file.backup");

    /// <summary>Writes a backup or snapshot beside the ledger.</summary>
    public byte[] Save(SnapshotKind kind = SnapshotKind.Backup, long? size = null)
    {
        byte[] bytes = SnapshotSamples.Of(Ledger, kind, size);
        System.IO.File.WriteAllBytes(File, bytes);
        return bytes;
    }

    public Restoration Restoration(SnapshotKind kind = SnapshotKind.Backup, NodeEnvironment? environment = null) =>
        new(environment ?? Ledger.Environment, Ledger.Trust) { Kind = kind };

    public Restored Restore(string name, Restoration? restoration = null) =>
        (restoration ?? Restoration()).Run(File, Ledger.Beside(name));

    /// <summary>The backup of a restored ledger.</summary>
    public byte[] Again(string name, SnapshotKind kind = SnapshotKind.Backup) =>
        SnapshotSamples.Of(Ledger.Beside(name), Ledger.Environment, kind);

    public LedgerWriter Open(string name) =>
        LedgerWriter.Open(Ledger.Beside(name), TestLedger.Keys(), Ledger.Environment);

    public Verdict Verify(string name) =>
        new LedgerCheck(Ledger.Environment, Ledger.Trust).Run(Ledger.Beside(name), withEvidence: true);

    public void Dispose() => Ledger.Dispose();

    private void Keep(string file, string name, KeyPurpose purpose, byte seed)
    {
        byte[] key = KeyFile.Encrypt(
            name,
            purpose,
            Enumerable.Repeat(seed, 32).ToArray(),
            Encoding.UTF8.GetBytes("secret"),
            new byte[KeyFile.SaltSize],
            new byte[KeyFile.NonceSize],
            new KdfCost(8, 1)
        );
        KeyStore.Write(System.IO.Path.Combine(LedgerDirectory.KeysOf(Path), file), key);
    }
}
