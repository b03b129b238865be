using Microsoft.Playwright;
using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests.Web;

/// <summary>axe-core, which knows the rules of WCAG that can be decided by looking at a page.</summary>
internal static class Axe
{
    private static readonly string File = Path.Combine(
        Spec.Root,
        "tests",
        "differential",
        "node_modules",
        "axe-core",
        "axe.min.js"
    );

    private static readonly Lazy<string> Script = new(() => System.IO.File.ReadAllText(File));

    /// <summary>Whether it is installed.</summary>
    public static bool IsThere => System.IO.File.Exists(File);

    /// <summary>What a page violates, in words. Its own policy must not stand in the way.</summary>
    public static async Task<string[]> ViolationsOf(IPage page)
    {
        if (!await page.EvaluateAsync<bool>("() => 'axe' in window"))
            await page.AddScriptTagAsync(new PageAddScriptTagOptions { Content = Script.Value });
        return await page.EvaluateAsync<string[]>(
            """
            async () => (await axe.run(document, { resultTypes: ["violations"] })).violations.map(
              (rule) => `${rule.id}: ${rule.nodes.slice(0, 3).map((node) => `${node.target.join(" ")} ${node.failureSummary}`).join(" | ")}`)
            """
        );
    }
}
