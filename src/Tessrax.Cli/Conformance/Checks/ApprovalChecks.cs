using System.Text;
using Tessrax.Canonical;
using Tessrax.Keys;

namespace Tessrax.Cli.Conformance.Checks;

/// <summary>Approvals, recovery, tokens and the quorum.</summary>
internal static class ApprovalChecks
{
    private const string Words = "legal winner thank year wave sausage worth useful legal winner thank yellow";
    private const string OtherWords = "letter advice cage absurd amount doctor acoustic avoid letter advice cage above";

    public static IReadOnlyList<Check> All { get; } =
    [
        new(
            "2.1",
            Clauses.Dlk,
            "two of three must approve, each with a key of their own, and once",
            Approvals,
            "whoever approves twice counts as two",
            (trial, call) =>
                IsSecondOfAlice(trial, call) ? trial.Real(call.With("--key", trial["bob.key"])) : trial.Real(call)
        ),
        new(
            "2.1",
            Clauses.Tesst,
            "a key that the ledger does not know has no say",
            Strangers,
            "a key is known by its file's name",
            Flaws.Asked(
                "approve",
                call =>
                    call with
                    {
                        Args = [.. call.Args.Select(arg => arg.Replace("stranger", "alice", StringComparison.Ordinal))],
                    }
            )
        ),
        new(
            "2.2",
            Clauses.Dlk,
            "with every key lost, words kept elsewhere put new ones in place, and other words do not",
            Recovers,
            "whoever signs a recovery is not compared to the commitment",
            Flaws.Asked(
                "keys recover sign",
                call =>
                    call with
                    {
                        Args =
                        [
                            .. call.Args.Select(arg => arg.Replace("other.txt", "words.txt", StringComparison.Ordinal)),
                        ],
                    }
            )
        ),
        new(
            "2.3",
            Clauses.Rvc,
            "an event that needs a token is not recorded without one, and a token serves once",
            Tokens,
            "a used token is renewed without asking",
            Flaws.On("token use", Renewed)
        ),
        new(
            "5.4",
            Clauses.Dlk,
            "a quorum under loss, crashes, skew and dishonest approvers violates nothing, and a seed gives one trace",
            Quorum,
            "the order of things comes from the machine",
            Flaws.On("quorum simulate", Unordered)
        ),
    ];

    private static void Approvals(Trial trial)
    {
        trial.Begin();
        string[] alice = ["approve", trial.Ledger, "6", "--key", trial["alice.key"]];
        trial.Must(alice);
        trial.Has(trial.Must("pending", trial.Ledger).Text, "6", "what waits");
        trial.Refused(4, "TSX4008", alice);
        trial.Must("approve", trial.Ledger, "6", "--key", trial["bob.key"]);
        trial.Same("", trial.Must("pending", trial.Ledger, "--json").Text, "what waits");
        trial.Refused(3, "TSX3014", "approve", trial.Ledger, "6", "--key", trial["carol.key"]);
        trial.Must("verify", trial.Ledger);
    }

    private static bool IsSecondOfAlice(Trial trial, Call call)
    {
        if (!call.Begins("approve") || call.Value("--key") != trial["alice.key"])
            return false;
        bool isSecond = File.Exists(trial["alice.was.here"]);
        File.WriteAllText(trial["alice.was.here"], "");
        return isSecond;
    }

    private static void Strangers(Trial trial)
    {
        trial.Begin();
        Specimen.Keep(trial, "stranger.key", "alice", KeyPurpose.Approver);
        trial.Refused(4, "TSX4002", "approve", trial.Ledger, "6", "--key", trial["stranger.key"]);
        string author = Path.Combine(trial.Ledger, "keys", "author.key");
        trial.Refused(4, "TSX2005", "approve", trial.Ledger, "6", "--key", author);
        trial.Must("verify", trial.Ledger);
    }

    private static void Recovers(Trial trial)
    {
        string words = trial.Write("words.txt", Words + "\n");
        string other = trial.Write("other.txt", OtherWords + "\n");
        string[] derive = ["keys", "derive", "--mnemonic", words, "--purpose", "recovery", "--commitment"];
        string commitment = trial.Must(derive).Lines[0];
        trial.Must("init", trial.Ledger, "--origin", Specimen.Origin, "--index", "none", "--recovery", commitment);
        Directory.Delete(Path.Combine(trial.Ledger, "keys"), recursive: true);
        string request = trial["request.json"];
        string answer = trial["answer.json"];
        trial.Must("keys", "recover", "request", trial.Ledger, "-o", request);
        string[] sign = ["keys", "recover", "sign", request, "--yes", "-o", answer, "--mnemonic"];
        trial.Refused(4, "TSX4041", [.. sign, other]);
        trial.Must([.. sign, words]);
        trial.Must("keys", "recover", "import", trial.Ledger, answer, "--request", request);
        Steps.Append(trial, "x-on");
        trial.Must("verify", trial.Ledger);
    }

    private static void Tokens(Trial trial)
    {
        trial.Begin();
        const string Asks = """{"x-paid":{"role":"security","valid":"PT10M","entries":50}}""";
        Steps.Upgrade(
            trial,
            policy =>
                policy.With("policy", "tessrax/policy/v2").With("tokens", JsonValue.Parse(Encoding.UTF8.GetBytes(Asks)))
        );
        string paid = trial.Write("paid.json", "1");
        trial.Refused(4, "TSX4046", "append", trial.Ledger, "--event", "x-paid", "--payload", paid);
        string[] prepare = ["tx", "prepare", trial.Ledger, "--event", "x-paid", "--payload", paid];
        string first = trial.Json(prepare)["token"]!.AsString();
        string token = trial["paid.token"];
        trial.Must("token", "issue", trial.Ledger, first, "--key", trial["alice.key"], "-o", token);
        trial.Must("tx", "commit", trial.Ledger, first, "--token", token);
        string second = trial.Json(prepare)["token"]!.AsString();
        trial.Refused(4, "TSX4043", "token", "use", trial.Ledger, second, token);
        trial.Must("verify", trial.Ledger);
    }

    private static Ran Renewed(Trial trial, Call call)
    {
        string renewed = trial["renewed.token"];
        string[] issue = ["token", "issue", trial.Ledger, call.Args[3], "--key", trial["alice.key"], "-o", renewed];
        trial.Real(new Call(issue, default));
        return trial.Real(call with { Args = [.. call.Args.SkipLast(1), renewed] });
    }

    private static void Quorum(Trial trial)
    {
        foreach (
            string faults in (string[])
                ["loss=0.1,crash=2,skew=20s", "byzantine=2:double", "byzantine=2:names", "byzantine=2:forged"]
        )
        {
            string[] run = ["quorum", "simulate", "--nodes", "5", "--seed", "7", "--faults", faults, "--json"];
            Ran ran = trial.Run(run);
            trial.That(ran.Json["safety"]!.Kind == JsonKind.True, $"under {faults} something happened that must not");
            trial.That(
                ran.Exit == 0 && ran.Json["liveness"]!.Kind == JsonKind.True,
                $"under {faults} it came to no end"
            );
            trial.Same(ran.Text, trial.Run(run).Text, "the second run of the same seed");
        }
    }

    private static Ran Unordered(Trial trial, Call call)
    {
        string[] before = File.Exists(trial["runs"]) ? File.ReadAllLines(trial["runs"]) : [];
        File.AppendAllText(trial["runs"], "run\n");
        return trial.Real(call.With("--seed", $"{7 + before.Length}"));
    }
}
