using System.Globalization;
using System.Text;
using Tessrax.Node.Reading;

namespace Tessrax.EndToEnd.Tests.Faults;

/// <summary>The real binary, with one system call after another spoilt by Debian's strace: killed at its entry, or failed with EIO, ENOSPC, EINTR.</summary>
/// <remarks>After each: what was acknowledged is there, verify holds, the same command succeeds when it is run again, and no temporary file is left.
/// The tests take a dose; <c>eng/faults.sh</c> takes every call.</remarks>
public sealed class SyscallFaultTests
{
    private static readonly int Dose = int.TryParse(
        Environment.GetEnvironmentVariable("TESSRAX_FAULTS"),
        CultureInfo.InvariantCulture,
        out int most
    )
        ? most
        : 12;

    private static readonly SyscallFault[] Faults =
    [
        SyscallFault.Kill,
        SyscallFault.Eio,
        SyscallFault.Enospc,
        SyscallFault.Eintr,
    ];

    public static TheoryData<string> Scenarios => [.. FaultScenario.All.Select(s => s.Name)];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Nothing_acknowledged_is_lost_and_nothing_is_left_behind(string name)
    {
        Assert.SkipUnless(Strace.IsThere, "strace is not installed");
        string? only = Environment.GetEnvironmentVariable("TESSRAX_FAULTS_ONLY");
        Assert.SkipUnless(string.IsNullOrEmpty(only) || only == name, $"{only} alone was asked for");
        FaultScenario scenario = FaultScenario.All.Single(s => s.Name == name);
        using LedgerHome original = scenario.Prepare();
        IReadOnlyDictionary<string, int> calls = CallsOf(scenario, original);
        (string Call, int Number, SyscallFault Fault)[] all =
        [
            .. from call in calls
            from number in Enumerable.Range(1, call.Value)
            from fault in Faults
            select (call.Key, number, fault),
        ];
        Assert.True(all.Length > 30, $"{scenario} makes hardly any calls: {string.Join(", ", calls)}");
        // The same ones each time: a part that fails is found again.
        var random = new Random(1);
        random.Shuffle(all);
        int fired = 0;
        int dose = Math.Min(Dose / scenario.Rarity, all.Length);
        foreach ((string call, int number, SyscallFault fault) in all.Take(dose))
            fired += Patiently(() => Round(scenario, original, call, number, fault)) ? 1 : 0;
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{fired} of {dose} (of {all.Length}): {string.Join(", ", calls)}"
        );
        Assert.True(fired * 4 >= dose * 3, $"only {fired} faults were met");
    }

    private static IReadOnlyDictionary<string, int> CallsOf(FaultScenario scenario, LedgerHome original)
    {
        using var home = new LedgerHome(original);
        return Strace.Count(home.Ctl, scenario.CommandIn(home));
    }

    // A program that hangs does so again. One that collects garbage signals its threads until they stop, and strace stops them at each signal: rarely, that goes on for ever.
    private static bool Patiently(Func<bool> round)
    {
        try
        {
            return round();
        }
        catch (TimeoutException e)
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"once more: {e.Message}");
            return round();
        }
    }

    private static bool Round(FaultScenario scenario, LedgerHome original, string call, int number, SyscallFault fault)
    {
        using var home = new LedgerHome(original);
        string what = $"{scenario}, {fault} at {call} {number}: ";
        StraceRun run = Strace.Spoil(home.Ctl, call, fault, number, scenario.CommandIn(home));
        if (!run.Fired)
            return false;
        what = $"{what}exit {run.ExitCode}\n{run.Output}{run.Error}\n";
        if (fault == SyscallFault.Kill)
            Assert.True(run.ExitCode == Strace.Killed, what);
        else
            Assert.True(run.ExitCode is 0 or 5, what);
        if (run.ExitCode == 5)
            Assert.True($"{run.Output}{run.Error}".Contains("TSX3", StringComparison.Ordinal), what);
        CheckAcknowledged(home, run, what);
        if (scenario.HoldsMeanwhile && File.Exists(home.Ctl.PathOf("ledger", "ledger.json")))
            home.MustHold(what);
        CtlResult again = home.Ctl.Run(scenario.CommandIn(home));
        Assert.True(again.ExitCode == 0 || scenario.AgainMay.Contains(again.ExitCode), $"{what}again: {again.Error}");
        home.MustHold($"{what}again: ");
        scenario.After(home);
        // Where the second run had nothing left to do, the next writer clears away.
        if (Leaks(home).Length > 0)
            home.Open().Dispose();
        Assert.True(Leaks(home).Length == 0, $"{what}left behind: {Leaks(home)}");
        return true;
    }

    // What was printed as appended is there.
    private static void CheckAcknowledged(LedgerHome home, StraceRun run, string what)
    {
        if (!run.Output.StartsWith("{\"", StringComparison.Ordinal) || !run.Output.EndsWith('\n'))
            return;
        var printed = Canonical.JsonValue.Parse(Encoding.UTF8.GetBytes(run.Output));
        if (printed["leaf_hash"] is not { } hash)
            return;
        using LedgerView view = home.View();
        long index = long.Parse(printed["index"]!.AsNumberText(), CultureInfo.InvariantCulture);
        Assert.True(index < view.Size, $"{what}entry {index} is lost");
        Assert.Equal(view.Hasher.Text(view.Receipt(index).LeafHash(view.Hasher)), hash.AsString());
    }

    private static string Leaks(LedgerHome home) =>
        string.Join(
            ' ',
            Directory
                .EnumerateFileSystemEntries(home.Ctl.Folder, "*", SearchOption.AllDirectories)
                .Where(f => f.EndsWith(".tmp", StringComparison.Ordinal))
                .Select(f => Path.GetRelativePath(home.Ctl.Folder, f))
        );
}
