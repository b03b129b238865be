using System.Globalization;
using System.Text;
using Tessrax.Canonical;

namespace Tessrax.EndToEnd.Tests.Harness;

/// <summary>Keeps the ledger: backups while it is written to, and what needs it alone, which is killed at times and begun again.</summary>
internal sealed class Operator(Plant plant, Promises promises, int seed) : Actor("care", promises, seed)
{
    private const int MostBackups = 6;
    private int policies = 1;
    private int backups;

    protected override int Pause => 6000;

    private Ctl Ctl => plant.Home.Ctl;

    protected override Task Step(CancellationToken cancel)
    {
        if (Dice.Next(4) == 0 && backups < MostBackups)
        {
            string file = $"backup-{backups++}";
            Ctl.Must("backup", "ledger", "-o", file);
            Promises.Backups.Add(file);
            Promises.Count("backups");
            return Task.CompletedTask;
        }
        return plant.WithoutServer(Care, cancel);
    }

    private void Care()
    {
        switch (Dice.Next(7))
        {
            case 0:
                Finish("epochs", "rotate", "ledger");
                break;
            case 1:
                Finish("compactions", "compact", "ledger", "--keep-epochs", "1", "--reason", "retention");
                break;
            case 2:
                Finish("key rotations", "keys", "rotate", "ledger", "--reason", "as planned");
                break;
            case 3:
                Finish("policies", "policy", "upgrade", "ledger", Policy(), "--reason", "another version");
                break;
            case 4:
                Finish("indexes of rocksdb", "index", "rebuild", "ledger", "--index", "rocksdb");
                break;
            case 5:
                Finish("indexes of sqlite", "index", "rebuild", "ledger", "--index", "sqlite");
                Finish("vacuums", "index", "vacuum", "ledger");
                break;
            default:
                string victim = Promises.Appended.Values.Select(one => Text(one.Index)).FirstOrDefault("0");
                if (victim != "0")
                    Finish("erasures", "erase", "ledger", victim, "--reason", "request 88");
                break;
        }
        Approve();
    }

    // One time in three it is killed in the middle first; what was cut short is begun again, and must come to its end.
    private void Finish(string what, params string[] command)
    {
        if (Dice.Next(3) == 0)
        {
            using System.Diagnostics.Process process = Ctl.Start(command);
            if (!process.WaitForExit(Dice.Next(5, 120)))
                process.Kill();
            process.WaitForExit();
            Promises.Count("commands that were killed");
        }
        CtlResult done = Ctl.Run(command);
        // Done already by the one that was killed, or waiting still: governance says so.
        Assert.True(done.ExitCode is 0 or 4, $"{string.Join(' ', command)}: {done.ExitCode}\n{done.Text}{done.Error}");
        Promises.Count(what);
    }

    // Everything that waits, as far as those who sign may.
    private void Approve()
    {
        foreach (string line in Ctl.Must("pending", "ledger", "--json").Lines)
        {
            string id = JsonValue.Parse(Encoding.UTF8.GetBytes(line))["id"]!.AsNumberText();
            foreach (string person in new[] { "alice", "bob" })
            {
                CtlResult signed = Ctl.Run("approve", "ledger", id, "--key", $"{person}.key");
                Assert.True(signed.ExitCode is 0 or 3 or 4, $"approve {id}: {signed.ExitCode}\n{signed.Error}");
            }
        }
    }

    private string Policy()
    {
        string version = $"1.{policies++}.0";
        string text = File.ReadAllText(LedgerHome.SamplePolicy)
            .Replace("\"1.0.0\"", $"\"{version}\"", StringComparison.Ordinal);
        return Ctl.Write($"policy-{version}.json", text);
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Kills the server, and at times a witness, at any moment; both come back at once.</summary>
internal sealed class Killer(Plant plant, Promises promises, int seed) : Actor("kills", promises, seed)
{
    protected override int Pause => 7000;

    protected override async Task Step(CancellationToken cancel)
    {
        if (Dice.Next(4) == 0)
            plant.KillWitness(Dice.Next(2));
        else
            await plant.KillServer(cancel);
    }
}
