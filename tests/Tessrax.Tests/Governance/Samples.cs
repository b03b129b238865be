using Tessrax.Canonical;
using Tessrax.Contradictions;
using Tessrax.Governance;

namespace Tessrax.Tests.Governance;

/// <summary>The shipped samples.</summary>
internal static class Samples
{
    public static readonly string[] ClaimFiles = ["cve-cvss3.jsonl", "cve-cwe.jsonl", "country-stats.jsonl"];

    public static string Path(params string[] parts) => System.IO.Path.Combine([Spec.Root, "samples", .. parts]);

    public static Policy Policy() => Tessrax.Governance.Policy.Parse(File.ReadAllBytes(Path("policy.json")));

    public static Claim[] Claims(string file) =>
        [
            .. File.ReadLines(Path("claims", file))
                .Select(
                    (line, i) =>
                        Claim.Ingest(JsonValue.Parse(System.Text.Encoding.UTF8.GetBytes(line)), $"{file}:{i + 1}")
                ),
        ];

    public static ClaimBook Book(Policy policy, params IEnumerable<string> files)
    {
        var book = new ClaimBook(policy.Rules);
        foreach (Claim claim in files.SelectMany(Claims))
            book.Add(claim);
        return book;
    }
}
