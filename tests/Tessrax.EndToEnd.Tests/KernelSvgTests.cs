using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Tessrax.Canonical;
using Tessrax.Node.Appending;
using Tessrax.Node.Reading;
using Tessrax.Node.Search;
using Tessrax.Node.Wording.Drawing;
using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests;

/// <summary>How decisions came about as pictures: what is in them and when, that they stay as they are, and that a stranger's words do nothing.</summary>
public sealed partial class KernelSvgTests : IDisposable
{
    private const string Hostile = "\"><script>alert(1)</script>&\u202e]]>\u2028\u0301\u0301<!--";

    private readonly LedgerHome home = new LedgerHome().WithClaims();

    public void Dispose() => home.Dispose();

    [Theory]
    [InlineData("film-decision", 3)]
    [InlineData("film-waiting", 6)]
    [InlineData("film-approved", 10)]
    public void Draws_this(string name, int index)
    {
        if (index == 10)
            Approve(6, "alice", "bob");
        Snapshot.CheckFile(
            Path.Combine(Spec.Root, "tests", "Tessrax.EndToEnd.Tests", "Snapshots", name + ".svg"),
            Moments().Replace(Svg(Film(index)), "2026-01-01 00:00:00Z")
        );
    }

    [Fact]
    public void Tells_the_records_in_their_order_and_the_rule_where_it_fires()
    {
        Approve(6, "alice", "bob");
        KernelFilm film = Film(10);
        Assert.Equal(
            [
                (FilmStage.Claims, 4L),
                (FilmStage.Contradiction, 5L),
                (FilmStage.Rule, null),
                (FilmStage.Approvals, 6L),
                (FilmStage.Approvals, 8L),
                (FilmStage.Approvals, 9L),
                (FilmStage.Record, 10L),
            ],
            film.Frames.Select(frame => (frame.Stage, frame.Entry))
        );
        Assert.Equal(["b1", "b2"], film.Claims.Select(claim => claim.Claim.ClaimId).Order());
        Assert.Equal("b1", Assert.Single(film.Claims, claim => claim.IsChosen).Claim.ClaimId);
        // Seen from its proposal it is the same story.
        Assert.Equal(film.Frames, Film(6).Frames);
    }

    [Fact]
    public void Is_well_formed_shows_every_frame_and_holds_nothing_from_outside()
    {
        Approve(6, "alice", "bob");
        KernelFilm film = Film(10);
        string svg = Svg(film);
        Assert.Equal(svg, Svg(Film(10)));
        var document = XDocument.Parse(svg);
        Assert.Equal("svg", document.Root!.Name.LocalName);
        Assert.NotEmpty(document.Root.Elements().First(e => e.Name.LocalName == "title").Value);
        foreach (string forbidden in (string[])["href", "url(", "<script", "http://www.w3.org/1999", "style="])
            Assert.DoesNotContain(forbidden, svg, StringComparison.Ordinal);
        Assert.Contains("prefers-color-scheme:dark", svg, StringComparison.Ordinal);
        Assert.Contains("prefers-reduced-motion:no-preference", svg, StringComparison.Ordinal);
        string[] frames =
        [
            .. Enumerable.Range(0, film.Frames.Count).Select(n => n.ToString(CultureInfo.InvariantCulture)),
        ];
        Assert.Equal(frames, NumbersOf(document, "f").Distinct().Order());
        Assert.Equal(frames, NumbersOf(document, "cap").Distinct().Order());
        Assert.All(frames, frame => Assert.Contains($"[data-f=\"{frame}\"]{{", svg, StringComparison.Ordinal));
    }

    [Fact]
    public void Long_stories_are_told_shorter_and_the_claim_that_was_followed_is_shown()
    {
        using (LedgerWriter writer = home.Open())
        {
            for (int i = 0; i < 9; i++)
                Ingest(writer, LedgerHome.Claim($"d{i}", "CVE-9", $"{1 + i}.0", $"source-{i}"));
        }
        KernelFilm film = Film(NewestProposal());
        Assert.Equal(KernelFilm.MostClaims, film.Claims.Count);
        Assert.Equal(3, film.ClaimsLeftOut);
        Assert.Single(film.Claims, claim => claim.IsChosen);
        Assert.Equal(5, film.Of(FilmStage.Claims).Count());
        Assert.Contains(film.Frames, frame => frame.What == "5 entries more");
        Assert.Equal(
            film.Frames.Where(f => f.Entry is not null).Select(f => f.Entry).Order(),
            film.Frames.Where(f => f.Entry is not null).Select(f => f.Entry)
        );
    }

    [Fact]
    public void What_a_stranger_wrote_stays_text()
    {
        KernelFilm film = HostileFilm();
        foreach (string svg in (string[])[Svg(film), .. Elements(film)])
        {
            var document = XDocument.Parse(svg);
            Assert.DoesNotContain(document.Descendants(), e => e.Name.LocalName == "script");
            Assert.All(document.DescendantNodes(), node => Assert.IsNotType<XComment>(node));
            Assert.DoesNotContain('\u202e', svg);
            Assert.DoesNotContain('\u2028', svg);
            Assert.Contains("&lt;script&gt;", svg, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void On_a_phone_long_names_are_broken_and_not_cut()
    {
        const string Source = "advisories.of.the.committee-that-has-a-long-name.example.org";
        const string Id = "GHSA-2026-0000-aaaa-bbbb-cccc-dddd-eeee-ffff-0123";
        using (LedgerWriter writer = home.Open())
            Ingest(
                writer,
                string.Join(
                    '\n',
                    LedgerHome.Claim(Id, "CVE-7", "9.0", Source),
                    LedgerHome.Claim("l2", "CVE-7", "1.0", "pypa")
                )
            );
        KernelFilm film = Film(NewestProposal());
        var narrow = XDocument.Parse(KernelSvg.Element(film, FilmShape.Narrow));
        string[] texts = [.. narrow.Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value)];
        Assert.DoesNotContain(texts, text => text.EndsWith('…') && text != "…");
        string all = string.Concat(texts);
        foreach (string whole in (string[])[Source, Id, film.Decision.Rule])
            Assert.Contains(whole, all, StringComparison.Ordinal);
    }

    [Fact]
    public void In_a_browser_no_text_lies_over_another_or_leaves_its_box()
    {
        Assert.SkipUnless(Browser.IsThere, "there is no Chromium on PATH: pictures are not rendered");
        Approve(6, "alice", "bob");
        KernelFilm[] films = [Film(3), Film(10), HostileFilm(), WideFilm()];
        string[] pictures =
        [
            .. films.Select(Svg),
            .. films.SelectMany(film => Elements(film).Select(one => WithRules(one, film))),
        ];
        // The last one is spoilt, and it must say so.
        string bad = pictures[1].Replace("text-anchor=\"middle\"", "text-anchor=\"start\"", StringComparison.Ordinal);
        string[] faults = Browser.FaultsOf([.. pictures, bad]);
        string spoilt = $"{pictures.Length}: ";
        Assert.DoesNotContain(faults, fault => !fault.StartsWith(spoilt, StringComparison.Ordinal));
        Assert.NotEmpty(faults);
    }

    [Fact]
    public void The_command_writes_it_and_replaces_nothing_unasked()
    {
        byte[] svg = Encoding.UTF8.GetBytes(Svg(Film(3)));
        Assert.Equal(svg, home.Ctl.Must("decisions", "ledger", "3", "--svg").Bytes);
        string file = home.Ctl.PathOf("film.svg");
        JsonValue told = JsonValue.Parse(
            home.Ctl.Must("decisions", "ledger", "3", "--svg", "-o", file, "--json").Bytes
        );
        Assert.Equal(svg, File.ReadAllBytes(file));
        Assert.Equal(
            (svg.Length.ToString(CultureInfo.InvariantCulture), "4"),
            (told["bytes"]!.AsNumberText(), told["frames"]!.AsNumberText())
        );
        File.WriteAllText(file, "mine");
        home.MustRefuse(2, "TSX3010", "decisions", "ledger", "3", "--svg", "-o", file);
        Assert.Equal("mine", File.ReadAllText(file));
        home.Ctl.Must("decisions", "ledger", "3", "--svg", "-o", file, "--force");
        Assert.Equal(svg, File.ReadAllBytes(file));
        home.MustRefuse(2, "TSX1012", "decisions", "ledger", "--svg");
        home.MustRefuse(2, "TSX1012", "decisions", "ledger", "3", "-o", home.Ctl.PathOf("other.svg"));
        home.MustRefuse(3, "TSX3011", "decisions", "ledger", "4", "--svg");
        Assert.False(File.Exists(home.Ctl.PathOf("other.svg")));
    }

    [Fact]
    public void There_is_none_of_what_was_erased()
    {
        using LedgerView view = home.View();
        Assert.Null(KernelFilm.Of(new ToldDecision(view.Receipt(3), null, null, null, null, null)));
    }

    private KernelFilm HostileFilm()
    {
        using (LedgerWriter writer = home.Open())
        {
            Ingest(
                writer,
                Claim("x1", Hostile, 9.5, Hostile + new string('W', 200)),
                Claim("x2" + new string('@', 300), Hostile, 1.5, "好" + string.Concat(Enumerable.Repeat("好🤖", 90)))
            );
        }
        return Film(NewestProposal());
    }

    // As many claims as are shown, of names that take much room.
    private KernelFilm WideFilm()
    {
        using (LedgerWriter writer = home.Open())
        {
            Ingest(
                writer,
                [
                    .. Enumerable
                        .Range(0, 8)
                        .Select(i =>
                            Claim($"w{i}", new string('M', 80), i + 0.123456789, $"SOURCE WITH A LONG NAME {i}")
                        ),
                ]
            );
        }
        return Film(NewestProposal());
    }

    private static string Claim(string id, string subject, double score, string source) =>
        JsonValue
            .Object(
                ("claim_id", id),
                ("subject", subject),
                ("metric", "cvss_v3_base_score"),
                ("unit", "score_0_10"),
                ("value", JsonValue.Number(score)),
                ("timestamp", "2026-01-01T00:00:00Z"),
                ("source", source)
            )
            .ToString();

    private static void Ingest(LedgerWriter writer, params string[] lines)
    {
        using var input = new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', lines)));
        new Ingestor(writer).Ingest([ClaimFile.Read("claims.jsonl", input)]);
    }

    private void Approve(int proposal, params string[] people)
    {
        foreach (string name in people)
            home.Ctl.Must("approve", "ledger", proposal.ToString(CultureInfo.InvariantCulture), "--key", name + ".key");
    }

    private long NewestProposal()
    {
        using LedgerView view = home.View();
        return view.Fold.Proposals.Keys.Max();
    }

    private KernelFilm Film(long index)
    {
        using LedgerGlance glance = LedgerGlance.Open(home.Path, home.Environment);
        using DecisionList list = DecisionList.Open(glance, home.Environment);
        ToldDecision told = ToldDecision.Of(
            glance.Whole(),
            list,
            index,
            Tessrax.Canonical.UtcTime.Now(home.Environment.Clock)
        );
        return KernelFilm.Of(told)!;
    }

    private static string Svg(KernelFilm film) => Encoding.UTF8.GetString(KernelSvg.Draw(film));

    private static string[] Elements(KernelFilm film) =>
        [.. Enum.GetValues<FilmShape>().Select(shape => KernelSvg.Element(film, shape))];

    private static string WithRules(string element, KernelFilm film) =>
        element.Insert(
            element.IndexOf('>', StringComparison.Ordinal) + 1,
            $"<style>{FilmTheme.Rules(film.Frames.Count)}</style>"
        );

    private static IEnumerable<string> NumbersOf(XDocument document, string kind) =>
        document
            .Descendants()
            .Where(e => ((string?)e.Attribute("class") ?? "").Split(' ').Contains(kind))
            .Select(e => (string)e.Attribute("data-f")!);

    [GeneratedRegex(@"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ")]
    private static partial Regex Moments();
}
