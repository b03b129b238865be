using System.Text.Json;
using Tessrax.Docs;
using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests.Docs;

/// <summary>Every snippet of the documentation: commands run as they stand, programs are compiled and run, documents are read.</summary>
/// <remarks>Where a snippet cannot be run here, a comment before it says why, and there are few such.</remarks>
public sealed class GuideTests(GuideTests.Prepared prepared) : IClassFixture<GuideTests.Prepared>
{
    private const string FrontDoor = "README.md";

    // Those that have tests of their own, or that a test writes.
    private static readonly string[] Others = ["merkle.md", "interactive.md", "errors.md", "logging.md"];

    /// <summary>A ledger that many guides begin with.</summary>
    public sealed class Prepared : IDisposable
    {
        private readonly Lazy<LedgerHome> home = new(() => new LedgerHome().WithClaims());

        internal LedgerHome Home => home.Value;

        public void Dispose()
        {
            if (home.IsValueCreated)
                home.Value.Dispose();
        }
    }

    public static TheoryData<string> Guides() => [.. Files()];

    [Theory]
    [MemberData(nameof(Guides))]
    public void Every_command_does_what_the_guide_says(string file)
    {
        GuideBlock[] blocks = [.. Blocks(file).Where(block => block.Language == "sh" || block.SavedAs is not null)];
        if (!blocks.Any(block => block.Language == "sh" && block.NotRun is null))
            return;
        using var run = new GuideRun(prepared.Home);
        string wrong = run.Run(blocks);
        Assert.True(wrong.Length == 0, wrong);
    }

    [Theory]
    [MemberData(nameof(Guides))]
    public async Task Every_program_compiles_and_runs(string file)
    {
        GuideBlock[] blocks = [.. Blocks(file).Where(block => block.Language == "csharp" && block.NotRun is null)];
        if (blocks.Length == 0)
            return;
        using var home = new LedgerHome(prepared.Home);
        await GuideProgram.Run(blocks, home);
    }

    [Fact]
    public void Every_document_is_one_and_every_block_says_what_it_is()
    {
        foreach (GuideBlock block in Files().SelectMany(Blocks))
            Assert.True(Guide.Languages.Contains(block.Language), $"{block.Place}: a block of '{block.Language}'");
        foreach (GuideBlock block in Files().SelectMany(Blocks).Concat(Specification()))
        {
            if (block is not { Language: "json", NotRun: null })
                continue;
            // Some show a few members of an object, and some a document a line.
            string text = block.Text.TrimStart();
            string[] documents = text.StartsWith('"') ? [$"{{{text}}}"] : LinesOf(text);
            foreach (string document in documents)
            {
                Exception? fault = Record.Exception(() => JsonDocument.Parse(document).Dispose());
                Assert.True(fault is null, $"{block.Place}: {fault?.Message}");
            }
        }
    }

    [Fact]
    public void Every_script_is_one()
    {
        Assert.SkipUnless(StaticLog.CanMake, "node is not there");
        using var ctl = new Ctl();
        foreach (GuideBlock block in Files().SelectMany(Blocks).Where(block => block.Language == "js"))
        {
            string file = ctl.Write("script.mjs", block.Text);
            CtlResult result = ctl.Shell("-c", $"exec '{StaticLog.Node}' --check '{file}'");
            Assert.True(result.ExitCode == 0, $"{block.Place}: {result.Error}");
        }
    }

    [Fact]
    public void What_is_not_run_says_why_and_is_little()
    {
        GuideBlock[] all =
        [
            .. Files()
                .SelectMany(Blocks)
                .Where(block => block.Language is "sh" or "csharp" or "json" && !block.IsHidden),
        ];
        GuideBlock[] left = [.. all.Where(block => block.NotRun is not null)];
        Assert.All(left, block => Assert.True(block.NotRun!.Length > 10, block.Place));
        Assert.True(
            left.Length * 6 < all.Length,
            string.Join('\n', left.Select(block => $"{block.Place}: {block.NotRun}"))
        );
    }

    private static string[] LinesOf(string text)
    {
        string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines.All(line => line.StartsWith('{') && line.EndsWith('}')) ? lines : [text];
    }

    private static IEnumerable<string> Files() =>
        Directory
            .GetFiles(Path.Combine(Spec.Root, "docs"), "*.md")
            .Select(file => Path.GetFileName(file))
            .Except(Others)
            .Append(FrontDoor)
            .Order(StringComparer.Ordinal);

    private static IEnumerable<GuideBlock> Specification() =>
        Directory
            .GetFiles(Path.Combine(Spec.Root, "spec"), "*.md")
            .Order(StringComparer.Ordinal)
            .SelectMany(file => Guide.Read($"spec/{Path.GetFileName(file)}", File.ReadAllLines(file)));

    private static IEnumerable<GuideBlock> Blocks(string file)
    {
        string path = file == FrontDoor ? file : $"docs/{file}";
        return Guide.Read(path, File.ReadAllLines(Path.Combine(Spec.Root, path)));
    }
}
