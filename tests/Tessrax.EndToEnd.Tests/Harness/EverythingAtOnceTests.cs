using System.Globalization;
using Tessrax.EndToEnd.Tests.Web;

namespace Tessrax.EndToEnd.Tests.Harness;

/// <summary>The end-to-end harness: a server, witnesses, clients, approvers with clocks that are off, a browser, an operator's care and random kills, all
/// at once and from one seed; then every invariant.</summary>
/// <remarks><c>eng/harness.sh MINUTES</c> runs it for longer. TESSRAX_HARNESS_SECONDS says for how long, TESSRAX_HARNESS_SEED from which seed.</remarks>
public sealed class EverythingAtOnceTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const int Seconds = 120;
    private const int Submitters = 3;

    // Far beyond every window: whatever is signed by such a clock must be refused.
    private const int WrongClock = 2 * 60 * 60;

    private readonly ITestOutputHelper output = TestContext.Current.TestOutputHelper!;

    [Fact]
    public async Task Whatever_happens_at_once_every_invariant_holds()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "processes are killed and asked to end by signals");
        int seed = Setting("SEED", Random.Shared.Next());
        int seconds = Setting("SECONDS", Seconds);
        output.WriteLine($"seed {seed}, {seconds} s");
        using var plant = new Plant();
        plant.Home.Ctl.Must("trust", "export", "ledger", "-o", "trust.json");
        var promises = new Promises();
        Actor[] actors = [.. Everybody(plant, promises, new Random(seed))];
        try
        {
            await Everything(actors, promises, TimeSpan.FromSeconds(seconds));
        }
        finally
        {
            foreach (Actor actor in actors)
                actor.Dispose();
            output.WriteLine(
                $"{promises}; the server was killed {plant.Ends.Killed} times and asked to end {plant.Ends.Asked} times"
            );
        }
        Assert.True(promises.Faults.IsEmpty, $"seed {seed}: {string.Join('\n', promises.Faults)}");
        plant.End();
        // A run that did nothing proves nothing.
        foreach (string what in new[] { "appends", "claims", "reads", "kills", "care", "verdicts" })
            Assert.True(promises.CountOf(what) > 0, $"seed {seed}: there were no {what}");
        new Inspection(plant, promises).Run();
    }

    private static async Task Everything(Actor[] actors, Promises promises, TimeSpan length)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        ends.CancelAfter(length);
        await Task.WhenAll(actors.Select(actor => Task.Run(() => actor.Run(ends.Token))));
        Assert.False(TestContext.Current.CancellationToken.IsCancellationRequested, promises.ToString());
    }

    private IEnumerable<Actor> Everybody(Plant plant, Promises promises, Random dice)
    {
        for (int i = 0; i < Submitters; i++)
            yield return new Submitter(plant, i, promises, dice.Next());
        yield return new Source(plant, promises, dice.Next());
        yield return new Reader(plant, promises, dice.Next());
        yield return new Approver(plant, "alice", -20, promises, dice.Next());
        yield return new Approver(plant, "bob", 20, promises, dice.Next());
        yield return new Approver(plant, "carol", WrongClock, promises, dice.Next());
        yield return new Operator(plant, promises, dice.Next());
        yield return new Killer(plant, promises, dice.Next());
        if (chromium.IsThere)
            yield return new Visitor(plant, chromium, promises, dice.Next());
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(
            Environment.GetEnvironmentVariable($"TESSRAX_HARNESS_{name}"),
            CultureInfo.InvariantCulture,
            out int value
        )
            ? value
            : otherwise;
}
