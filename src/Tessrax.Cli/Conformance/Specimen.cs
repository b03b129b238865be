using System.Text;
using Tessrax.Cli.Demo;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Node;
using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Keys;
using Tessrax.Node.Publishing;

namespace Tessrax.Cli.Conformance;

/// <summary>A small ledger that is made once and copied into each trial that wants one: the samples' policy, three approvers, five claims.</summary>
/// <remarks>CVE-1 differs a little and is decided by entry 3; CVE-2 differs by half and waits as proposal 6 for two of alice, bob and carol. Eight entries.
/// Its key files cost next to nothing to open, and keep nothing from anybody.</remarks>
internal static class Specimen
{
    public const string Origin = "example.com/specimen";
    public const string Passphrase = "correct horse";
    public const int Size = 8;

    private static readonly KdfCost Cheap = new(8, 1);
    private static readonly string[] Approvers = ["alice", "bob", "carol"];

    /// <summary>Makes it in the folder of a trial.</summary>
    public static void Make(Trial trial)
    {
        Directory.CreateDirectory(LedgerDirectory.KeysOf(trial.Ledger));
        LedgerKey[] people = [.. Approvers.Select(name => Keep(trial, name + ".key", name, KeyPurpose.Approver))];
        LedgerKey log = Keep(trial, OwnKeys.FirstLogFile(trial.Ledger), Origin, KeyPurpose.Log);
        LedgerKey author = Keep(trial, OwnKeys.FirstAuthorFile(trial.Ledger), "author", KeyPurpose.Author);
        var genesis = new Genesis
        {
            Origin = Origin,
            Hash = "sha256",
            Policy = DemoSamples.Policy(),
            Keys = [log, author, .. people],
        };
        NodeEnvironment environment = Around(trial);
        using (LedgerWriter writer = LedgerWriter.Create(trial.Ledger, genesis, Keys(trial), environment))
            new TrustPins(environment).Pin(new TrustRoot(writer.Directory.Id, TlogPolicy.LogAlone(log.Verifier)));
        trial.Must("ingest", trial.Ledger, trial.Write("claims.jsonl", Claims()));
        trial.Must("trust", "export", trial.Ledger, "-o", trial["trust.json"]);
    }

    /// <summary>The surroundings of a node in a trial, for what is tried without a command line.</summary>
    public static NodeEnvironment Around(Trial trial) =>
        new(
            trial.Clock,
            trial.Random,
            SystemDisk.Instance,
            Path.Combine(trial.Folder, ".config", "tessrax"),
            Path.Combine(trial.Folder, ".local", "state", "tessrax")
        );

    /// <summary>Opens the ledger of a trial for writing.</summary>
    public static LedgerWriter Open(Trial trial, NodeEnvironment environment) =>
        LedgerWriter.Open(trial.Ledger, Keys(trial), environment);

    /// <summary>A claim as a line of JSON.</summary>
    public static string Claim(
        string id,
        string subject,
        string score,
        string source,
        string at = "2026-01-01T00:00:00Z"
    ) =>
        $$"""{"claim_id":"{{id}}","subject":"{{subject}}","metric":"cvss_v3_base_score","unit":"score_0_10","value":{{score}},"timestamp":"{{at}}","source":"{{source}}"}""";

    /// <summary>Makes one more key file that costs little to open.</summary>
    public static LedgerKey Keep(Trial trial, string file, string name, KeyPurpose purpose)
    {
        var seed = new byte[PrivateKey.SeedSize];
        trial.Random(seed);
        string path = Path.Combine(trial.Folder, file);
        KeyStore.Keep(path, name, purpose, seed, Encoding.UTF8.GetBytes(Passphrase), trial.Random, Cheap);
        using PrivateKey key = PrivateKey.FromSeed(seed);
        string[] roles = purpose == KeyPurpose.Approver ? ["security"] : [];
        return new LedgerKey(name, purpose, VerifierKey.Create(name, key.PublicKey), roles, 0);
    }

    private static LedgerKeys Keys(Trial trial) =>
        OwnKeys.Find(trial.Ledger, Around(trial)).Unlock(Encoding.UTF8.GetBytes(Passphrase));

    private static string Claims() =>
        string.Join(
            '\n',
            Claim("a1", "CVE-1", "7.5", "rubysec"),
            Claim("a2", "CVE-1", "7.1", "pypa"),
            Claim("b1", "CVE-2", "9.8", "rubysec"),
            Claim("b2", "CVE-2", "4.9", "pypa"),
            Claim("c1", "CVE-3", "5.0", "pypa")
        );
}
