using System.Reflection;
using Tessrax.Cli;
using Tessrax.Cli.Ledgers;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Node;
using Tessrax.Node.Files;

namespace Tessrax.EndToEnd.Tests;

/// <summary>A new ledger is there with all that belongs to it, or nothing of it is.</summary>
public sealed class LedgerFounderTests
{
    [Fact]
    public void What_fails_after_the_ledger_was_made_takes_back_what_it_put_elsewhere()
    {
        using var home = new Ctl();
        string[] places = [home.PathOf("one"), home.PathOf("two")];
        var disk = (FailingDisk)(object)DispatchProxy.Create<IDisk, FailingDisk>();
        disk.Path = home.PathOf("config", "trust");
        var environment = new NodeEnvironment(
            TimeProvider.System,
            SystemRandom.Fill,
            (IDisk)(object)disk,
            home.PathOf("config"),
            home.PathOf("state")
        );
        using var context = new CliContext(new InProcess().Host());
        Assert.Throws<InvalidOperationException>(() => Found(environment));
        Assert.DoesNotContain(places, Path.Exists);
        Assert.False(Path.Exists(home.PathOf("ledger")));
        Found(environment with { Disk = SystemDisk.Instance });
        Assert.All(places, place => Assert.True(File.Exists(Path.Combine(place, "ledger.id"))));

        FoundedLedger Found(NodeEnvironment at) =>
            LedgerFounder.Found(
                context,
                at,
                home.PathOf("ledger"),
                LedgerHome.Origin,
                new FoundingWish(HashEngine.Sha256, Policy.Default, [], Person: null, Recovery: null, Index: null),
                "secret"u8.ToArray(),
                new LedgerLayout(false, places)
            );
    }
}

/// <summary>The real disk, but for a directory that cannot be made, for a reason that nobody thought of.</summary>
public class FailingDisk : DispatchProxy
{
    internal string Path { get; set; } = "";

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod!.Name == nameof(IDisk.CreateDirectory) && (string)args![0]! == Path
            ? throw new InvalidOperationException(Path)
            : targetMethod.Invoke(SystemDisk.Instance, BindingFlags.DoNotWrapExceptions, null, args, null);
}
