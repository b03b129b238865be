using System.Text.Json;
using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests.Release;

/// <summary><c>eng/release/sbom.mjs</c>: what the lock files of the shipped projects pin is what it lists.</summary>
public sealed class BillOfMaterialsTests
{
    private static readonly string[] Shipped =
    [
        "Tessrax",
        "Tessrax.Node",
        "Tessrax.Node.RocksDb",
        "Tessrax.Node.Postgres",
        "Tessrax.Client",
        "Tessrax.Interactive",
        "Tessrax.Cli",
        "Tessrax.Web",
        "Tessrax.Server",
    ];

    [Fact]
    public void It_lists_each_package_that_a_lock_file_pins_and_no_other_of_NuGet()
    {
        using var ctl = new Ctl();
        using JsonDocument bill = JsonDocument.Parse(Write(ctl));
        HashSet<string> listed = [.. Components(bill).Where(c => c.StartsWith("pkg:nuget/", StringComparison.Ordinal))];
        HashSet<string> pinned = [.. Shipped.SelectMany(Pinned)];
        Assert.True(pinned.Count > 20);
        Assert.Subset(listed, pinned);
        // Beyond these: the runtimes, which come with the SDK, and our own.
        Assert.All(
            listed.Except(pinned),
            purl =>
                Assert.True(
                    purl.Contains(".App.Runtime.", StringComparison.Ordinal)
                        || (
                            purl.Contains("/Tessrax", StringComparison.Ordinal)
                            && purl.EndsWith("@1.2.3", StringComparison.Ordinal)
                        ),
                    purl
                )
        );
    }

    [Fact]
    public void What_depends_on_what_names_components_alone()
    {
        using var ctl = new Ctl();
        using JsonDocument bill = JsonDocument.Parse(Write(ctl));
        HashSet<string> known = [.. Components(bill), "pkg:generic/tessrax@1.2.3"];
        string[] named =
        [
            .. bill
                .RootElement.GetProperty("dependencies")
                .EnumerateArray()
                .SelectMany(d =>
                    d.GetProperty("dependsOn")
                        .EnumerateArray()
                        .Select(on => on.GetString()!)
                        .Append(d.GetProperty("ref").GetString()!)
                ),
        ];
        Assert.Contains("pkg:nuget/NSec.Cryptography@" + VersionOf("Tessrax", "NSec.Cryptography"), named);
        Assert.Subset(known, named.ToHashSet());
    }

    [Fact]
    public void It_is_the_same_bytes_each_time_and_tells_when_by_the_commit()
    {
        using var ctl = new Ctl();
        string one = Write(ctl);
        ctl.Variables["TZ"] = "Asia/Kathmandu";
        Assert.Equal(one, Write(ctl));
        using JsonDocument bill = JsonDocument.Parse(one);
        Assert.Equal(
            "2023-11-14T22:13:20Z",
            bill.RootElement.GetProperty("metadata").GetProperty("timestamp").GetString()
        );
        Assert.Equal("1.6", bill.RootElement.GetProperty("specVersion").GetString());
        string serial = bill.RootElement.GetProperty("serialNumber").GetString()!;
        Assert.True(Guid.TryParse(serial.Replace("urn:uuid:", "", StringComparison.Ordinal), out _), serial);
        ctl.Variables["SOURCE_DATE_EPOCH"] = "1700000001";
        Assert.DoesNotContain(serial, Write(ctl), StringComparison.Ordinal);
    }

    // A restore for every platform fetches far more than the tests may; so the two are compared.
    [Theory]
    [InlineData("Tessrax.Cli")]
    [InlineData("Tessrax.Server")]
    public void What_is_pinned_for_every_platform_is_what_is_pinned_here(string project)
    {
        string[] here = PinnedFor(project, "packages.lock.json");
        string[] everywhere = PinnedFor(project, "packages.platforms.lock.json");
        Assert.True(here.Length > 3);
        Assert.True(
            here.SequenceEqual(everywhere),
            $"run eng/release/lock.sh: {string.Join(' ', here.Except(everywhere))}"
        );
    }

    // The compiler ahead of time is for one platform alone.
    private static string[] PinnedFor(string project, string file)
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Spec.Root, "src", project, file)));
        return
        [
            .. json
                .RootElement.GetProperty("dependencies")
                .GetProperty("net10.0")
                .EnumerateObject()
                .Where(package => package.Name is not ("Microsoft.DotNet.ILCompiler" or "Microsoft.NET.ILLink.Tasks"))
                .Select(package => $"{package.Name} {package.Value}")
                .Order(StringComparer.Ordinal),
        ];
    }

    private static string Write(Ctl ctl)
    {
        Assert.SkipUnless(StaticLog.CanMake, "node is not there");
        ctl.Variables.TryAdd("SOURCE_DATE_EPOCH", "1700000000");
        CtlResult result = ctl.Shell("-euc", "cd \"$0\"; node eng/release/sbom.mjs 1.2.3 10.0.0", Spec.Root);
        Assert.True(result.ExitCode == 0, result.Error);
        return result.Text;
    }

    private static IEnumerable<string> Components(JsonDocument bill) =>
        bill.RootElement.GetProperty("components").EnumerateArray().Select(c => c.GetProperty("bom-ref").GetString()!);

    private static IEnumerable<string> Pinned(string project) =>
        from file in Directory.GetFiles(Path.Combine(Spec.Root, "src", project), "packages.*lock.json")
        let json = JsonDocument.Parse(File.ReadAllBytes(file))
        from framework in json.RootElement.GetProperty("dependencies").EnumerateObject()
        from package in framework.Value.EnumerateObject()
        where package.Value.GetProperty("type").GetString() != "Project"
        select $"pkg:nuget/{package.Name}@{package.Value.GetProperty("resolved").GetString()}";

    private static string VersionOf(string project, string package) =>
        Pinned(project).First(p => p.StartsWith($"pkg:nuget/{package}@", StringComparison.Ordinal)).Split('@')[1];
}
