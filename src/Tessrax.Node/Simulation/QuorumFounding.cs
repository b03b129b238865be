using System.Globalization;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Node.Appending;

namespace Tessrax.Node.Simulation;

/// <summary>A ledger that asks k of n approvers about every contradiction: its keys, its policy, its genesis.</summary>
internal sealed class QuorumFounding : IDisposable
{
    public const string Origin = "tessrax.example/quorum";
    public const string Role = "approver";

    /// <summary>A role that the policy never asks for.</summary>
    public const string IdleRole = "observer";

    /// <summary>How long a proposal waits at most.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromMinutes(10);

    private readonly TimeSpan deadline;
    private readonly bool asksForTokens;

    private QuorumFounding(
        LedgerKeys keys,
        IReadOnlyList<PrivateKey> approvers,
        IReadOnlyList<PublicKey> known,
        int quorum,
        TimeSpan deadline,
        bool asksForTokens = false
    )
    {
        this.deadline = deadline;
        this.asksForTokens = asksForTokens;
        Keys = keys;
        Approvers = approvers;
        Known = known;
        Quorum = quorum;
        Genesis = MakeGenesis();
    }

    public LedgerKeys Keys { get; }

    /// <summary>Approver n holds key n; its name is that of <see cref="NameOf"/>. None where approvers keep their keys to themselves.</summary>
    public IReadOnlyList<PrivateKey> Approvers { get; }

    /// <summary>The public keys of all approvers.</summary>
    public IReadOnlyList<PublicKey> Known { get; }

    /// <summary>How many must approve.</summary>
    public int Quorum { get; }

    public Genesis Genesis { get; }

    public VerifierKey LogKey => VerifierKey.Create(Origin, Keys.Log.PublicKey);

    /// <summary>Draws all keys.</summary>
    public static QuorumFounding Draw(int approvers, int quorum, RandomSource random, bool asksForTokens = false)
    {
        var keys = new LedgerKeys(DrawKey(random), DrawKey(random));
        PrivateKey[] drawn = [.. Enumerable.Range(0, approvers).Select(_ => DrawKey(random))];
        return new QuorumFounding(
            keys,
            drawn,
            [.. drawn.Select(key => key.PublicKey)],
            quorum,
            Deadline,
            asksForTokens
        );
    }

    /// <summary>Draws the ledger's own keys; the approvers have theirs.</summary>
    public static QuorumFounding Of(
        IReadOnlyList<PublicKey> approvers,
        int quorum,
        TimeSpan deadline,
        RandomSource random
    ) => new(new LedgerKeys(DrawKey(random), DrawKey(random)), [], approvers, quorum, deadline);

    public static string NameOf(int approver) =>
        string.Create(CultureInfo.InvariantCulture, $"approver-{approver + 1L}");

    /// <summary>One of the claims that contradict each other about a subject.</summary>
    public static Claim ClaimOf(int subject, int number, UtcTime now) =>
        Claim.FromJson(
            JsonValue.Object(
                ("claim_id", $"s{subject}-{number}"),
                ("subject", $"subject-{subject}"),
                ("metric", "score"),
                ("value", JsonValue.Number(1 + (number * 4))),
                ("timestamp", now.ToString()),
                ("source", $"source-{number}"),
                ("evidence", JsonValue.EmptyArray),
                ("context", JsonValue.EmptyObject)
            )
        );

    public static PrivateKey DrawKey(RandomSource random)
    {
        Span<byte> seed = stackalloc byte[32];
        random(seed);
        return PrivateKey.FromSeed(seed);
    }

    public void Dispose()
    {
        Keys.Dispose();
        foreach (PrivateKey key in Approvers)
            key.Dispose();
    }

    private Genesis MakeGenesis() =>
        new()
        {
            Origin = Origin,
            Hash = HashEngine.Sha256.Name,
            Policy = MakePolicy(),
            Keys =
            [
                KeyOf(Origin, KeyPurpose.Log, Keys.Log.PublicKey),
                KeyOf("author", KeyPurpose.Author, Keys.Author.PublicKey),
                .. Known.Select((key, i) => KeyOf(NameOf(i), KeyPurpose.Approver, key, Role)),
            ],
        };

    private Policy MakePolicy()
    {
        string rule = """{"strategy":"escalate","propose":"most-severe","action":"quorum"}""";
        string resolution = string.Join(
            ',',
            Words.AllSeverities.ToArray().Select(severity => $"\"{severity}\":{rule}")
        );
        string form = asksForTokens ? "v2" : "v1";
        // Any approver may say that now is the time; but not for long, and not for many entries.
        string tokens = asksForTokens
            ? $$""","tokens":{"DECISION_RECORDED":{"role":"{{Role}}","valid":"PT1M","entries":{{QuorumTokens.Entries}}} }"""
            : "";
        return Policy.Parse(
            Encoding.UTF8.GetBytes(
                $$"""
                {"policy":"tessrax/policy/{{form}}","id":"quorum","version":"1.0.0",
                "metrics":{"*":{"tolerance":0,"bands":[{"severity":"low","above":0}],"severity":"low"} },
                "resolution":{ {{resolution}} },
                "actions":{"quorum":{"approvals":[{"role":"{{Role}}","k":{{Quorum}} }],"deadline":"PT{{deadline.TotalMinutes}}M"} }{{tokens}} }
                """
            )
        );
    }

    private static LedgerKey KeyOf(string name, KeyPurpose purpose, PublicKey key, params string[] roles) =>
        new(name, purpose, VerifierKey.Create(name, key), roles, 0);
}
