using System.Text.RegularExpressions;
using System.Xml.Linq;
using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests;

/// <summary>The picture in the README is what the commands in it print today: it is recorded again, and but for keys, times and what follows from them it is the same.</summary>
public sealed partial class SessionPictureTests
{
    [Fact]
    public void The_recorded_session_is_what_happens()
    {
        Assert.SkipUnless(StaticLog.CanMake, "node is not there");
        using var ctl = new Ctl();
        (string program, string[] first) = Ctl.Program();
        ctl.Variables["TESSRAXCTL"] = string.Join(' ', first.Prepend(program));
        CtlResult recorded = ctl.Shell("-c", $"exec node '{Path.Combine(Spec.Root, "eng", "session.mjs")}'");
        Assert.True(recorded.ExitCode == 0, recorded.Error);
        string kept = File.ReadAllText(Path.Combine(Spec.Root, "docs", "session.svg"));
        Assert.Equal(Lasting(kept), Lasting(recorded.Text));
    }

    // What the rows say, without what is new at each recording.
    private static string Lasting(string svg)
    {
        XNamespace svgs = "http://www.w3.org/2000/svg";
        IEnumerable<string> parts = XDocument.Parse(svg).Descendants(svgs + "tspan").Select(part => part.Value);
        string said = Hex().Replace(Ago().Replace(string.Join(' ', parts), "now"), "H");
        return Digits().Replace(Blank().Replace(said, ""), "0");
    }

    [GeneratedRegex("[\\s─]+")]
    private static partial Regex Blank();

    [GeneratedRegex("[0-9a-f]{8,}…?")]
    private static partial Regex Hex();

    [GeneratedRegex("[0-9]+ (s|min) ago")]
    private static partial Regex Ago();

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Digits();
}
