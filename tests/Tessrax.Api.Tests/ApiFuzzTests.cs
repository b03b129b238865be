using System.Text;

namespace Tessrax.Api.Tests;

/// <summary>Every public method of the packages, called with generated and hostile arguments: it answers, or throws what is documented.</summary>
/// <remarks>TESSRAX_API_ROUNDS asks for so many rounds (eng/api-fuzz.sh). TESSRAX_API_GAPS names a file for what is not covered and why,
/// TESSRAX_API_TRACE one for the call that is under way.</remarks>
public sealed class ApiFuzzTests(ITestOutputHelper output)
{
    private const int Seed = 20261127;

    // Keys and clocks are drawn anew in each run, so that a few members of a thousand are covered in one and not in the next.
    private const int Chance = 20;

    private static readonly int? Rounds = Number("ROUNDS");

    [Fact]
    public void Every_member_of_the_core_succeeds_once_and_is_refused_once()
    {
        using var run = new ApiFuzzRun(Number("SEED") ?? Seed, IsCore);
        run.Run(Rounds ?? 3, times: 12, TimeSpan.FromSeconds(2));
        ApiReport report = Judge(run, "core");
        output.WriteLine(report.Gaps());
        Assert.True(report.Uncovered.Count <= Chance, report.Gaps());
    }

    // What touches the disk takes its time, and how far a run comes is up to the machine: a dose shows that nothing breaks, and eng/api-fuzz.sh lists what a long
    // run did not cover.
    [Fact]
    public void Nothing_that_touches_the_disk_throws_what_is_not_documented()
    {
        using var run = new ApiFuzzRun(Number("SEED") ?? Seed, member => !IsCore(member));
        run.Run(Rounds ?? 1, Rounds is null ? 2 : 12, TimeSpan.FromMilliseconds(Rounds is null ? 25 : 400));
        output.WriteLine(Judge(run, "node").Gaps());
    }

    private static bool IsCore(ApiMember member) =>
        member.Method.DeclaringType!.Assembly == typeof(TessraxException).Assembly;

    private ApiReport Judge(ApiFuzzRun run, string name)
    {
        var report = new ApiReport(run);
        output.WriteLine(report.Table());
        string faults = string.Join(
            "\n\n",
            run.Faults.Select(fault => $"{fault.Member} {fault.Arguments}\n{fault.What}")
                .Concat(run.Pool.Faults.Select(fault => $"{fault.Key}\n{fault.Value}"))
        );
        if (Environment.GetEnvironmentVariable("TESSRAX_API_GAPS") is { } file)
        {
            string text = $"{report.Gaps()}\n{report.Slow()}\n{string.Join('\n', report.NoException)}\n\n{faults}";
            File.WriteAllBytes($"{file}.{name}", Encoding.UTF8.GetBytes(text));
        }
        Assert.True(faults.Length == 0, faults);
        Assert.Empty(report.Stale);
        return report;
    }

    private static int? Number(string name) =>
        Environment.GetEnvironmentVariable("TESSRAX_API_" + name) is { Length: > 0 } text
            ? int.Parse(text, System.Globalization.CultureInfo.InvariantCulture)
            : null;
}
