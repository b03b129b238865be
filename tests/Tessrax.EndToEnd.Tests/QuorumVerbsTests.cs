using System.Xml.Linq;
using Tessrax.Canonical;

namespace Tessrax.EndToEnd.Tests;

/// <summary><c>quorum simulate</c> as people and scripts use it.</summary>
public sealed class QuorumVerbsTests : IDisposable
{
    private const string Seven =
        "quorum simulate --seed 7 --faults loss=0.1,dup=0.05,crash=4,skew=20s,byzantine=1:double";
    private readonly Ctl ctl = new();

    public void Dispose() => ctl.Dispose();

    [Fact]
    public void Prints_this_for_people() =>
        Snapshot.Check("quorum-simulate", ctl.Must(Seven.Split(' ')).Text, ctl.Folder);

    [Fact]
    public void A_seed_gives_the_same_document_and_the_same_picture()
    {
        string[] json = [.. Seven.Split(' '), "--json"];
        CtlResult first = ctl.Must([.. json, "--svg", "one.svg"]);
        Assert.Equal(first.Text, ctl.Must([.. json, "--svg", "two.svg"]).Text);
        string svg = File.ReadAllText(ctl.PathOf("one.svg"));
        Assert.Equal(svg, File.ReadAllText(ctl.PathOf("two.svg")));
        Assert.Equal("svg", XDocument.Parse(svg).Root!.Name.LocalName);
        Assert.DoesNotContain("href", svg, StringComparison.Ordinal);
        var outcome = JsonValue.Parse(first.Bytes);
        Assert.Equal(JsonKind.True, outcome["safety"]!.Kind);
        Assert.Equal(JsonKind.True, outcome["liveness"]!.Kind);
        Assert.Equal("7", outcome["seed"]!.AsString());
    }

    [Fact]
    public void Many_seeds_are_one_run()
    {
        CtlResult many = ctl.Must("quorum", "simulate", "--nodes", "3", "--seed", "1", "--seeds", "5", "--json");
        Assert.Equal(["1", "2", "3", "4", "5"], many.Lines.Select(SeedOf));
    }

    [Theory]
    [InlineData("quorum simulate --faults loss=2")]
    [InlineData("quorum simulate --nodes 65")]
    [InlineData("quorum simulate --nodes 3 --quorum 4")]
    [InlineData("quorum simulate --nodes 1 --faults byzantine=2:double")]
    [InlineData("quorum simulate --seed x")]
    [InlineData("quorum simulate --seeds 2 --svg a.svg")]
    public void Bad_input_is_told(string line)
    {
        CtlResult result = ctl.Run(line.Split(' '));
        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith("error TSX1012: ", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(ctl.PathOf("a.svg")));
    }

    private static string SeedOf(string line) =>
        JsonValue.Parse(System.Text.Encoding.UTF8.GetBytes(line))["seed"]!.AsString();
}
