using System.Text;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Node;
using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Keys;
using Tessrax.Node.Publishing;
using Tessrax.Node.Reading;
using Tessrax.Tests;
using Tessrax.Verification;

namespace Tessrax.EndToEnd.Tests;

/// <summary>A HOME with a ledger under the samples' policy and three approvers, made in process so that it costs little.</summary>
/// <remarks>Its key files open with <c>secret</c> and cost next to nothing to open; everything else is as <c>init</c> makes it.
/// The log's key has the seed 01…01 and the author's 02…02, alice, bob and carol 0b, 0c and 0d.</remarks>
internal sealed class LedgerHome : IDisposable
{
    public const string Origin = "example.com/test";
    private static readonly KdfCost Cheap = new(8, 1);

    public LedgerHome(LedgerLayout? layout = null, string origin = Origin)
    {
        Environment = new NodeEnvironment(
            TimeProvider.System,
            SystemRandom.Fill,
            SystemDisk.Instance,
            Ctl.PathOf(".config", "tessrax"),
            Ctl.PathOf(".local", "state", "tessrax")
        );
        Directory.CreateDirectory(LedgerDirectory.KeysOf(Path));
        string[] people = ["alice", "bob", "carol"];
        for (int i = 0; i < people.Length; i++)
            Keep(Ctl.PathOf(people[i] + ".key"), people[i], KeyPurpose.Approver, Seed(11 + i));
        Keep(System.IO.Path.Combine(LedgerDirectory.KeysOf(Path), "log.key"), origin, KeyPurpose.Log, Seed(1));
        Keep(System.IO.Path.Combine(LedgerDirectory.KeysOf(Path), "author.key"), "author", KeyPurpose.Author, Seed(2));
        LogKey = VerifierKey.Create(origin, PrivateKey.FromSeed(Seed(1)).PublicKey);
        var genesis = new Genesis
        {
            Origin = origin,
            Hash = "sha256",
            Policy = Policy.Parse(File.ReadAllBytes(SamplePolicy)),
            Keys =
            [
                Key(origin, KeyPurpose.Log, 1),
                Key("author", KeyPurpose.Author, 2),
                .. people.Select((name, i) => Key(name, KeyPurpose.Approver, 11 + i)),
            ],
        };
        using LedgerWriter writer = LedgerWriter.Create(Path, genesis, Keys(), Environment, layout);
        Id = writer.Directory.Id;
        new TrustPins(Environment).Pin(Trust);
    }

    /// <summary>A copy with a HOME of its own.</summary>
    public LedgerHome(LedgerHome original)
    {
        LedgerTree.Copy(original.Ctl.Folder, Ctl.Folder);
        Environment = new NodeEnvironment(
            TimeProvider.System,
            SystemRandom.Fill,
            SystemDisk.Instance,
            Ctl.PathOf(".config", "tessrax"),
            Ctl.PathOf(".local", "state", "tessrax")
        );
        (Id, LogKey) = (original.Id, original.LogKey);
    }

    public static string SamplePolicy { get; } = System.IO.Path.Combine(Spec.Root, "samples", "policy.json");

    public Ctl Ctl { get; } = new() { Variables = { ["TESSRAX_PASSPHRASE"] = "secret" } };

    public NodeEnvironment Environment { get; }

    public Digest Id { get; }

    public VerifierKey LogKey { get; }

    public TrustRoot Trust => new(Id, TlogPolicy.LogAlone(LogKey));

    /// <summary>The ledger's directory; from HOME, <c>ledger</c>.</summary>
    public string Path => Ctl.PathOf("ledger");

    /// <summary>A file of the samples.</summary>
    public static string Sample(string name) => System.IO.Path.Combine(Spec.Root, "samples", "claims", name);

    /// <summary>A claim as a line of JSON.</summary>
    public static string Claim(string id, string subject, string score, string source) =>
        $$"""{"claim_id":"{{id}}","subject":"{{subject}}","metric":"cvss_v3_base_score","unit":"score_0_10","value":{{score}},"timestamp":"2026-01-01T00:00:00Z","source":"{{source}}"}""";

    /// <summary>Records five claims in process: CVE-1 differs a little and is decided (entry 3), CVE-2 by half and waits (entry 6).</summary>
    public LedgerHome WithClaims()
    {
        string file = Ctl.Write(
            "claims.jsonl",
            string.Join(
                '\n',
                Claim("a1", "CVE-1", "7.5", "rubysec"),
                Claim("a2", "CVE-1", "7.1", "pypa"),
                Claim("b1", "CVE-2", "9.8", "rubysec"),
                Claim("b2", "CVE-2", "4.9", "pypa"),
                Claim("c1", "CVE-3", "5.0", "pypa")
            )
        );
        using LedgerWriter writer = Open();
        using Stream input = File.OpenRead(file);
        new Ingestor(writer).Ingest([ClaimFile.Read(file, input)]);
        return this;
    }

    public LedgerWriter Open() => LedgerWriter.Open(Path, Keys(), Environment);

    public LedgerView View() => LedgerView.Open(Path, Environment.Disk);

    /// <summary>The verdict under the true trust root; it must hold.</summary>
    public Verdict MustHold(string? said = null)
    {
        Verdict verdict = new LedgerCheck(Environment, Trust).Run(Path, withEvidence: true);
        Assert.True(verdict.Holds, $"{said}{verdict.ToJson()}");
        return verdict;
    }

    /// <summary>Runs a command that must fail in this way and leave the whole ledger as it was.</summary>
    public CtlResult MustRefuse(int exitCode, string code, params string[] args) =>
        MustRefuse(Ctl, exitCode, code, args);

    /// <summary>The same by somebody else.</summary>
    public CtlResult MustRefuse(Ctl who, int exitCode, string code, params string[] args)
    {
        string before = LedgerTree.Of(Path);
        CtlResult result = who.Run(args);
        string said = $"tessraxctl {string.Join(' ', args)}: {result.ExitCode}\n{result.Text}{result.Error}";
        Assert.True(result.ExitCode == exitCode, said);
        Assert.True($"\n{result.Error}".Contains($"\nerror {code}: ", StringComparison.Ordinal), said);
        Assert.Contains("\nhint: ", result.Error, StringComparison.Ordinal);
        Assert.Equal(before, LedgerTree.Of(Path));
        return result;
    }

    public void Dispose() => Ctl.Dispose();

    private static LedgerKeys Keys() => new(PrivateKey.FromSeed(Seed(1)), PrivateKey.FromSeed(Seed(2)));

    /// <summary>The seed of the key of that number.</summary>
    public static byte[] Seed(int number) => [.. Enumerable.Repeat((byte)number, PrivateKey.SeedSize)];

    private static LedgerKey Key(string name, KeyPurpose purpose, int number)
    {
        using PrivateKey key = PrivateKey.FromSeed(Seed(number));
        string[] roles = purpose == KeyPurpose.Approver ? ["security"] : [];
        return new LedgerKey(name, purpose, VerifierKey.Create(name, key.PublicKey), roles, 0);
    }

    /// <summary>Makes a key file beside the ledger's directory whose passphrase costs next to nothing.</summary>
    public void Keep(string file, string name, KeyPurpose purpose, int seed) =>
        Keep(Ctl.PathOf(file), name, purpose, Seed(seed));

    private static void Keep(string path, string name, KeyPurpose purpose, byte[] seed) =>
        KeyStore.Write(
            path,
            KeyFile.Encrypt(
                name,
                purpose,
                seed,
                Encoding.UTF8.GetBytes("secret"),
                new byte[KeyFile.SaltSize],
                new byte[KeyFile.NonceSize],
                Cheap
            )
        );
}
