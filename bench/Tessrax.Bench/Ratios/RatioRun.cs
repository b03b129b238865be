using System.Globalization;
using System.Text.Json;
using Tessrax.Bench.Peers;
using Tessrax.Hashing;

namespace Tessrax.Bench.Ratios;

/// <summary><c>ratios [--quick] [--json] [--only PREFIX]</c>: every figure beside its limit, from one process.</summary>
internal static class RatioRun
{
    /// <summary><c>$TESSRAX_HASH</c>: managed, native, or null.</summary>
    public static string? Wish { get; } =
        Environment.GetEnvironmentVariable("TESSRAX_HASH") is { Length: > 0 } wish ? wish : null;

    public static int Start(string[] args)
    {
        bool quick = args.Contains("--quick");
        bool json = args.Contains("--json");
        int only = Array.IndexOf(args, "--only");
        string prefix = only >= 0 && only + 1 < args.Length ? args[only + 1] : "";
        string[] odd =
        [
            .. args.Where((arg, i) => arg is not ("--quick" or "--json" or "--only") && (only < 0 || i != only + 1)),
        ];
        if (odd.Length > 0 || (only >= 0 && prefix.Length == 0))
        {
            Console.Error.WriteLine("usage: ratios [--quick] [--json] [--only PREFIX]");
            return 2;
        }

        // As everywhere: the fastest that is here, or what is wished for. What it is stands beside the figures.
        HashBackends.Prefer(Wish);
        foreach (HashBackend backend in HashBackends.Describe())
            Console.Error.WriteLine(backend);
        int cases = 0;
        foreach (ICase each in AllCases.Make().Where(c => c.Name.StartsWith(prefix, StringComparison.Ordinal)))
        {
            cases++;
            if (!each.OnAllCores)
                Affinity.PinToOneCore();
            foreach (Finding finding in each.Run(new Effort(quick)))
                Console.WriteLine(json ? Json(finding) : Text(finding));
        }
        return cases > 0 ? 0 : 2;
    }

    /// <summary>A line for people.</summary>
    public static string Text(Finding finding)
    {
        string line = string.Create(
            CultureInfo.InvariantCulture,
            $"{finding.Name} {finding.Value:0.###} {finding.Unit}"
        );
        if (finding.Recorded)
            line += "  recorded, not measured now";
        if (finding.Goal is { } goal)
            line += $"  {goal}  {(finding.Met == true ? "ok" : "missed")}";
        return line;
    }

    /// <summary>A line for programs.</summary>
    public static string Json(Finding finding)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            writer.WriteString("name", finding.Name);
            writer.WriteNumber("value", finding.Value);
            writer.WriteString("unit", finding.Unit);
            writer.WriteBoolean("recorded", finding.Recorded);
            if (finding.Goal is { } goal)
            {
                writer.WriteString("goal", goal.ToString());
                writer.WriteBoolean("met", finding.Met == true);
            }
            writer.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(bytes.ToArray());
    }
}
