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
            Assert.Equal(theme == Theme.Auto, svg.Contains("prefers-color-scheme:dark", StringComparison.Ordinal));
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
    public void The_proof_marked_in_a_picture_is_the_proof()
    {
        foreach (
            (int size, int goal) in (ReadOnlySpan<(int, int)>)[(7, 4), (64, 0), (1_000, 437), (1_000_000, 999_999)]
        )
        {
            TreePicture picture = TestTrees.Picture(size, goal);
            Digest[] marked =
            [
                .. picture
                    .Top!.All()
                    .Where(n => n.Role == NodeRole.Proof)
                    .OrderBy(n => n.Step)
                    .Select(n => picture.Hashes[n]),
            ];
            Digest leaf = TestTrees.Largest.Leaf(goal);
            Assert.True(InclusionProof.Verify(marked, picture.Head, goal, leaf, TreeHasher.Sha256), $"{size}, {goal}");
        }
    }

    [Fact]
    public void Hashes_that_are_no_tree_are_not_drawn()
    {
        DrawnNode top = TreeShape.Of(7, null);
        Subtree[] wanted = TreeHashes.Wanted(top);
        var read = new Digest[wanted.Length];
        MerkleTree tree = TestTrees.Grow(7);
        tree.Read(wanted, read);
        var head = new TreeHead(7, tree.RootAt(7));
        _ = TreeHashes.Of(top, wanted, read, head, TreeHasher.Sha256);
        for (int i = 0; i < read.Length; i++)
        {
            Digest[] changed = [.. read];
            changed[i] = read[(i + 1) % read.Length];
            TessraxException refused = Assert.Throws<TessraxException>(() =>
                TreeHashes.Of(top, wanted, changed, head, TreeHasher.Sha256)
            );
            Assert.Equal(ErrorCodes.RootMismatch, refused.Code);
        }
    }

    [Fact]
    public void What_a_stranger_named_stays_text()
    {
        TreePicture picture = TestTrees.Picture(2, null) with
        {
            Origin = "<script>&\u202e\"'\u001b[2J" + new string('x', 300),
        };
        string svg = Encoding.UTF8.GetString(TreeSvg.Draw(picture, Theme.Light));
        var document = XDocument.Parse(svg);
        Assert.DoesNotContain(document.Descendants(), e => e.Name.LocalName == "script");
        Assert.DoesNotContain('\u202e', svg);
    }

    [Fact]
    public void In_a_browser_no_text_lies_over_another_or_leaves_its_box()
    {
        Assert.SkipUnless(Browser.IsThere, "there is no Chromium on PATH: pictures are not rendered");
        string[] pictures = [.. Pictures.Select(row => Svg(row.Data.Item1, row.Data.Item2, Theme.Light))];
        // The last one is spoilt, and it must say so.
        string bad = pictures[5].Replace("text-anchor=\"middle\"", "text-anchor=\"start\"", StringComparison.Ordinal);
        string[] faults = Browser.FaultsOf([.. pictures, bad]);
        string spoilt = $"{pictures.Length}: ";
        Assert.DoesNotContain(faults, fault => !fault.StartsWith(spoilt, StringComparison.Ordinal));
        Assert.NotEmpty(faults);
    }

    private static string Svg(int size, long goal, Theme theme) =>
        Encoding.UTF8.GetString(TreeSvg.Draw(TestTrees.Picture(size, goal < 0 ? null : goal), theme));
}
