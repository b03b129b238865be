using System.Globalization;
using System.Text;
using Tessrax.Governance;
using Tessrax.Interactive;
using Tessrax.Ledger;
using Tessrax.Node.Appending;

namespace Tessrax.EndToEnd.Tests;

/// <summary>A ledger at a prompt: what is asked there comes out right, and is safe to print.</summary>
public sealed class InteractiveTests : IDisposable
{
    private readonly LedgerHome home = new LedgerHome().WithClaims();

    public void Dispose() => home.Dispose();

    [Fact]
    public void Entries_are_read_from_either_end()
    {
        using LedgerHandle ledger = Open();
        Assert.Equal(8, ledger.Size);
        Assert.Equal(home.Id.ToString(), ledger.Id);
        Assert.Equal([6L, 7L], ledger.Tail(2).Select(item => item.Index));
        Assert.Equal(Enumerable.Range(0, 8).Select(i => (long)i), ledger.From().Select(item => item.Index));
        LedgerItem first = ledger[0];
        Assert.Equal(Events.LedgerCreated, first.Event);
        Assert.Equal("example.com/test", first.Content!["origin"]!.AsString());
        Assert.Matches("^     0  [0-9-]{10} [0-9:]{8}Z  LEDGER_CREATED  example.com/test under", first.ToString());
        Assert.Equal(ErrorCodes.NoSuchEntry, Assert.Throws<TessraxException>(() => ledger[8]).Code);
        Assert.StartsWith("example.com/test, 8 entries, root sha256:", ledger.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_looked_for_is_found_and_counted()
    {
        using LedgerHandle ledger = Open();
        LedgerItem[] claims = [.. ledger.Find("event:claims_recorded")];
        Assert.NotEmpty(claims);
        Assert.All(claims, item => Assert.Equal(Events.ClaimsRecorded, item.Event));
        Assert.Equal(claims.Length, ledger.Count("event:claims_recorded"));
        string subject = claims[0][FieldId.Subject]!;
        Assert.Contains(ledger.Find($"subject:\"{subject}\""), item => item.Index == claims[0].Index);
        Assert.Equal(8, ledger.Find("").Count());
        TessraxException wrong = Assert.Throws<TessraxException>(() => ledger.Find("a AND )").ToList());
        Assert.Equal(ErrorCodes.BadQuery, wrong.Code);
    }

    [Fact]
    public void What_is_proven_and_verified_is_what_the_command_line_proves_and_verifies()
    {
        using LedgerHandle ledger = Open();
        string file = home.Ctl.PathOf("seven.tessrax.json");
        long bytes = ledger.Prove(7, file);
        Assert.Equal(new FileInfo(file).Length, bytes);
        home.Ctl.Must("verify", file);
        Assert.Equal(ErrorCodes.AlreadyExists, Assert.Throws<TessraxException>(() => ledger.Prove(7, file)).Code);
        string search = home.Ctl.PathOf("claims.search.json");
        ledger.Prove("event:claims_recorded", search);
        home.Ctl.Must("verify", search);
        LedgerCheckResult check = ledger.Verify();
        Assert.True(check.Holds, check.ToString());
        Assert.EndsWith("\nholds", check.ToString(), StringComparison.Ordinal);
        Assert.True(ledger.Verify(home.LogKey.ToString()).Holds);
        LedgerCheckResult foreign = ledger.Verify(
            Keys.VerifierKey.Create("example.com/test", Keys.PrivateKey.FromSeed(new byte[32]).PublicKey).ToString()
        );
        Assert.False(foreign.Holds);
        Assert.Contains("NO", foreign.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Decisions_tell_what_is_held_to_be_so()
    {
        using LedgerHandle ledger = Open();
        IReadOnlyList<DecisionItem> decisions = ledger.Decisions();
        Assert.NotEmpty(decisions);
        string table = decisions.ToTable();
        Assert.StartsWith("INDEX", table, StringComparison.Ordinal);
        Assert.All(decisions, d => Assert.Contains(d.Subject!, table, StringComparison.Ordinal));
        Assert.All(decisions, d => Assert.Contains(d.State, d.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_appended_later_is_followed()
    {
        using LedgerHandle ledger = Open();
        using var enough = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        var seen = new List<LedgerItem>();
        await foreach (LedgerItem item in ledger.Follow(cancellation: enough.Token))
        {
            seen.Add(item);
            await enough.CancelAsync();
        }
        // Nothing is new: it waits until it is cancelled.
        Assert.Empty(seen);

        using var second = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        Task appending = Task.Run(() => Append("later"), second.Token);
        await foreach (LedgerItem item in ledger.Follow(cancellation: second.Token))
        {
            seen.Add(item);
            await second.CancelAsync();
        }
        await appending;
        Assert.Equal("x-note", Assert.Single(seen).Event);
        Assert.Equal(9, ledger.Size);
    }

    [Fact]
    public void Nothing_that_a_stranger_wrote_reaches_the_terminal_as_it_is()
    {
        Append("\u001b[2J\u202e gnorw");
        using LedgerHandle ledger = Open();
        string[] shown =
        [
            ledger[8].ToString(),
            ledger[8].Summary,
            ledger.Tail().ToTable(),
            Chart.Bars([KeyValuePair.Create("\u001b[31mred", 1)]),
        ];
        Assert.All(shown, text => Assert.DoesNotContain(text.EnumerateRunes(), IsObeyed));
    }

    [Fact]
    public void Names_that_are_read_from_right_to_left_do_not_reorder_the_bars() =>
        Assert.StartsWith(
            "\u2068\u05d0\u05d1\u2069 5 ",
            Chart.Bars([KeyValuePair.Create("\u05d0\u05d1", 5)]),
            StringComparison.Ordinal
        );

    [Fact]
    public void A_ledger_that_was_exchanged_is_told_and_the_one_before_goes_on()
    {
        string before = home.Ctl.PathOf("before");
        LedgerTree.Copy(home.Path, before);
        Append("one history");
        using LedgerHandle ledger = Fresh();
        Assert.Equal(0, ledger.Refresh());
        string root = ledger.Root;
        string kept = home.Ctl.PathOf("kept");
        Directory.Move(home.Path, kept);

        Directory.Move(before, home.Path);
        Assert.Equal(ErrorCodes.Behind, Assert.Throws<TessraxException>(() => ledger.Refresh()).Code);
        Directory.Delete(home.Ctl.PathOf(".local"), recursive: true);
        Append("another history");
        Assert.Equal(ErrorCodes.Inconsistent, Assert.Throws<TessraxException>(() => ledger.Refresh()).Code);
        Directory.Delete(home.Path, recursive: true);
        using (var other = new LedgerHome())
            LedgerTree.Copy(other.Path, home.Path);
        Assert.Equal(ErrorCodes.WrongLedger, Assert.Throws<TessraxException>(() => ledger.Refresh()).Code);

        Assert.Equal(root, ledger.Root);
        Directory.Delete(home.Path, recursive: true);
        Directory.Move(kept, home.Path);
    }

    [Fact]
    public void Nothing_is_answered_after_it_was_closed()
    {
        LedgerHandle ledger = Open();
        using IEnumerator<LedgerItem> reading = ledger.From().GetEnumerator();
        Assert.True(reading.MoveNext());
        ledger.Dispose();
        ledger.Dispose();
        Assert.Throws<ObjectDisposedException>(() => ledger.Size);
        Assert.Throws<ObjectDisposedException>(() => ledger[0]);
        Assert.Throws<ObjectDisposedException>(() => ledger.Refresh());
        Assert.Throws<ObjectDisposedException>(() => ledger.Find("").ToList());
        Assert.Throws<ObjectDisposedException>(() => ledger.Verify());
        Assert.Throws<ObjectDisposedException>(() => reading.MoveNext());
    }

    [Fact]
    public void Trust_that_nobody_established_is_called_so_as_the_command_line_does()
    {
        Directory.Delete(home.Ctl.PathOf(".config"), recursive: true);
        using LedgerHandle ledger = Open();
        Assert.Matches("trust +not established", ledger.Verify().ToString());
    }

    [Fact]
    public void Bars_are_as_long_as_what_they_count()
    {
        string chart = Chart.Bars(
            [KeyValuePair.Create("few", 1), KeyValuePair.Create("many", 1000), KeyValuePair.Create("some", 500)],
            width: 31
        );
        Assert.Equal(
            """
            many 1,000 ███████████████████
            some   500 █████████▌
            few      1
            """.ReplaceLineEndings("\n"),
            string.Join('\n', chart.Split('\n').Select(line => line.TrimEnd()))
        );
        Assert.Equal("▁▄█", Chart.Spark([0, 5, 10]));
        Assert.Equal("", Chart.Spark([]));
        Assert.Equal("▁▁", Chart.Spark([7, 7]));
        Assert.Equal("nothing to draw", Chart.Bars([]));
        Assert.Contains(
            "and 5 more",
            Chart.Bars(Enumerable.Range(0, 45).Select(i => KeyValuePair.Create($"n{i}", i))),
            StringComparison.Ordinal
        );
        using LedgerHandle ledger = Open();
        Assert.Matches("^[0-9-]{10} .+ [0-9-]{10}, at most [0-9]+ a day$", Chart.ByDay(ledger.From()));
    }

    private static bool IsObeyed(Rune rune) =>
        rune.Value != '\n' && Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format;

    // As on another machine, which has no mark of what was signed.
    private LedgerHandle Fresh() =>
        Interactive.Ledger.Open(home.Path, home.Environment with { StateDirectory = home.Ctl.PathOf("elsewhere") });

    private LedgerHandle Open() => Interactive.Ledger.Open(home.Path, home.Environment);

    private void Append(string text)
    {
        using LedgerWriter writer = home.Open();
        writer.Append([
            new Draft
            {
                Event = "x-note",
                Payload = Canonical.FrozenPayload.From(Canonical.JsonValue.Object(("data", text))),
            },
        ]);
    }
}
