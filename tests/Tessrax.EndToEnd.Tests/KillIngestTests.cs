using System.Globalization;
using Tessrax.Hashing;
using Tessrax.Node.Appending;

namespace Tessrax.EndToEnd.Tests;

/// <summary>kill -9 while claims are ingested, 70 rounds: each begins the same file again until a ledger holds all of it.</summary>
public sealed class KillIngestTests
{
    private const int Rounds = 70;
    private const int Subjects = 36;
    private const int LinesAtATime = 9; // three subjects
    private const int MostEntries = 45;

    [Fact]
    public void An_ingest_that_is_killed_and_begun_again_ends_as_if_it_had_not_been()
    {
        using var undisturbed = new LedgerHome();
        Assert.Equal("done", KillRun.Target(Never, Arguments(undisturbed)).Last());
        string[] all = KillOutcome.Of(undisturbed);
        Assert.True(all.Length > Subjects * 3, "the claims do not contradict each other");

        var random = new Random(KillRun.Seed);
        int completed = 0;
        for (int round = 1; round <= Rounds; completed++)
        {
            using var home = new LedgerHome();
            bool done = false;
            while (!done && round <= Rounds)
                done = Round(home, random, round++, all);
            Assert.Equal("done", KillRun.Target(Never, Arguments(home)).Last());
            home.Ctl.Must("verify", "ledger");
            Assert.Equal(all, KillOutcome.Of(home));
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{completed} ledgers completed");
    }

    // Far beyond the end of the file.
    private static KillAt Never => new(int.MaxValue, TimeSpan.Zero);

    private static bool Round(LedgerHome home, Random random, int round, string[] all)
    {
        KillAt at = KillAt.Draw(random, MostEntries);
        string what = $"seed {KillRun.Seed}, round {round}, {at}: ";
        List<string> lines = KillRun.Target(at, Arguments(home));
        using (LedgerWriter writer = home.Open())
        {
            foreach ((long index, string leaf) in KillRun.Acknowledged(lines))
            {
                Assert.True(index < writer.Tree.Size, $"{what}entry {index} is lost");
                Assert.True(Digest.Parse(leaf) == writer.Tree.Leaf(index), $"{what}entry {index} is another");
            }
        }
        home.MustHold(what);
        string[] invented = [.. KillOutcome.Beyond(KillOutcome.Of(home), all)];
        Assert.True(invented.Length == 0, $"{what}{string.Join('\n', invented)}");
        if (round % 20 == 0)
            home.Ctl.Must("verify", "ledger");
        return lines.Contains("done");
    }

    private static string[] Arguments(LedgerHome home) =>
        ["ingest", home.Ctl.Folder, home.Ctl.Write("claims.jsonl", Claims()), $"{LinesAtATime}"];

    // Three sources score each subject; by how much they differ tells whether the policy decides alone.
    private static string Claims() =>
        string.Join(
            '\n',
            Enumerable
                .Range(0, Subjects)
                .SelectMany(subject =>
                    new[] { "rubysec", "pypa", "bitnami-vulndb" }.Select(
                        (source, i) =>
                            LedgerHome.Claim(
                                $"{source}-{subject}",
                                $"CVE-2026-{subject:D4}",
                                (2 + (subject * 7 + i * subject * 3) % 80 / 10.0).ToString(
                                    "F1",
                                    CultureInfo.InvariantCulture
                                ),
                                source
                            )
                    )
                )
        );
}
