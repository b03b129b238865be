using System.Text;
using Tessrax.Canonical;
using Tessrax.Cli.Demo;
using Tessrax.Contradictions;
using Tessrax.Governance;

namespace Tessrax.Cli.Conformance.Checks;

/// <summary>Policies, and the decisions that follow from them.</summary>
internal static class PolicyChecks
{
    public static IReadOnlyList<Check> All { get; } =
    [
        new(
            "5.1",
            Clauses.PostAudit,
            "a policy is pinned by id, version and digest, and another one does not fit the pin",
            Pins,
            "a pin is taken anew before it is compared",
            (trial, call) => call.Args.Contains("--against") ? Repinned(trial, call) : trial.Real(call)
        ),
        Check.Of<Func<Policy, GroupKey, IReadOnlyList<Claim>, Decision?>>(
            "5.1",
            Clauses.Aep,
            "the decisions of the specification come out as they are written, in any order of claims",
            Decides,
            static (policy, key, claims) => Decider.Replay(policy, key, claims),
            "the last claim is not looked at",
            static (policy, key, claims) => Decider.Replay(policy, key, [.. claims.SkipLast(1)])
        ),
        new(
            "5.2",
            Clauses.PostAudit,
            "a policy comes into force with two approvals and leaves a receipt of what it changed",
            Upgrades,
            "the first approval is enough",
            Flaws.After("approve", ApproveToo)
        ),
        new(
            "5.3",
            Clauses.Tesst,
            "taking a stricter policy back waits, as any loosening does",
            RollsBack,
            "the time to wait is taken for over",
            Flaws.Before("approve", static (trial, _) => trial.WaitADay())
        ),
        new(
            "9.3",
            Clauses.Eac,
            "a decision is told with its claims, their digests, its policy and who approved it",
            Explains,
            "the digests of two claims are exchanged",
            Flaws.Answers("decisions", Exchanged)
        ),
        new(
            "B3",
            Clauses.Eac,
            "claims in any order give the same decision",
            AnyOrder,
            "of a subject's claims the first two are read",
            Flaws.Before("ingest", (_, call) => KeepTwo(call.Args[^1]))
        ),
    ];

    private static void Pins(Trial trial)
    {
        trial.Begin();
        string pin = trial["before.pin"];
        trial.Must("policy", "pin", trial.Ledger, "-o", pin);
        trial.Must("policy", "pin", trial.Ledger, "--against", pin);
        Steps.Upgrade(trial, static policy => policy);
        Ran ran = trial.Run("policy", "pin", trial.Ledger, "--against", pin);
        trial.That(ran.Exit == 1, $"a policy that came later fits the pin: {ran.Exit}");
    }

    private static Ran Repinned(Trial trial, Call call)
    {
        string pin = call.Value("--against");
        trial.Real(new Call(["policy", "pin", trial.Ledger, "-o", pin, "--force"], default));
        return trial.Real(call);
    }

    private static void Decides(Trial trial, Func<Policy, GroupKey, IReadOnlyList<Claim>, Decision?> decide)
    {
        foreach (string name in Vectors.Under("vectors/decisions"))
        {
            JsonValue vector = Vectors.Json(name);
            // Those that were passed on to others have a story that claims alone do not tell.
            if (vector["level"] is not null)
                continue;
            var policy = Policy.FromJson(vector["policy"]!);
            Claim[] claims = [.. vector["claims"]!.Items.ToArray().Select(claim => Claim.FromJson(claim))];
            var key = GroupKey.FromJson(vector["key"]!, "$.key");
            foreach (Claim[] order in (Claim[][])[claims, [.. claims.AsEnumerable().Reverse()]])
            {
                string was = (decide(policy, key, order)?.ToJson() ?? JsonValue.Null).ToString();
                trial.Same(vector["decision"]!.ToString(), was, Path.GetFileName(name));
            }
        }
    }

    private static void Upgrades(Trial trial)
    {
        trial.Begin();
        string next = Steps.Next(trial, static policy => policy);
        string id = trial.Json("policy", "upgrade", trial.Ledger, next, "--reason", "a new version")[
            "proposal"
        ]!.AsNumberText();
        trial.Must("approve", trial.Ledger, id, "--key", trial["alice.key"]);
        trial.That(!Shown(trial).Contains("9.0.0", StringComparison.Ordinal), "it is in force after one approval");
        trial.Must("approve", trial.Ledger, id, "--key", trial["bob.key"]);
        trial.Has(Shown(trial), "9.0.0", "the policy in force");
        trial.Has(trial.Must("policy", "history", trial.Ledger).Text, "a new version", "the history");
        trial.Refused(4, "TSX4033", "policy", "upgrade", trial.Ledger, next, "--reason", "again");
        trial.Must("verify", trial.Ledger);
    }

    private static void ApproveToo(Trial trial, Call call) => trial.Real(call.With("--key", trial["bob.key"]));

    private static void RollsBack(Trial trial)
    {
        trial.Begin();
        Steps.Upgrade(trial, static policy => Stricter(policy));
        JsonValue asked = trial.Json("policy", "rollback", trial.Ledger, "--to", "0", "--reason", "too strict");
        trial.That(asked["not_before"] is { Kind: JsonKind.String }, "it does not wait");
        foreach (string name in (string[])["alice", "bob", "carol"])
            trial.Must("approve", trial.Ledger, asked["proposal"]!.AsNumberText(), "--key", trial[name + ".key"]);
        trial.Has(Shown(trial), "9.0.0", "the policy in force, with all approvals");
        trial.WaitADay();
        trial.Must("settle", trial.Ledger);
        trial.Has(Shown(trial), "1.0.0", "the policy in force a day later");
        trial.Has(trial.Must("policy", "history", trial.Ledger).Text, "too strict", "the history");
        trial.Must("verify", trial.Ledger);
    }

    private static JsonValue Stricter(JsonValue policy) =>
        JsonValue.Parse(
            Encoding.UTF8.GetBytes(policy.ToString().Replace("\"k\":2", "\"k\":3", StringComparison.Ordinal))
        );

    private static void Explains(Trial trial)
    {
        trial.Begin();
        JsonValue told = trial.Json("decisions", trial.Ledger, "3");
        JsonValue decision = told["decision"]!;
        JsonValue[] recorded = trial.Json("show", trial.Ledger, "1")["payload"]!["claims"]!.Items.ToArray();
        trial.Same("2", $"{decision["claims"]!.Items.Length}", "the number of its claims");
        foreach (JsonValue claim in decision["claims"]!.Items)
        {
            JsonValue its = recorded.Single(each => each["claim_id"]!.AsString() == claim["claim_id"]!.AsString());
            string digest = trial
                .RunWith(its.ToCanonicalBytes(), "plumbing", "hash", "--alg", "sha256")
                .Text.TrimEnd('\n');
            trial.Same($"sha256:{digest}", claim["digest"]!.AsString(), "the digest of a claim");
        }
        string policy = trial.Json("policy", "pin", trial.Ledger, "-o", "-")["digest"]!.AsString();
        trial.Same(policy, decision["policy"]!["digest"]!.AsString(), "the policy's digest");
        trial.Has(decision["explanation"]!.AsString(), "rubysec", "the explanation");
        Steps.Approve(trial, "6");
        trial.Has(trial.Must("decisions", trial.Ledger, "6").Text, "alice", "the decision");
    }

    private static string Exchanged(string text)
    {
        if (!text.StartsWith('{'))
            return text;
        JsonValue told = JsonValue.Parse(Encoding.UTF8.GetBytes(text));
        JsonValue[] claims = told["decision"]!["claims"]!.Items.ToArray();
        (claims[0], claims[1]) = (
            claims[0].With("digest", claims[1]["digest"]!),
            claims[1].With("digest", claims[0]["digest"]!)
        );
        return told.With("decision", told["decision"]!.With("claims", JsonValue.Of(claims))).ToString();
    }

    private static void AnyOrder(Trial trial)
    {
        trial.Begin();
        string[] claims =
        [
            Specimen.Claim("o0", "ORDER", "9.0", "s0"),
            Specimen.Claim("o1", "ORDER", "8.9", "s1"),
            Specimen.Claim("o2", "ORDER", "8.2", "s2"),
        ];
        DirectoryCopy.Make(trial.Ledger, trial["other"]);
        trial.Must("ingest", trial.Ledger, trial.Write("one.jsonl", string.Join('\n', claims)));
        // The same ledger goes on twice, which only another machine lets it.
        trial.Variables["XDG_STATE_HOME"] = trial["elsewhere"];
        trial.Must(
            "ingest",
            trial["other"],
            trial.Write("two.jsonl", string.Join('\n', claims.AsEnumerable().Reverse()))
        );
        string one = Outcome(trial, trial.Ledger);
        trial.Same(one, Outcome(trial, trial["other"]), "the decision from claims in the other order");
        trial.Has(one, "o2", "the decision");
    }

    private static string Outcome(Trial trial, string ledger)
    {
        Ran listed = trial.Must("decisions", ledger, "--state", "all", "--json");
        JsonValue last = listed
            .Lines.Select(line => JsonValue.Parse(Encoding.UTF8.GetBytes(line)))
            .MaxBy(each => Steps.Number(each["index"]!))!;
        return last["decision"]!.ToString();
    }

    private static void KeepTwo(string file) => File.WriteAllLines(file, File.ReadLines(file).Take(2).ToArray());

    private static string Shown(Trial trial) => trial.Must("policy", "show", trial.Ledger).Text;
}
