using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Xml.Linq;
using Tessrax.Cli.MerkleDrawing;
using Tessrax.Hashing;
using Tessrax.Merkle;
using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests;

/// <summary>Pictures of trees: what is in them, that they stay as they are, and that a browser lays nothing over anything else.</summary>
public sealed class MerkleSvgTests
{
    /// <summary>Sizes and proven leaves (-1: none) that make every kind of picture.</summary>
    public static TheoryData<int, long> Pictures =>
        new()
        {
            { 0, -1 },
            { 1, -1 },
            { 1, 0 },
            { 2, -1 },
            { 2, 1 },
            { 7, -1 },
            { 7, 4 },
            { 16, 9 },
            { 31, 30 },
            { 64, -1 },
            { 64, 37 },
            { 65, -1 },
            { 65, 64 },
            { 1_000, -1 },
            { 1_000, 437 },
            { 1_000_000, -1 },
            { 1_000_000, 123_456 },
            { 1_000_000, 999_999 },
        };

    [Theory]
    [MemberData(nameof(Pictures))]
    public void Is_well_formed_and_holds_nothing_from_outside(int size, long goal)
    {
        foreach (Theme theme in Enum.GetValues<Theme>())
        {
            string svg = Svg(size, goal, theme);
            var document = XDocument.Parse(svg);
            Assert.Equal("svg", document.Root!.Name.LocalName);
            Assert.NotEmpty(document.Root.Elements().First(e => e.Name.LocalName == "title").Value);
            Assert.DoesNotContain("href", svg, StringComparison.Ordinal);
            Assert.DoesNotContain("url(", svg, StringComparison.Ordinal);
            Assert.DoesNotContain("<script", svg, StringComparison.Ordinal);
            Assert.Equal(
                theme == Theme.Auto,
                svg.Contains("prefers-color-scheme:dark", StringComparison.Ordinal)
            );
        }
    }

    [Theory]
    [InlineData("svg-1", 1, -1)]
    [InlineData("svg-7-proof", 7, 4)]
    [InlineData("svg-1000", 1_000, -1)]
    [InlineData("svg-1000-proof", 1_000, 437)]
    public void Draws_this(string name, int size, long goal) =>
        Snapshot.CheckFile(
            Path.Combine(Spec.Root, "tests", "Tessrax.EndToEnd.Tests", "Snapshots", name + ".svg"),
            Svg(size, goal, Theme.Auto)
        );

    [Fact]
    public void Zdump()
    {
        foreach (var row in Pictures) { var (s, g) = row.Data; foreach (var t in new[]{Theme.Light, Theme.Dark}) File.WriteAllText($"/tmp/cli-svg/{s}-{g}-{t}.svg", Svg(s, g, t)); }
    }

    private static string Svg(int size, long goal, Theme theme) =>
        Encoding.UTF8.GetString(TreeSvg.Draw(TestTrees.Picture(size, goal < 0 ? null : goal), theme));
}
