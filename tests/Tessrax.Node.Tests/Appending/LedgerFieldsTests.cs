using System.Text;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Maintenance;
using Tessrax.Node.Reading;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Node.Tests.Appending;

/// <summary>Whatever way entries come into a ledger, each epoch commits to the fields of all that it closes, and whoever opens or verifies the ledger agrees.</summary>
public sealed class LedgerFieldsTests : IDisposable
{
    private readonly TestLedger ledger = new(approvers: 0);

    public void Dispose() => ledger.Dispose();

    [Fact]
    public async Task Every_way_into_a_ledger_leads_into_the_map()
    {
        SignedNote covered = await WriteAsync();
        using (LedgerView view = ledger.View())
            MapsAreRight(view);
        Assert.True(ledger.Verify().Holds);
        // From the epoch before the last, whose map is judged, to the end.
        var since = new LedgerCheck(ledger.Environment, ledger.Trust) { Since = covered };
        Verdict verdict = since.Run(ledger.DirectoryPath, withEvidence: false);
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
    }

    [Fact]
    public async Task A_verification_that_goes_on_in_mid_epoch_judges_its_map()
    {
        await WriteAsync();
        using (LedgerWriter writer = ledger.Open())
            new Ingestor(writer).Ingest([TestLedger.File(TestLedger.Claim("m", "M", 1, "one"))]);
        string note = ledger.Beside("note");
        Assert.True(Resumed(note).Holds);
        using (LedgerWriter writer = ledger.Open())
        {
            writer.Append([TestLedger.Own("after the note")]);
            writer.OpenEpoch();
        }
        Verdict verdict = Resumed(note);
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        using LedgerView view = ledger.View();
        MapsAreRight(view);
    }

    // Own events one by one and by the pipeline, by author, log and seal; claims with what follows from them; erasures in the epoch and after it; a writer that
    // was opened anew in mid-epoch, from the kept state and without it. Gives a checkpoint right after the second epoch.
    private async Task<SignedNote> WriteAsync()
    {
        SignedNote second;
        using (LedgerWriter writer = ledger.Open())
        {
            writer.Append([TestLedger.Own("one"), TestLedger.Own("two") with { By = VoucherKind.Log }]);
            writer.Append(writer.Seal([TestLedger.Own("sealed 1"), TestLedger.Own("sealed 2")]));
            new Ingestor(writer).Ingest([
                TestLedger.File(TestLedger.Claim("a", "A", 1, "one"), TestLedger.Claim("b", "A", 5, "two", 2)),
                TestLedger.File(TestLedger.Claim("c", "secret", 1, "one")),
            ]);
            new PayloadDesk(writer, SystemDisk.Instance).Erase(Claims(writer, "secret"), "asked for");
            writer.OpenEpoch();
            new Ingestor(writer).Ingest([TestLedger.File(TestLedger.Claim("d", "D", 1, "one"))]);
            writer.OpenEpoch();
            second = writer.Checkpoint!;
        }
        await using (var pipeline = new LedgerPipeline(ledger.Open()))
        {
            for (int i = 0; i < 20; i++)
                await pipeline.AppendAsync(
                    new OwnDraft(
                        $"x-kind.{i % 3}",
                        Encoding.UTF8.GetBytes("{}"),
                        By: i % 2 == 0 ? VoucherKind.Log : VoucherKind.Author
                    )
                );
            await pipeline.RunAsync("an epoch", writer => writer.OpenEpoch());
            await pipeline.AppendAsync(new OwnDraft("x-kind.0", Encoding.UTF8.GetBytes("{}")));
        }
        Directory.Delete(Path.Combine(ledger.DirectoryPath, "state"), recursive: true);
        using (LedgerWriter writer = ledger.Open())
        {
            new PayloadDesk(writer, SystemDisk.Instance).Erase(Claims(writer, "D"), "asked for later");
            writer.OpenEpoch();
        }
        return second;
    }

    private static long Claims(LedgerWriter writer, string subject)
    {
        for (long index = 0; ; index++)
        {
            Receipt receipt = writer.Read(index);
            if (Record(receipt) is Tessrax.Contradictions.ClaimsRecorded claims && claims.Claims[0].Subject == subject)
                return index;
        }
    }

    // Each map made again, entry by entry in the slow way; of an epoch of which something was erased later, the open half.
    private static void MapsAreRight(LedgerView view)
    {
        var map = new FieldMap(view.Directory.Id);
        int epochs = 0;
        int partly = 0;
        foreach (Receipt receipt in view.Receipts())
        {
            if (receipt.Entry.Body.Event == Events.EpochOpened)
            {
                EpochFields said = EpochOpened.Read(receipt.Entry.Body, view.Hasher).Index!;
                Assert.Equal(map.Heads.Open, said.Open);
                if (map.KnowsSealed)
                    Assert.Equal(map.Heads.Sealed, said.Sealed);
                partly += map.KnowsSealed ? 0 : 1;
                epochs++;
                map.Begin();
            }
            map.Drop(receipt.Entry.Body);
            map.Add(receipt, Record(receipt));
        }
        Assert.True(epochs >= 4);
        Assert.Equal(1, partly);
    }

    private Verdict Resumed(string note) =>
        new LedgerCheck(ledger.Environment, ledger.Trust) { NoteFile = note }.Run(
            ledger.DirectoryPath,
            withEvidence: false
        );

    private static object? Record(Receipt receipt) =>
        receipt.Payload is { } payload ? EventPayloads.Read(receipt.Entry.Body.Event, payload.Root) : null;
}
