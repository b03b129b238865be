using System.Diagnostics;
using Tessrax.Docs;
using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests.Docs;

/// <summary>The site of the documentation: everything public is in it, every link leads somewhere, and what would be wrong with it is found.</summary>
public sealed class DocsSiteTests
{
    private static readonly Lazy<Site> Made = new(() => SiteBuilder.Build(Spec.Root));

    [Fact]
    public void Every_link_leads_to_a_page_and_to_the_heading_on_it()
    {
        Assert.Empty(Made.Value.Faults);
        Assert.True(Made.Value.Pages.Count > 600, $"only {Made.Value.Pages.Count} pages");
    }

    [Fact]
    public void Every_public_type_and_member_stands_on_a_page()
    {
        // One line each, as the compiler's analyzer keeps them.
        string[] types =
        [
            .. Directory
                .GetFiles(Path.Combine(Spec.Root, "src"), "PublicAPI.Shipped.txt", SearchOption.AllDirectories)
                .SelectMany(File.ReadAllLines)
                .Where(line =>
                    !line.Contains(' ', StringComparison.Ordinal)
                    && !line.Contains('<', StringComparison.Ordinal)
                    && line.Length > 0
                    && line[0] != '#'
                ),
        ];
        Assert.True(types.Length > 300, $"only {types.Length} types");
        Assert.All(types, type => Assert.Contains($"library/{type}.html", Made.Value.Pages.Keys));
        string page = Made.Value.Pages["library/Tessrax.Merkle.InclusionProof.html"];
        foreach (
            string said in (string[])
                ["id=\"Verify\"", "<dt>returns</dt>", "public static class InclusionProof", "ReadOnlySpan&lt;"]
        )
            Assert.Contains(said, page, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_verb_error_and_schema_has_a_place()
    {
        Assert.Contains("id=\"tessraxctl-keys-rotate\"", Made.Value.Pages["cli/keys.html"], StringComparison.Ordinal);
        Assert.Contains("exit", Made.Value.Pages["cli.html"], StringComparison.OrdinalIgnoreCase);
        foreach (ErrorCode code in ErrorCodes.All)
            Assert.Contains(code.ToString(), Made.Value.Pages["errors.html"], StringComparison.Ordinal);
        foreach (string schema in Directory.GetFiles(Path.Combine(Spec.Root, "spec", "schema"), "*.schema.json"))
            Assert.Contains($"spec/schema/{Path.GetFileName(schema).Split('.')[0]}.html", Made.Value.Pages.Keys);
    }

    [Fact]
    public void A_link_that_leads_nowhere_is_found()
    {
        var pages = new Dictionary<string, string>
        {
            ["index.html"] =
                "<h1 id=\"top\">x</h1><a href=\"a/b.html#there\">1</a><a href=\"#top\">2</a><img src=\"x.svg\">",
            ["a/b.html"] =
                "<h2 id=\"there\">x</h2><a href=\"../index.html\">1</a><a href=\"../index.html#gone\">2</a><a href=\"c.html\">3</a><a href=\"../../etc\">4</a><a href=\"#gone\">5</a>",
        };
        (IReadOnlyList<string> faults, long inside, long outside) = LinkCheck.Of(pages, new HashSet<string>(["x.svg"]));
        Assert.Equal(
            ["../index.html#gone", "c.html", "../../etc", "#gone"],
            faults.Select(fault => fault.Split(" links to ")[1].Split(',')[0])
        );
        Assert.Equal((8, 0), (inside, outside));
    }

    [Fact]
    public void A_guide_that_no_section_names_stands_at_the_end_and_what_links_to_no_file_is_found()
    {
        using var ctl = new Ctl();
        foreach (string folder in (string[])["docs", "spec/schema"])
            Directory.CreateDirectory(ctl.PathOf(folder));
        ctl.Write("docs/site.json", """{"sections":[{"title":"A","pages":["docs/a.md"]}]}""");
        ctl.Write("docs/a.md", "# A\n\n[gone](gone.md) [out](../../../etc/passwd)\n");
        ctl.Write("docs/forgotten.md", "# B\n");
        ctl.Write("spec/openapi.json", """{"paths":{}}""");
        Site site = SiteBuilder.Build(ctl.Folder);
        IReadOnlyList<string> faults = site.Faults;
        Assert.Contains("href=\"forgotten.html\"", site.Pages["a.html"], StringComparison.Ordinal);
        Assert.Contains(faults, fault => fault.Contains("gone.md", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.Contains("passwd", StringComparison.Ordinal));
    }

    [Fact]
    public void The_diagrams_are_what_their_texts_say()
    {
        string package = Path.Combine(Spec.Root, "tests", "differential", "node_modules", "@viz-js", "viz");
        Assert.SkipUnless(
            StaticLog.CanMake && Directory.Exists(package),
            "node or @viz-js/viz is not there: eng/differential.sh installs it"
        );
        using Process process = Process.Start(
            new ProcessStartInfo(StaticLog.Node!, [Path.Combine(Spec.Root, "eng", "diagrams.mjs"), "--check"])
            {
                RedirectStandardError = true,
            }
        )!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, error);
    }
}
