using System.Reflection;
using Tessrax.Governance;
using Tessrax.Node.Appending;

namespace Tessrax.Cli.Demo;

/// <summary>The real claims and the policy that the binary carries; <c>samples/README.md</c> says where each fact comes from.</summary>
internal static class DemoSamples
{
    private static readonly string[] Files = ["cve-cvss3.jsonl", "cve-cwe.jsonl", "country-stats.jsonl"];

    /// <summary>The claims, file by file.</summary>
    public static IReadOnlyList<ClaimFile> Claims() => [.. Files.Select(ReadClaims)];

    /// <summary>The policy.</summary>
    public static Policy Policy()
    {
        using Stream stream = Open("policy.json");
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return Governance.Policy.Parse(bytes.ToArray());
    }

    private static ClaimFile ReadClaims(string name)
    {
        using Stream stream = Open(name);
        return ClaimFile.Read(name, stream);
    }

    private static Stream Open(string name) =>
        Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
        ?? throw ErrorCodes.Bug.Because($"the binary lacks the sample {name}");
}
