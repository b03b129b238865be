using System.Text.Json;
using Tessrax.Keys;
using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests.Differential;

/// <summary>Ed25519 signatures, good, broken and malicious, against noble's strict rule.</summary>
public class Ed25519DifferentialTests
{
    // Noble checks the equation with the cofactor, and lets R be of small order: spec/keys.md, section 1, says why we do not.
    private static readonly string[] TakenByNobleOnly = ["mixed-key", "mixed-r", "small-r"];

    private sealed record Case(string Group, byte[] Key, byte[] Message, byte[] Signature);

    [Fact]
    public void Signatures_of_ours_hold_there_and_broken_ones_nowhere()
    {
        List<Case> cases = [];
        var random = new Random(8032);
        for (int i = 0; i < 60; i++)
        {
            var seed = new byte[32];
            var message = new byte[random.Next(200)];
            random.NextBytes(seed);
            random.NextBytes(message);
            using PrivateKey key = PrivateKey.FromSeed(seed);
            var good = new Case("good", key.PublicKey.Span.ToArray(), message, key.Sign(message));
            cases.Add(good);
            cases.Add(good with { Group = "bad", Signature = Flip(good.Signature, random) });
            cases.Add(good with { Group = "bad", Key = Flip(good.Key, random) });
            cases.Add(good with { Group = "bad", Message = [.. message, 0] });
        }
        IReadOnlyList<PeerAnswer> answers = Ask(cases);
        for (int i = 0; i < cases.Count; i++)
        {
            Assert.Equal(cases[i].Group == "good", Ours(cases[i]));
            Assert.Equal(cases[i].Group == "good", Theirs(answers[i]));
        }
    }

    [Fact]
    public void Wycheproof_is_judged_alike()
    {
        List<Case> cases = [];
        using JsonDocument vectors = Read("ed25519_test.json");
        foreach (JsonElement group in vectors.RootElement.GetProperty("testGroups").EnumerateArray())
        {
            byte[] key = Hex(group.GetProperty("publicKey"), "pk");
            foreach (JsonElement test in group.GetProperty("tests").EnumerateArray())
                cases.Add(new Case("wycheproof", key, Hex(test, "msg"), Hex(test, "sig")));
        }
        Assert.Equal(151, cases.Count);
        IReadOnlyList<PeerAnswer> answers = Ask(cases);
        for (int i = 0; i < cases.Count; i++)
            Assert.True(Ours(cases[i]) == Theirs(answers[i]), $"test {i}");
    }

    [Fact]
    public void Edge_cases_differ_where_the_rules_do_and_nowhere_else()
    {
        using JsonDocument vectors = Read("edge-cases.json");
        Case[] cases =
        [
            .. vectors
                .RootElement.GetProperty("cases")
                .EnumerateArray()
                .Select(c => new Case(
                    c.GetProperty("group").GetString()!,
                    Hex(c, "public"),
                    Hex(c, "message"),
                    Hex(c, "signature")
                )),
        ];
        IReadOnlyList<PeerAnswer> answers = Ask(cases);
        var differ = new SortedSet<string>();
        for (int i = 0; i < cases.Length; i++)
        {
            bool ours = Ours(cases[i]);
            bool theirs = Theirs(answers[i]);
            Assert.True(theirs || !ours, $"case {i}, {cases[i].Group}: only we take it");
            if (ours != theirs)
                differ.Add(cases[i].Group);
        }
        Assert.Equal(TakenByNobleOnly.Order(), differ);
    }

    private static IReadOnlyList<PeerAnswer> Ask(IEnumerable<Case> cases) =>
        Peer.Ask([
            .. cases.Select(c =>
                Peer.Question(
                    "ed25519",
                    ("key", Peer.Bytes(c.Key)),
                    ("message", Peer.Bytes(c.Message)),
                    ("signature", Peer.Bytes(c.Signature))
                )
            ),
        ]);

    private static bool Ours(Case c) =>
        PublicKey.TryCreate(c.Key, out PublicKey key) && key.Verify(c.Message, c.Signature);

    // It throws at lengths that cannot be: also a no.
    private static bool Theirs(PeerAnswer answer) => answer.Refused is null && answer.Holds;

    private static byte[] Flip(byte[] bytes, Random random)
    {
        byte[] flipped = [.. bytes];
        flipped[random.Next(flipped.Length)] ^= (byte)(1 << random.Next(8));
        return flipped;
    }

    private static JsonDocument Read(string file) =>
        JsonDocument.Parse(File.ReadAllBytes(Spec.Path("vectors", "ed25519", file)));

    private static byte[] Hex(JsonElement of, string name) => Convert.FromHexString(of.GetProperty(name).GetString()!);
}
