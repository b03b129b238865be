using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests;

/// <summary>A dose of <c>eng/cold-boot.sh</c>: the native binary in an empty root verifies a ledger and a bundle of every entry, refuses what was changed, and
/// comes up as a node from a backup and its words.</summary>
public sealed partial class ColdBootTests : IDisposable
{
    private const int NoRootOfItsOwn = 3;

    private readonly Ctl ctl = new();

    public void Dispose() => ctl.Dispose();

    [Fact]
    public async Task In_an_empty_root_the_binary_alone_verifies_refuses_and_brings_a_node_back()
    {
        string? binary = Environment.GetEnvironmentVariable("TESSRAXCTL");
        Assert.SkipWhen(string.IsNullOrEmpty(binary), "TESSRAXCTL names no native binary");
        string[] lines = [.. File.ReadLines(LedgerHome.Sample("cve-cvss3.jsonl")).Take(12)];
        string claims = ctl.Write("claims.jsonl", string.Join('\n', lines));
        var info = new ProcessStartInfo("bash", [Path.Combine(Spec.Root, "eng", "cold-boot.sh"), claims])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        info.Environment["TESSRAXCTL"] = Path.GetFullPath(binary!, Spec.Root);
        using Process process = Process.Start(info)!;
        Task<string> reading = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        string error = await reading;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.SkipWhen(process.ExitCode == NoRootOfItsOwn, error);
        Assert.True(process.ExitCode == 0, output + error);
        Match sum = Sum().Match(output);
        Assert.Equal(sum.Groups[1].Value, sum.Groups[2].Value);
        Assert.True(int.Parse(sum.Groups[1].Value, CultureInfo.InvariantCulture) >= 18, output);
    }

    [GeneratedRegex("^([0-9]+) of ([0-9]+) hold", RegexOptions.Multiline)]
    private static partial Regex Sum();
}
