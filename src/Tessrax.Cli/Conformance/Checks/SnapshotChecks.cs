using System.Globalization;
using Tessrax.Node;

namespace Tessrax.Cli.Conformance.Checks;

/// <summary>Snapshots, backups, and the same bytes elsewhere.</summary>
internal static class SnapshotChecks
{
    private static readonly string[] Damages = ["flip", "cut", "longer"];

    public static IReadOnlyList<Check> All { get; } =
    [
        new(
            "1.2",
            Clauses.Aep,
            "a ledger and its mirror export the same bytes, at any time",
            Exports,
            "a snapshot holds the time at which it was made",
            Flaws.After(
                "snapshot export",
                (trial, call) => File.AppendAllText(call.Value("-o"), $"{trial.Clock.GetUtcNow():O}")
            )
        ),
        new(
            "1.2",
            Clauses.PostAudit,
            "the snapshot of the specification verifies, comes out again byte for byte, and damaged is refused",
            Imports,
            "what cannot be read is left out",
            Flaws.Before("verify", (trial, call) => Mend(trial, call.Args[1]))
        ),
        Check.Of<Action<Trial>>(
            "1.2",
            Clauses.Aep,
            "the same commands give the same ledger in another folder, culture and time zone",
            SameElsewhere,
            static _ => { },
            "nonces are drawn from the machine, past whoever asked",
            static other => other.Random = SystemRandom.Fill
        ),
        new(
            "2.4",
            Clauses.Aep,
            "backup, destruction, restoration and backup give the same bytes",
            Restores,
            "evidence is not restored",
            Flaws.After(
                "restore",
                (trial, _) => Directory.Delete(Path.Combine(trial.Ledger, "evidence"), recursive: true)
            )
        ),
    ];

    private static void Exports(Trial trial)
    {
        trial.Begin();
        trial.Must("snapshot", "export", trial.Ledger, "-o", trial["a.snapshot"]);
        trial.Clock.Step(TimeSpan.FromHours(3));
        trial.Must("snapshot", "export", trial.Ledger, "-o", trial["b.snapshot"]);
        byte[] file = File.ReadAllBytes(trial["a.snapshot"]);
        trial.That(file.AsSpan().SequenceEqual(File.ReadAllBytes(trial["b.snapshot"])), "a later export differs");
        trial.Must("snapshot", "import", trial["a.snapshot"], trial["mirror"]);
        trial.Must("snapshot", "export", trial["mirror"], "-o", trial["c.snapshot"]);
        trial.That(file.AsSpan().SequenceEqual(File.ReadAllBytes(trial["c.snapshot"])), "the mirror's export differs");
    }

    private static void Imports(Trial trial)
    {
        byte[] vector = Vectors.Read("vectors/snapshot/ledger.snapshot");
        string trust = trial.Write("trust.json", Vectors.Text("vectors/ledger/trust.json"));
        string whole = trial["whole.snapshot"];
        File.WriteAllBytes(whole, vector);
        trial.Must("verify", whole, "--trust", trust);
        trial.Must("snapshot", "import", whole, trial["copy"], "--trust", trust);
        trial.Must("snapshot", "export", trial["copy"], "-o", trial["again.snapshot"]);
        trial.That(
            vector.AsSpan().SequenceEqual(File.ReadAllBytes(trial["again.snapshot"])),
            "it comes out differently"
        );
        foreach (string how in Damages)
        {
            byte[] damaged = how switch
            {
                "cut" => vector[..^40],
                "longer" => [.. vector, 0],
                _ => [.. vector[..500], (byte)(vector[500] ^ 1), .. vector[501..]],
            };
            string file = trial[$"{how}.snapshot"];
            File.WriteAllBytes(file, damaged);
            trial.Refused(1, "TSX3028", "verify", file, "--trust", trust);
            File.WriteAllBytes(file, damaged);
            trial.Refused(1, "TSX5001", "snapshot", "import", file, trial[how], "--trust", trust);
            trial.That(!Directory.Exists(trial[how]), "something was made of a damaged file");
        }
    }

    private static void Mend(Trial trial, string file)
    {
        if (file != trial["whole.snapshot"])
            File.Copy(trial["whole.snapshot"], file, overwrite: true);
    }

    private static void SameElsewhere(Trial trial, Action<Trial> spoil)
    {
        trial.Begin();
        using var other = new Trial(trial["elsewhere"], specimen: trial.Folder);
        other.BeginFrom(trial);
        spoil(other);
        CultureInfo usual = CultureInfo.CurrentCulture;
        var odd = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        odd.NumberFormat.NumberDecimalSeparator = ",";
        odd.NumberFormat.NegativeSign = "~";
        odd.DateTimeFormat.TimeSeparator = ".";
        Work(trial);
        try
        {
            CultureInfo.CurrentCulture = odd;
            other.Variables["TZ"] = "Asia/Kathmandu";
            Work(other);
        }
        finally
        {
            CultureInfo.CurrentCulture = usual;
        }
        trial.That(
            File.ReadAllBytes(Steps.Segment(trial)).AsSpan().SequenceEqual(File.ReadAllBytes(Steps.Segment(other))),
            "the segments differ"
        );
        string root = trial.Json("debug", trial.Ledger)["tree"]!["root"]!.AsString();
        trial.Same(root, other.Json("debug", other.Ledger)["tree"]!["root"]!.AsString(), "the other root");
    }

    private static void Work(Trial trial)
    {
        string claims = trial.Write("more.jsonl", Specimen.Claim("d1", "CVE-1", "-0.25", "third"));
        trial.Must("ingest", trial.Ledger, claims);
        Steps.Append(trial, "x-number", "1234567.5");
        trial.Must("rotate", trial.Ledger);
    }

    private static void Restores(Trial trial)
    {
        trial.Begin();
        trial.Must("evidence", "add", trial.Ledger, trial.Write("report.txt", "seen"));
        trial.Must("backup", trial.Ledger, "-o", trial["one.backup"]);
        Directory.Delete(trial.Ledger, recursive: true);
        trial.Must("restore", trial["one.backup"], trial.Ledger);
        trial.Must("verify", trial.Ledger, "--evidence");
        trial.Must("backup", trial.Ledger, "-o", trial["two.backup"]);
        trial.That(
            File.ReadAllBytes(trial["one.backup"]).AsSpan().SequenceEqual(File.ReadAllBytes(trial["two.backup"])),
            "the second backup differs"
        );
        Steps.Append(trial, "x-on");
    }
}
