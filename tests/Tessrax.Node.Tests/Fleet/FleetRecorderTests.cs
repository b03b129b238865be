using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Fleet;
using Tessrax.Node.Maintenance;
using Tessrax.Node.Reading;
using Tessrax.Verification;
using Tessrax.Verification.Fleet;
using Xunit;

namespace Tessrax.Node.Tests.Fleet;

/// <summary>Rounds of ledgers in directories: what they hold, and which ledger ends one.</summary>
public sealed class FleetRecorderTests : IDisposable
{
    private readonly FleetHome home = new();

    public FleetRecorderTests()
    {
        home.Add("b");
        home.Add("a", entries: 5);
        home.Add("c");
    }

    public void Dispose() => home.Dispose();

    [Fact]
    public void Every_ledger_of_a_round_is_proven_and_the_fleet_is_a_ledger_like_any_other()
    {
        FleetOutcome outcome = home.Record();
        Assert.Equal((3, 3, 2), (outcome.Round.Ledgers, outcome.Changes, outcome.Index));
        foreach ((string name, int index) in ((string, int)[])[("a", 0), ("b", 1), ("c", 2)])
        {
            FleetProof proof = home.Prove(name);
            Assert.Equal(index, proof.Index);
            FleetVerdict verdict = home.Verify(proof, FleetHome.TrustIn(home[name], name));
            Assert.True(verdict.Verdict.Holds, verdict.Verdict.ToJson().ToString());
            using LedgerView view = home[name].View();
            Assert.Equal(
                (FleetHome.OriginOf(name), view.Size),
                (verdict.About!.Ledger.Origin, verdict.About.Ledger.Head.Size)
            );
        }
        // The list is evidence: hashed again, found by doctor, erased like any other.
        Verdict whole = new LedgerCheck(home.Fleet.Environment, home.Trust).Run(home.Fleet.DirectoryPath, true);
        Assert.True(whole.Holds, whole.ToJson().ToString());
        Assert.Equal(1, whole.Stages.Single(stage => stage.Name == "evidence").Checked);
    }

    [Fact]
    public void Records_what_grew_what_is_new_and_what_is_retired_and_nothing_twice()
    {
        FleetOutcome first = home.Record();
        Assert.Equal(first with { Changes = 0 }, home.Record());
        home.Grow("b");
        home.Add("d");
        FleetOutcome second = home.Record();
        Assert.Equal((4, 2, 4), (second.Round.Ledgers, second.Changes, second.Index));
        string[] left = [.. home.All.Where(path => path != home["c"].DirectoryPath)];
        FleetOutcome third = home.Record(left, FleetHome.OriginOf("c"));
        Assert.Equal((3, 1), (third.Round.Ledgers, third.Changes));
        Assert.Equal(third with { Changes = 0 }, home.Record(left));
        Assert.Equal(7, SizeOf(home.Fleet));
        // An older round stays what it was.
        Assert.True(home.Verify(home.Prove("c", second.Index)).Verdict.Holds);
        Assert.Equal(ErrorCodes.NoSuchEntry, Refused(() => home.Prove("c")));
        Assert.Equal(ErrorCodes.NoSuchEntry, Refused(() => home.Prove("a", 3)));
    }

    [Fact]
    public void A_ledger_that_was_rolled_back_ends_the_round_and_nothing_is_recorded()
    {
        string older = Copy("a");
        home.Grow("a");
        home.Record();
        Refuses(ErrorCodes.FleetShrank, [older, home["b"].DirectoryPath, home["c"].DirectoryPath]);
    }

    [Fact]
    public void A_ledger_with_another_past_ends_the_round_at_equal_and_at_larger_sizes()
    {
        string other = Copy("a");
        home.Grow("a");
        home.Record();
        string[] sources = [other, home["b"].DirectoryPath, home["c"].DirectoryPath];
        foreach (int grown in (int[])[1, 3])
        {
            using (LedgerWriter writer = LedgerWriter.Open(other, TestLedger.Keys(), home["b"].Environment))
            {
                for (int i = 0; i < grown; i++)
                    writer.Append([TestLedger.Own("another past")]);
            }
            Refuses(ErrorCodes.FleetForked, sources);
        }
    }

    [Fact]
    public void A_ledger_founded_anew_under_the_old_name_ends_the_round()
    {
        home.Record();
        using var second = new FleetHome();
        second.Add("a", entries: 9);
        Refuses(ErrorCodes.FleetForked, [second["a"].DirectoryPath, home["b"].DirectoryPath, home["c"].DirectoryPath]);
    }

    [Fact]
    public void A_ledger_that_is_gone_ends_the_round_unless_it_is_retired()
    {
        home.Record();
        string[] left = [home["a"].DirectoryPath, home["b"].DirectoryPath];
        Refuses(ErrorCodes.FleetGone, left);
        Refuses(ErrorCodes.BadUsage, left, FleetHome.OriginOf("c"), FleetHome.OriginOf("unheard-of"));
        Refuses(ErrorCodes.BadUsage, home.All, FleetHome.OriginOf("c"));
    }

    [Fact]
    public void All_that_are_refused_are_told_of_before_the_first_is_thrown()
    {
        home.Record();
        var told = new List<string>();
        using LedgerWriter writer = home.Fleet.Open();
        var recorder = new FleetRecorder(writer, home.Fleet.Environment)
        {
            OnRefused = refusal => told.Add(refusal.Origin),
        };
        var thrown = Assert.Throws<TessraxException>(() => recorder.Record([home["b"].DirectoryPath]));
        Assert.Equal([FleetHome.OriginOf("a"), FleetHome.OriginOf("c")], told);
        Assert.Contains("2 ledgers are refused in all", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Finds_the_ledgers_in_a_directory_and_passes_over_its_own()
    {
        string folder = home.Fleet.Beside("many");
        foreach (string name in (string[])["a", "b"])
            Copy(home[name].DirectoryPath, Path.Combine(folder, name));
        Copy(home.Fleet.DirectoryPath, Path.Combine(folder, "fleet"));
        Directory.CreateDirectory(Path.Combine(folder, "no-ledger"));
        Assert.Equal(3, home.Record([folder, home["c"].DirectoryPath]).Round.Ledgers);
        Refuses(ErrorCodes.NotALedger, [Path.Combine(folder, "no-ledger")]);
        Refuses(ErrorCodes.NotALedger, [Path.Combine(folder, "unheard-of")]);
        Refuses(ErrorCodes.BadUsage, [home.Fleet.DirectoryPath]);
        Refuses(ErrorCodes.BadUsage, [folder, home["a"].DirectoryPath]);
    }

    [Fact]
    public void Without_the_list_of_the_round_before_nothing_is_recorded()
    {
        FleetOutcome first = home.Record();
        string list = Path.Combine(home.Fleet.DirectoryPath, "evidence", first.Round.List.ToHex());
        byte[] bytes = File.ReadAllBytes(list);
        home.Grow("a");
        foreach (
            byte[]? bad in (byte[]?[])[null, [], bytes[..^10], [.. bytes, 1], [.. bytes[..^8], .. bytes[^7..], 10]]
        )
        {
            File.Delete(list);
            if (bad is not null)
                File.WriteAllBytes(list, bad);
            Refuses(ErrorCodes.EvidenceBroken, home.All);
            Assert.Equal(ErrorCodes.EvidenceBroken, Refused(() => home.Prove("a")));
        }
        File.WriteAllBytes(list, bytes);
        Assert.Equal(1, home.Record().Changes);
    }

    [Fact]
    public void A_round_that_was_erased_with_its_list_counts_no_more()
    {
        home.Record();
        home.Grow("a");
        FleetOutcome second = home.Record();
        string list = Path.Combine(home.Fleet.DirectoryPath, "evidence", second.Round.List.ToHex());
        // The round names the list too, and keeps it.
        Erase(second.Index - 1);
        Assert.True(File.Exists(list));
        Assert.Equal(0, home.Record().Changes);
        Erase(second.Index);
        Assert.False(File.Exists(list));
        Assert.Equal(ErrorCodes.NoSuchEntry, Refused(() => home.Prove("a", second.Index)));
        Assert.Equal(1, home.Record().Changes);
        Assert.True(home.Verify(home.Prove("a")).Verdict.Holds);

        void Erase(long index)
        {
            using LedgerWriter writer = home.Fleet.Open();
            Assert.True(new PayloadDesk(writer, SystemDisk.Instance).Erase(index, "gone").IsRecorded);
        }
    }

    [Fact]
    public void A_ledger_that_cannot_be_read_ends_the_round_by_its_name()
    {
        string path = Copy("a");
        foreach (string segment in Directory.GetFiles(Path.Combine(path, "segments")))
            File.WriteAllBytes(segment, new byte[4096]);
        var thrown = Assert.Throws<TessraxException>(() => home.Record([path]));
        Assert.StartsWith($"{FleetHome.OriginOf("a")} in ", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bundle_is_carried_whether_it_is_of_the_rounds_size_a_larger_or_a_smaller_one()
    {
        Bundle smaller = BundleOf("a", 2);
        home.Grow("a");
        home.Record();
        Bundle same = BundleOf("a", 2);
        home.Grow("a", 3);
        Bundle larger = BundleOf("a", 2);
        string directory = home["a"].DirectoryPath;
        using LedgerView view = home.Fleet.View();
        var prover = new FleetProver(view, home.Fleet.Environment);
        FleetProof bare = home.Prove("a");
        foreach (Bundle bundle in (Bundle[])[smaller, same, larger])
        {
            FleetVerdict verdict = home.Verify(prover.With(bare, bundle, directory), FleetHome.TrustIn(home["a"], "a"));
            Assert.True(verdict.Verdict.Holds, verdict.Verdict.ToJson().ToString());
            Assert.Equal(2, verdict.About!.Entry);
        }
        Assert.Equal(same, prover.With(bare, same, null).Bundle);
        Assert.Equal(ErrorCodes.NotJoined, Refused(() => prover.With(bare, larger, null)));
        Assert.Equal(ErrorCodes.NotJoined, Refused(() => prover.With(bare, larger, home["b"].DirectoryPath)));
        Assert.Equal(ErrorCodes.NotJoined, Refused(() => prover.With(bare, BundleOf("b", 1), directory)));
        Assert.Equal(ErrorCodes.NotJoined, Refused(() => prover.With(bare, BundleOf("a", 8), directory)));
    }

    private void Refuses(ErrorCode code, string[] sources, params string[] retired)
    {
        long size = SizeOf(home.Fleet);
        string[] evidence = Evidence();
        Assert.Equal(code, Refused(() => home.Record(sources, retired)));
        Assert.Equal(size, SizeOf(home.Fleet));
        Assert.Equal(evidence, Evidence());

        string[] Evidence() =>
            Directory.Exists(Path.Combine(home.Fleet.DirectoryPath, "evidence"))
                ? Directory.GetFiles(Path.Combine(home.Fleet.DirectoryPath, "evidence"))
                : [];
    }

    private static ErrorCode Refused(Action action) => Assert.Throws<TessraxException>(action).Code;

    private Bundle BundleOf(string name, long index)
    {
        using LedgerView view = home[name].View();
        return BundleMaker.Make(view, index, home[name].Environment);
    }

    private static long SizeOf(TestLedger ledger)
    {
        using LedgerView view = ledger.View();
        return view.Size;
    }

    // A ledger as it is now, elsewhere.
    private string Copy(string name)
    {
        string to = home.Fleet.Beside($"copy of {name}");
        Copy(home[name].DirectoryPath, to);
        return to;
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string folder in Directory.GetDirectories(from))
            Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
        foreach (string file in Directory.GetFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }
}
