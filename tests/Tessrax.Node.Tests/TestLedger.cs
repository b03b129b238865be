using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Reading;
using Tessrax.Verification;

namespace Tessrax.Node.Tests;

/// <summary>A ledger in a temporary directory with known keys: one log, one author, three approvers.</summary>
internal sealed class TestLedger : IDisposable
{
    public const string Origin = "example.com/test";

    private readonly string hash;
    private readonly string? authorPerson;
    private readonly RecoveryCommitment? recovery;
    private readonly int approvers;
    private readonly string root = Directory.CreateTempSubdirectory("tessrax-test-").FullName;

    public TestLedger(
        Policy? policy = null,
        TimeProvider? clock = null,
        IDisk? disk = null,
        string hash = "sha256",
        int approvers = 3,
        RandomSource? random = null,
        LedgerLayout? layout = null,
        string? authorPerson = null,
        RecoveryCommitment? recovery = null,
        Func<Genesis, Genesis>? change = null
    )
    {
        this.hash = hash;
        this.recovery = recovery;
        this.authorPerson = authorPerson;
        this.approvers = approvers;
        Clock = clock ?? TimeProvider.System;
        Environment = new NodeEnvironment(
            Clock,
            random ?? SystemRandom.Fill,
            disk ?? SystemDisk.Instance,
            Path.Combine(root, "config"),
            State
        );
        Policy = policy ?? Policy.Default;
        Directory.CreateDirectory(DirectoryPath);
        Genesis genesis = NewGenesis();
        genesis = change?.Invoke(genesis) ?? genesis;
        using LedgerWriter writer = LedgerWriter.Create(DirectoryPath, genesis, Keys(), Environment, layout);
        Id = writer.Directory.Id;
    }

    public TimeProvider Clock { get; }

    public NodeEnvironment Environment { get; set; }

    public Policy Policy { get; }

    public Digest Id { get; }

    /// <summary>Where the mark is kept.</summary>
    public string State => Path.Combine(root, "state");

    public string DirectoryPath => Path.Combine(root, "ledger");

    /// <summary>A path beside the ledger.</summary>
    public string Beside(string name) => Path.Combine(root, name);

    public TrustRoot Trust => new(Id, TlogPolicy.LogAlone(VerifierKey.Create(Origin, Seeded(1).PublicKey)));

    public static PrivateKey Seeded(byte seed) => PrivateKey.FromSeed(Enumerable.Repeat(seed, 32).ToArray());

    public static PrivateKey Approver(int number) => Seeded((byte)(10 + number));

    public static LedgerKeys Keys() => new(Seeded(1), Seeded(2));

    public static Claim Claim(string id, string subject, double value, string source, int day = 1) =>
        Contradictions.Claim.FromJson(
            JsonValue.Object(
                ("claim_id", id),
                ("subject", subject),
                ("metric", "score"),
                ("value", JsonValue.Number(value)),
                ("timestamp", $"2026-01-{day:D2}T00:00:00.000000Z"),
                ("source", source),
                ("evidence", JsonValue.EmptyArray),
                ("context", JsonValue.EmptyObject)
            )
        );

    public static ClaimFile File(params Claim[] claims) =>
        new("claims.jsonl", [.. claims.Select((c, i) => new ClaimLine(i + 1, c))]);

    /// <summary>A body signed elsewhere, by the author.</summary>
    public (SignedBody Signed, FrozenPayload Payload) Signed(string text, Func<EntryBody, EntryBody>? change = null)
    {
        using PrivateKey author = Seeded(2);
        FrozenPayload payload = Own(text).Payload!;
        byte[] salt = Environment.RandomBytes(Receipt.SaltBytes);
        UtcTime now = UtcTime.Now(Clock);
        var body = new EntryBody
        {
            Ledger = Id.ToString(),
            Event = "x-test",
            By = new Voucher(VoucherKind.Author, author.PublicKey.Id),
            IssuedAt = now,
            ExpiresAt = now + Draft.DefaultValidity,
            Nonce = Convert.ToBase64String(Environment.RandomBytes(EntryBody.NonceBytes)),
            Payload = SignedBytes.CommitmentOf(Id, salt, payload.Bytes),
        };
        body = change?.Invoke(body) ?? body;
        return (new SignedBody(body, Convert.ToBase64String(author.Sign(body.SignedBytes(Id))), salt), payload);
    }

    public static Draft Own(string text) =>
        new()
        {
            Event = "x-test",
            Payload = FrozenPayload.From(new OwnEvent(JsonValue.Object(("text", text)), null).ToJson()),
        };

    public LedgerWriter Open() => LedgerWriter.Open(DirectoryPath, Keys(), Environment);

    public LedgerView View() => LedgerView.Open(DirectoryPath, Environment.Disk);

    public Verdict Verify(TrustRoot? trust = null) =>
        new LedgerCheck(Environment, trust ?? Trust).Run(DirectoryPath, withEvidence: true);

    public ApprovalRecorded Vote(LedgerWriter writer, long proposal, int approver, bool approves = true)
    {
        using PrivateKey key = Approver(approver);
        return ApprovalRequest
            .From(writer.Fold)
            .Sign(
                proposal,
                key.PublicKey.Id,
                approves,
                writer.Now(),
                Environment.RandomBytes(16),
                message => key.Sign(message)
            );
    }

    public void Dispose() => Directory.Delete(root, recursive: true);

    public Genesis NewGenesis()
    {
        using LedgerKeys keys = Keys();
        var all = new List<LedgerKey>
        {
            new(Origin, KeyPurpose.Log, VerifierKey.Create(Origin, keys.Log.PublicKey), [], 0),
            new("author", KeyPurpose.Author, VerifierKey.Create("author", keys.Author.PublicKey), [], 0)
            {
                Person = authorPerson,
            },
        };
        for (int i = 1; i <= approvers; i++)
        {
            using PrivateKey approver = Approver(i);
            all.Add(
                new LedgerKey(
                    $"approver-{i}",
                    KeyPurpose.Approver,
                    VerifierKey.Create($"approver-{i}", approver.PublicKey),
                    ["approver"],
                    0
                )
            );
        }
        return new Genesis
        {
            Origin = Origin,
            Hash = hash,
            Keys = all,
            Policy = Policy,
            Recovery = recovery,
        };
    }
}
