using Tessrax.Canonical;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Cli.Conformance.Checks;

/// <summary>What a verifier refutes although the log signed it, and what a stranger can verify.</summary>
internal static class BundleChecks
{
    public static IReadOnlyList<Check> All { get; } =
    [
        new(
            "2.1",
            Clauses.PostAudit,
            "a decision with too few approvals is refuted, although the log signed it",
            Counts,
            "approvals are not counted",
            Flaws.Skips("approvals")
        ),
        new(
            "B2",
            Clauses.Dlk,
            "an entry that its author did not sign is refuted, although the log has it in its tree",
            AuthorsSign,
            "authors' signatures are not looked at",
            Flaws.Skips("signatures")
        ),
        new(
            "B2",
            Clauses.Dlk,
            "a bundle without its proof of inclusion is refuted, although every signature is right",
            Included,
            "paths to the root are not looked at",
            Flaws.Skips("inclusion")
        ),
        new(
            "B2",
            Clauses.PostAudit,
            "a bundle verifies for a stranger who has a trust root, and for nobody else",
            ToAStranger,
            "whoever signed is trusted",
            Flaws.Skips("trust")
        ),
        new(
            "B2",
            Clauses.Rvc,
            "a payload that its entry does not commit to is refuted",
            Commits,
            "payloads are not held against what was committed to",
            Flaws.Skips("commitments")
        ),
        new(
            "B3",
            Clauses.Rvc,
            "decisions are worked out again: one that does not follow from its claims is refuted, although the log signed it",
            Replays,
            "decisions are not worked out again",
            Flaws.Skips("decisions")
        ),
    ];

    private static void Replays(Trial trial)
    {
        string trust = trial.Write("vector.trust.json", Vectors.Text("vectors/ledger/trust.json"));
        string bundle = trial.Write("decision.json", Vectors.Text("vectors/ledger/decision.tessrax.json"));
        trial.Must("verify", bundle, "--trust", trust);
        trial.Begin();
        Hold(trial, DishonestLog.Write(trial, 3, static (receipt, _) => receipt));
        string lie = DishonestLog.Write(
            trial,
            3,
            (receipt, ledger) =>
            {
                JsonValue said = receipt.Payload!.Root;
                JsonValue other = said["outcome"]!.With("value", "7.3");
                return DishonestLog.Says(trial, receipt, ledger, said.With("outcome", other));
            }
        );
        trial.Refused(1, "TSX5011", Verify(trial, lie));
    }

    private static void Counts(Trial trial)
    {
        trial.Begin();
        Steps.Approve(trial, "6");
        long decided = Steps.Number(trial.Json("debug", trial.Ledger)["tree"]!["size"]!) - 1;
        Hold(trial, DishonestLog.Write(trial, decided, static (receipt, _) => receipt));
        string lie = DishonestLog.Write(
            trial,
            decided,
            static (receipt, _) =>
                Receipt.Create(
                    receipt.Entry with
                    {
                        Approvals = [receipt.Entry.Approvals[0]],
                    },
                    receipt.Payload,
                    receipt.Salt.Span
                )
        );
        trial.Refused(1, "TSX4001", Verify(trial, lie));
    }

    private static void AuthorsSign(Trial trial)
    {
        trial.Begin();
        Steps.Append(trial, "x-note", "1");
        Hold(trial, DishonestLog.Write(trial, Specimen.Size, static (receipt, _) => receipt));
        string lie = DishonestLog.Write(trial, Specimen.Size, static (receipt, _) => Unsigned(receipt));
        trial.Refused(1, "TSX5006", Verify(trial, lie));
    }

    private static Receipt Unsigned(Receipt receipt) =>
        Receipt.Create(
            receipt.Entry with
            {
                Signature = Convert.ToBase64String(new byte[64]),
            },
            receipt.Payload,
            receipt.Salt.Span
        );

    private static void Included(Trial trial)
    {
        string file = Proven(trial);
        JsonValue bundle = JsonValue.Parse(File.ReadAllBytes(file));
        JsonValue last = bundle["entries"]!.Items[^1];
        string[] hashes = [.. last["proof"]!.Items.ToArray().Select(hash => hash.AsString())];
        for (int i = 0; i < hashes.Length; i++)
        {
            string[] other = [.. hashes];
            other[i] = (hashes[i][0] == 'A' ? "B" : "A") + hashes[i][1..];
            RefutesWith(trial, "TSX5010", bundle, last.With("proof", JsonValue.Of(other.Select(JsonValue.String))));
        }
        RefutesWith(trial, "TSX5010", bundle, last.With("proof", JsonValue.Of()));
    }

    private static void Commits(Trial trial)
    {
        string file = Proven(trial);
        JsonValue bundle = JsonValue.Parse(File.ReadAllBytes(file));
        JsonValue last = bundle["entries"]!.Items[^1];
        RefutesWith(trial, "TSX5005", bundle, last.With("payload", JsonValue.Object(("data", 2))));
        RefutesWith(trial, "TSX5005", bundle, last.With("salt", Convert.ToBase64String(new byte[32])));
    }

    private static string Proven(Trial trial)
    {
        trial.Begin();
        Steps.Append(trial, "x-note", "1");
        string file = trial["note.json"];
        trial.Must("prove", trial.Ledger, $"{Specimen.Size}", "-o", file);
        Hold(trial, file);
        return file;
    }

    private static void RefutesWith(Trial trial, string code, JsonValue bundle, JsonValue last)
    {
        JsonValue[] entries = [.. bundle["entries"]!.Items[..^1], last];
        string file = trial.Write("changed.json", bundle.With("entries", JsonValue.Of(entries)).ToString());
        trial.Refused(1, code, Verify(trial, file));
    }

    private static void ToAStranger(Trial trial)
    {
        string file = Proven(trial);
        Specimen.Keep(trial, "other.key", Specimen.Origin, KeyPurpose.Log);
        string other = trial.Must("keys", "list", trial["other.key"], "--json").Json["vkey"]!.AsString();
        trial.Refused(1, "TSX5003", "verify", file, "--trust", other);
        // Another home, in which nothing is pinned.
        trial.Variables["XDG_CONFIG_HOME"] = trial["nowhere"];
        trial.Refused(1, "TSX5013", "verify", file);
        Hold(trial, file);
    }

    private static void Hold(Trial trial, string file) => trial.Must(Verify(trial, file));

    private static string[] Verify(Trial trial, string file) => ["verify", file, "--trust", trial["trust.json"]];
}
