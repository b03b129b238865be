using System.Text;
using Tessrax.Canonical;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Node.Tests.Appending;

/// <summary>A ledger with a pipeline, and ways to hold the pipeline up.</summary>
internal sealed class PipelineRun : IAsyncDisposable
{
    public PipelineRun(
        LedgerPipelineOptions? options = null,
        IDisk? disk = null,
        TimeProvider? clock = null,
        RandomSource? random = null,
        string hash = "sha256"
    )
    {
        Ledger = new TestLedger(disk: disk, clock: clock, random: random, hash: hash);
        Pipeline = new LedgerPipeline(Ledger.Open(), options);
    }

    public TestLedger Ledger { get; }

    public LedgerPipeline Pipeline { get; private set; }

    public static OwnDraft Own(string text, byte? nonce = null) =>
        new(
            "x-test",
            Encoding.UTF8.GetBytes($$"""{"text":"{{text}}"}"""),
            Nonce: nonce is { } one ? Enumerable.Repeat(one, 16).ToArray() : default
        );

    /// <summary>A body signed elsewhere.</summary>
    public (SignedBody Signed, FrozenPayload Payload) Signed(string text, Func<EntryBody, EntryBody>? change = null) =>
        Ledger.Signed(text, change);

    /// <summary>Keeps the sequencer busy until the result is disposed.</summary>
    public async Task<Hold> HoldAsync()
    {
        var hold = new Hold();
        Task<bool> work = Pipeline.RunAsync("a test", _ => hold.Wait());
        await hold.Begun;
        hold.Work = work;
        return hold;
    }

    /// <summary>Asserts that nothing is under way. A caller is told a moment before its room is given back.</summary>
    public void MustBeIdle() =>
        Assert.True(SpinWait.SpinUntil(() => Pipeline.Pending == 0, TimeSpan.FromSeconds(30)), "room is lost");

    /// <summary>Closes the pipeline and opens the ledger again with another.</summary>
    public async Task ReopenAsync()
    {
        await Pipeline.DisposeAsync();
        Pipeline = new LedgerPipeline(Ledger.Open());
    }

    /// <summary>Closes the pipeline, and asserts that the ledger verifies and has so many entries.</summary>
    public async Task HoldsAsync(long size)
    {
        await Pipeline.DisposeAsync();
        Verdict verdict = Ledger.Verify();
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        Assert.Equal(size, verdict.Size);
    }

    public async ValueTask DisposeAsync()
    {
        await Pipeline.DisposeAsync();
        Ledger.Dispose();
    }

    public static async Task RefusesAsync(ErrorCode code, Func<ValueTask<AppendReceipt>> append) =>
        Assert.Equal(code, (await Assert.ThrowsAsync<TessraxException>(async () => await append())).Code);

    internal sealed class Hold : IAsyncDisposable
    {
        private readonly TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim ends = new();

        public Task Begun => begun.Task;

        public Task<bool>? Work { get; set; }

        public bool Wait()
        {
            begun.SetResult();
            return ends.Wait(TimeSpan.FromMinutes(1));
        }

        public async ValueTask DisposeAsync()
        {
            ends.Set();
            Assert.True(await Work!);
        }
    }
}
