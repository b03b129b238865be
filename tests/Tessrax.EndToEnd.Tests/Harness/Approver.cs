using System.Text;
using Tessrax.Canonical;

namespace Tessrax.EndToEnd.Tests.Harness;

/// <summary>A person at a machine of their own, whose clock is off: asks the server what waits, and signs it by the command line.</summary>
internal sealed class Approver : Actor
{
    private readonly Plant plant;
    private readonly string person;
    private readonly Ctl ctl;

    /// <param name="plant">Where the server is.</param>
    /// <param name="person">Whose key it is.</param>
    /// <param name="skew">By how many seconds the clock is off.</param>
    /// <param name="promises">What they were told.</param>
    /// <param name="seed">Of their dice.</param>
    public Approver(Plant plant, string person, int skew, Promises promises, int seed)
        : base("verdicts", promises, seed)
    {
        (this.plant, this.person) = (plant, person);
        ctl = new Ctl { Variables = { ["TESSRAX_PASSPHRASE"] = plant.Home.Ctl.Variables["TESSRAX_PASSPHRASE"] } };
        foreach ((string name, string value) in Clocks.OffBy(skew))
            ctl.Variables[name] = value;
        foreach (string file in new[] { $"{person}.key", "access.key", "trust.json" })
            File.Copy(plant.Home.Ctl.PathOf(file), ctl.PathOf(file));
    }

    protected override int Pause => 1500;

    public override void Dispose()
    {
        ctl.Dispose();
        base.Dispose();
    }

    protected override Task Step(CancellationToken cancel)
    {
        CtlResult pending = ctl.Run("pending", plant.Address.ToString(), "--trust", "trust.json", "--json");
        if (pending.ExitCode != 0)
        {
            Expect(pending);
            return Task.CompletedTask;
        }
        string[] ids =
        [
            .. pending.Lines.Select(line => JsonValue.Parse(Encoding.UTF8.GetBytes(line))["id"]!.AsNumberText()),
        ];
        if (ids.Length == 0)
            return Task.CompletedTask;
        string[] how = Dice.Next(8) == 0 ? ["--reject"] : [];
        CtlResult signed = ctl.Run([
            "approve",
            plant.Address.ToString(),
            ids[Dice.Next(ids.Length)],
            "--key",
            $"{person}.key",
            "--access-key",
            "access.key",
            "--trust",
            "trust.json",
            .. how,
        ]);
        Expect(signed);
        if (signed.ExitCode == 0)
            Promises.Count($"verdicts of {person}");
        return Task.CompletedTask;
    }

    // 3: it was decided meanwhile; 4: governance refused it; 5: the server was away.
    private static void Expect(CtlResult result) =>
        Assert.True(
            result.ExitCode is 0 or 3 or 4 or 5
                && !result.Error.Contains($"error {ErrorCodes.LogForked}", StringComparison.Ordinal),
            $"{result.ExitCode}\n{result.Text}{result.Error}"
        );
}
