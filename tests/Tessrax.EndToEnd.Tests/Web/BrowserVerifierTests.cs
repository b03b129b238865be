using System.Text.Json;
using Tessrax.Canonical;
using Tessrax.Keys;
using Tessrax.Node.Reading;
using Tessrax.Tests;
using Tessrax.Tests.Verification;
using Tessrax.Verification;

namespace Tessrax.EndToEnd.Tests.Web;

/// <summary>The verifier of browsers, under Node, against the command line: the same verdicts, byte for byte.</summary>
public sealed class BrowserVerifierTests : IDisposable
{
    private const int Mutants = 500;
    private const int Seed = 16_01;

    private readonly CliVerdicts cli = new();

    public BrowserVerifierTests() => NodeVerifier.MustBeThere();

    public void Dispose() => cli.Dispose();

    [Fact]
    public void Every_file_of_the_vectors_gets_the_verdict_of_the_command_line()
    {
        // Whatever it is: most are no bundles, and must be refused alike.
        byte[][] files =
        [
            .. Directory
                .EnumerateFiles(Spec.Path("vectors"), "*", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal)
                .Select(File.ReadAllBytes),
        ];
        Assert.True(files.Length > 100, $"only {files.Length} files");
        byte[][] roots =
        [
            BundleMutants.Trust,
            File.ReadAllBytes(Spec.Path("vectors", "ledger", "successor.trust.json")),
        ];
        int compared = Compare([
            .. files.Select(file => (file, (byte[]?)roots[0])),
            .. roots.Select(root => (BundleMutants.Bundle, (byte[]?)root)),
            (BundleMutants.Bundle, null),
        ]);
        Assert.True(
            compared > files.Length / 2,
            $"only {compared} of {files.Length} are for the command line to judge"
        );
    }

    [Fact]
    public void Five_hundred_damaged_bundles_get_the_verdicts_of_the_command_line()
    {
        List<byte[]> mutants = BundleMutants.Make(Mutants, Seed);
        var broken = new HashSet<string>();
        int read = 0;
        Compare(
            [.. mutants.Select(mutant => (mutant, (byte[]?)BundleMutants.Trust))],
            verdict =>
            {
                JsonValue[] stages = verdict["stages"]!.Items.ToArray();
                string[] failed = [.. stages.Where(s => s["holds"]!.Kind == JsonKind.False).Select(NameOf)];
                broken.UnionWith(failed);
                read += failed.Contains("bundle") ? 0 : 1;
            }
        );
        // Damage that only ever ends at the first brace would prove little.
        Assert.True(read > Mutants / 10, $"only {read} were read");
        Assert.Superset(
            new HashSet<string> { "bundle", "commitments", "signatures", "governance", "inclusion", "checkpoint" },
            broken
        );
    }

    [Fact]
    public void What_a_ledger_hands_out_gets_the_verdict_of_the_command_line()
    {
        using LedgerHome home = new LedgerHome().WithClaims();
        home.Ctl.Must("search", "ledger", "subject:CVE-2", "--prove", "-o", "p.search.json");
        using LedgerView view = home.View();
        byte[][] given =
        [
            .. Enumerable.Range(0, (int)view.Size).Select(index => BundleMaker.Make(view, index).ToBytes()),
            File.ReadAllBytes(home.Ctl.PathOf("p.search.json")),
        ];
        byte[] vkey = [.. home.LogKey.ToString().Select(c => (byte)c), (byte)'\n'];
        (byte[], byte[]?)[] questions =
        [
            .. given.Select(file => (file, (byte[]?)home.Trust.ToJson())),
            .. given.Select(file => (file, (byte[]?)vkey)),
        ];
        int holding = 0;
        Assert.Equal(
            questions.Length,
            Compare(questions, verdict => holding += verdict["holds"]!.Kind == JsonKind.True ? 1 : 0)
        );
        Assert.Equal(questions.Length, holding);
    }

    [Fact]
    public void Signatures_hold_by_the_same_rule()
    {
        List<(byte[] Key, byte[] Message, byte[] Signature, bool Holds)> cases = [];
        using JsonDocument edges = Read("edge-cases.json");
        foreach (JsonElement test in edges.RootElement.GetProperty("cases").EnumerateArray())
            cases.Add(
                (
                    Hex(test, "public"),
                    Hex(test, "message"),
                    Hex(test, "signature"),
                    test.GetProperty("holds").GetBoolean()
                )
            );
        using JsonDocument wycheproof = Read("ed25519_test.json");
        foreach (JsonElement group in wycheproof.RootElement.GetProperty("testGroups").EnumerateArray())
        {
            byte[] key = Hex(group.GetProperty("publicKey"), "pk");
            foreach (JsonElement test in group.GetProperty("tests").EnumerateArray())
                cases.Add((key, Hex(test, "msg"), Hex(test, "sig"), test.GetProperty("result").GetString() == "valid"));
        }
        string[] answers = NodeVerifier.Ask([
            .. cases.Select(c => NodeVerifier.Question("signature", c.Key, c.Message, c.Signature)),
        ]);
        for (int i = 0; i < answers.Length; i++)
        {
            Assert.True(answers[i] == (cases[i].Holds ? "true" : "false"), $"case {i}: {answers[i]}");
            Assert.True(PublicKey.TryCreate(cases[i].Key, out PublicKey key));
            Assert.Equal(cases[i].Holds, key.Verify(cases[i].Message, cases[i].Signature));
        }
        Assert.Contains("true", answers);
    }

    [Fact]
    public void A_trust_root_that_is_none_is_refused_and_nothing_verified()
    {
        byte[][] roots =
        [
            "{}"u8.ToArray(),
            "example.com+00000000+AAAA"u8.ToArray(),
            [0xff, 0xfe],
            BundleMutants.Bundle,
        ];
        string[] answers = NodeVerifier.Ask([
            .. roots.Select(root => NodeVerifier.Question("verify", BundleMutants.Bundle, root)),
        ]);
        foreach (string answer in answers)
        {
            JsonValue refused = JsonValue.Parse(System.Text.Encoding.UTF8.GetBytes(answer))["refused"]!;
            Assert.Equal(ErrorCodes.BadTrustRoot.ToString(), refused["code"]!.AsString());
            Assert.Equal(ErrorCodes.BadTrustRoot.Hint, refused["hint"]!.AsString());
        }
    }

    // How many of them the command line judges; the others it takes for files of another kind, and the verifier itself is asked here.
    private int Compare((byte[] Given, byte[]? Trust)[] files, Action<JsonValue>? look = null)
    {
        string[] there = NodeVerifier.Ask([
            .. files.Select(file => NodeVerifier.Question("verify", file.Given, file.Trust ?? [])),
        ]);
        int compared = 0;
        for (int i = 0; i < files.Length; i++)
        {
            string? here = cli.Of(files[i].Given, files[i].Trust);
            compared += here is null ? 0 : 1;
            Assert.Equal(here ?? Judge(files[i].Given, files[i].Trust), there[i]);
            look?.Invoke(JsonValue.Parse(System.Text.Encoding.UTF8.GetBytes(there[i])));
        }
        return compared;
    }

    private static string Judge(byte[] given, byte[]? trust)
    {
        TrustRoot? root = trust is null ? null : TrustRoot.OfFile(trust);
        Verdict verdict = ReceiptVerifier.IsMeant(given)
            ? ReceiptVerifier.Verify(given, root, StoppedClock.Instance)
            : BundleVerifier.Verify(given, root, StoppedClock.Instance);
        return verdict.ToJson().ToString();
    }

    private static string NameOf(JsonValue stage) => stage["name"]!.AsString();

    private static JsonDocument Read(string file) =>
        JsonDocument.Parse(File.ReadAllBytes(Spec.Path("vectors", "ed25519", file)));

    private static byte[] Hex(JsonElement of, string name) => Convert.FromHexString(of.GetProperty(name).GetString()!);
}
