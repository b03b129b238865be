using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Tessrax.Cli.Demo;
using Tessrax.Hashing;
using Tessrax.Merkle;
using JsonValue = Tessrax.Canonical.JsonValue;

namespace Tessrax.Cli.Conformance.Checks;

/// <summary>Trees, proofs, tiles, history and pictures of them, and the change of the hash function.</summary>
internal static class MerkleChecks
{
    private static readonly string[] Leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"];

    public static IReadOnlyList<Check> All { get; } =
    [
        new(
            "4.1",
            Clauses.Rvc,
            "the reference tree of RFC 6962 has its roots, and every proof of seven leaves holds",
            Trees,
            "an odd node is doubled, as in other trees, and not handed up",
            Flaws.On("plumbing root", Doubled)
        ),
        new(
            "4.1",
            Clauses.Dlk,
            "proofs of others are judged as they want it, the corrupted ones refused",
            Proofs,
            "what stands in a proof behind its end is not looked at",
            Flaws.On("plumbing verify-inclusion", Shortened)
        ),
        new(
            "4.1",
            Clauses.Rvc,
            "two copies that differ are told apart at the leaf where they part",
            Differ,
            "a copy is compared to itself",
            Flaws.Asked("merkle diff", call => call.Swap(call.Args[3], call.Args[2]))
        ),
        new(
            "4.2",
            Clauses.PostAudit,
            "every checkpoint is kept, and the root at each of them is told as it was",
            History,
            "the newest root is told for every size",
            Flaws.Asked("merkle history", call => call.Without("--at"))
        ),
        new(
            "4.3",
            Clauses.Dlk,
            "a tile that is changed, cut or gone is found",
            Pruned,
            "tiles are made again before they are looked at",
            Flaws.Before(
                "merkle check",
                (trial, call) => trial.Real(new Call(["doctor", call.Args[2], "--fix"], default))
            )
        ),
        new(
            "4.5",
            Clauses.Aep,
            "BLAKE3 gives what its own vectors want, of every length",
            Blake3,
            "what is longer than a chunk is cut there",
            Flaws.On(
                "plumbing hash",
                (trial, call) => trial.Real(call with { Input = call.Input[..Math.Min(1024, call.Input.Length)] })
            )
        ),
        new(
            "4.5",
            Clauses.Dlk,
            "a live ledger changes its hash function with approvals, and the old one is closed for ever",
            RollsOver,
            "the old ledger is put back as it was",
            (trial, call) =>
                call.Begins("rollover") && call.Args.Contains("--key") ? Reopened(trial, call) : trial.Real(call)
        ),
        new(
            "15.1",
            Clauses.Aep,
            "the same tree gives the same picture",
            Pictures,
            "the picture holds the time at which it was drawn",
            Flaws.After(
                "merkle svg",
                (trial, call) => File.AppendAllText(call.Value("-o"), $"<!-- {trial.Clock.GetUtcNow():O} -->")
            )
        ),
    ];

    private static void Trees(Trial trial)
    {
        JsonValue tree = Vectors.Json("vectors/merkle-rfc6962/reference-tree.json");
        string[] leaves = [.. tree["leaves"]!.Items.ToArray().Select(leaf => leaf.AsString())];
        for (int size = 0; size <= leaves.Length; size++)
            trial.Same(
                tree["roots"]!.Items[size].AsString(),
                Root(trial, leaves[..size]),
                $"the root of {size} leaves"
            );
        string file = trial.Write("leaves", string.Join('\n', Leaves) + "\n");
        string root = Root(trial, Leaves);
        for (int i = 0; i < Leaves.Length; i++)
        {
            string[] path = trial.Must("plumbing", "prove-inclusion", "--alg", "sha256", "--index", $"{i}", file).Lines;
            string[] check = ["--index", $"{i}", "--size", "7", "--leaf-hash", Root(trial, Leaves[i]), "--root", root];
            trial.Must(["plumbing", "verify-inclusion", .. check, "--proof", string.Join(',', path)]);
            trial.Refused(
                1,
                "TSX5010",
                ["plumbing", "verify-inclusion", .. check, "--proof", string.Join(',', path[1..])]
            );
            path = trial.Must("plumbing", "prove-consistency", "--alg", "sha256", "--from", $"{i + 1}", file).Lines;
            string from = Root(trial, Leaves[..(i + 1)]);
            string[] sizes = ["--from", $"{i + 1}", "--to", "7", "--root-from", from, "--root-to", root];
            trial.Must(["plumbing", "verify-consistency", .. sizes, .. Proof(path)]);
        }
    }

    private static string Root(Trial trial, params string[] leaves) =>
        trial
            .RunWith(string.Concat(leaves.Select(leaf => leaf + "\n")), "plumbing", "root", "--alg", "sha256")
            .Text.TrimEnd('\n');

    private static Ran Doubled(Trial trial, Call call)
    {
        string[] lines = Encoding.UTF8.GetString(call.Input.Span).Split('\n')[..^1];
        if (lines.Length == 0)
            return trial.Real(call);
        Digest[] row = [.. lines.Select(line => TreeHasher.Sha256.Leaf(Convert.FromHexString(line)))];
        while (row.Length > 1)
            row = [.. row.Chunk(2).Select(pair => TreeHasher.Sha256.Node(pair[0], pair[^1]))];
        return Ran.Well(row[0].ToHex() + "\n");
    }

    private static void Proofs(Trial trial)
    {
        foreach (JsonNode? vector in Vectors.Nodes("vectors/merkle-rfc6962/inclusion.json").AsArray())
        {
            string[] what = ["--index", $"{vector!["leafIdx"]}", "--size", $"{vector["treeSize"]}"];
            string[] hashes = ["--leaf-hash", Hex(vector["leafHash"]), "--root", Hex(vector["root"])];
            Agree(trial, vector, ["plumbing", "verify-inclusion", .. what, .. hashes]);
        }
        foreach (JsonNode? vector in Vectors.Nodes("vectors/merkle-rfc6962/consistency.json").AsArray())
        {
            string[] sizes = ["--from", $"{vector!["size1"]}", "--to", $"{vector["size2"]}"];
            string[] roots = ["--root-from", Hex(vector["root1"]), "--root-to", Hex(vector["root2"])];
            Agree(trial, vector, ["plumbing", "verify-consistency", .. sizes, .. roots]);
        }
    }

    private static void Agree(Trial trial, JsonNode vector, string[] line)
    {
        string[] proof = vector["proof"] is JsonArray path ? [.. path.Select(Hex)] : [];
        Ran ran = trial.Run([.. line, .. Proof(proof)]);
        int wanted = (bool)vector["wantErr"]! ? 1 : 0;
        trial.That(ran.Exit == wanted, $"{line[1]} of {vector["file"]} ended with {ran.Exit}");
    }

    // Tries whether less of the proof would do.
    private static Ran Shortened(Trial trial, Call call)
    {
        Ran ran = trial.Real(call);
        string[] proof = call.Value("--proof").Split(',');
        for (int length = proof.Length - 1; length > 0 && ran.Exit == 1; length--)
            ran = trial.Real(call.With("--proof", string.Join(',', proof[..length])));
        return ran;
    }

    private static void Differ(Trial trial)
    {
        string fork = Steps.Fork(trial);
        Ran ran = trial.Run("merkle", "diff", trial.Ledger, fork, "--json");
        trial.That(ran.Exit == 1, $"it ended with {ran.Exit}");
        JsonValue range = ran.Json["differing"]!.Items[0];
        trial.Same("8-9", $"{range["from"]!}-{range["to"]!}", "what differs");
        DirectoryCopy.Make(trial.Ledger, trial["same"]);
        trial.Must("merkle", "diff", trial.Ledger, trial["same"]);
    }

    private static void History(Trial trial)
    {
        trial.Begin();
        var roots = new Dictionary<long, string>();
        for (int i = 0; i < 4; i++)
            roots[Specimen.Size + 1 + i] = Steps.Append(trial, "x-more")["root"]!.AsString();
        foreach ((long size, string root) in roots)
        {
            JsonValue then = trial.Json(
                "merkle",
                "history",
                trial.Ledger,
                "--at",
                size.ToString(CultureInfo.InvariantCulture)
            );
            trial.Same(
                root,
                then["root"]?.AsString() ?? then["checkpoints"]!.Items[^1]["root"]!.AsString(),
                $"the root at {size}"
            );
        }
        trial.Must("merkle", "history", trial.Ledger, "--export", trial["log.history.json"]);
        trial.Must("merkle", "history", trial["log.history.json"], "--key", Key(trial));
    }

    /// <summary>The vkey of the specimen's log.</summary>
    internal static string Key(Trial trial) =>
        trial.Json("keys", "list", Path.Combine(trial.Ledger, "keys", "log.key"))["vkey"]!.AsString();

    private static void Pruned(Trial trial)
    {
        trial.Begin();
        trial.Must("merkle", "check", trial.Ledger);
        string tile = Path.Combine(trial.Ledger, "tiles", "tile", "0", "000.p", "8");
        byte[] whole = File.ReadAllBytes(tile);
        foreach (int at in (int[])[0, 40, 8 * 32 - 1])
        {
            byte[] changed = [.. whole];
            changed[at] ^= 4;
            File.WriteAllBytes(tile, changed);
            trial.That(trial.Run("merkle", "check", trial.Ledger).Exit == 1, $"a changed byte {at} is not found");
        }
        File.WriteAllBytes(tile, whole[..^32]);
        trial.That(trial.Run("merkle", "check", trial.Ledger).Exit == 1, "a tile without its last leaf is not found");
        File.Delete(tile);
        trial.That(trial.Run("merkle", "check", trial.Ledger).Exit == 1, "a tile that is gone is not found");
        File.WriteAllBytes(tile, whole);
        trial.Must("merkle", "check", trial.Ledger);
    }

    private static void Blake3(Trial trial)
    {
        foreach (JsonValue vector in Vectors.Json("vectors/blake3/test_vectors.json")["cases"]!.Items)
        {
            int length = int.Parse(vector["input_len"]!.AsNumberText(), CultureInfo.InvariantCulture);
            byte[] input = [.. Enumerable.Range(0, length).Select(i => (byte)(i % 251))];
            Ran ran = trial.RunWith(input, "plumbing", "hash", "--alg", "blake3");
            trial.Same(vector["hash"]!.AsString()[..64], ran.Text.TrimEnd('\n'), $"the hash of {length} bytes");
        }
    }

    private static void RollsOver(Trial trial)
    {
        trial.Begin();
        string next = trial["next"];
        string[] roll = ["rollover", trial.Ledger, next, "--hash", "blake3", "--yes"];
        trial.Must([.. roll, "--key", trial["alice.key"], "--key", trial["bob.key"]]);
        JsonValue verdict = trial.Json("verify", next);
        trial.That(
            verdict["root"]!.AsString().StartsWith("blake3:", StringComparison.Ordinal),
            "the successor has another hash function"
        );
        string payload = trial.Write("p.json", "1");
        trial.Refused(4, "TSX4014", "append", trial.Ledger, "--event", "x-late", "--payload", payload);
        trial.Must("append", next, "--event", "x-early", "--payload", payload);
        trial.Must("verify", trial.Ledger);
    }

    private static Ran Reopened(Trial trial, Call call)
    {
        DirectoryCopy.Make(trial.Ledger, trial["before"]);
        Ran ran = trial.Real(call);
        Directory.Delete(trial.Ledger, recursive: true);
        DirectoryCopy.Make(trial["before"], trial.Ledger);
        Directory.Delete(Path.Combine(trial.Folder, ".local"), recursive: true);
        return ran;
    }

    private static void Pictures(Trial trial)
    {
        trial.Begin();
        foreach (string name in (string[])["one.svg", "two.svg"])
            trial.Must("merkle", "svg", trial.Ledger, "--size", "5", "--prove", "4", "-o", trial[name]);
        string one = File.ReadAllText(trial["one.svg"]);
        trial.Same(one, File.ReadAllText(trial["two.svg"]), "the second picture");
        trial.Has(one, "a proof of 1 hash", "the picture");
    }

    private static string[] Proof(string[] path) => path.Length == 0 ? [] : ["--proof", string.Join(',', path)];

    private static string Hex(JsonNode? base64) =>
        base64 is null ? "" : Convert.ToHexStringLower(Convert.FromBase64String((string)base64!));
}
