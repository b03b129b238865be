namespace Tessrax.Node.Appending;

/// <summary>Takes sealed batches to the disk and tells their callers: at once on the sequencer's thread, or on one of its own, while the
/// sequencer makes the next batch.</summary>
internal sealed class BatchCommitter : IDisposable
{
    private readonly LedgerWriter writer;
    private readonly Intake intake;
    private readonly StepWatch watch;
    private readonly ManualResetEventSlim given = new(false, spinCount: 30);
    private readonly ManualResetEventSlim idle = new(true, spinCount: 30);
    private readonly Thread thread;
    private volatile PipelineBatch? batch;
    private volatile bool ends;

    public BatchCommitter(LedgerWriter writer, Intake intake, StepWatch watch)
    {
        this.writer = writer;
        this.intake = intake;
        this.watch = watch;
        thread = new Thread(Run) { IsBackground = true, Name = "tessrax commit" };
        thread.Start();
    }

    /// <summary>Whether a batch is on its way.</summary>
    public bool IsBusy => !idle.IsSet;

    /// <summary>Why a batch failed, if one did; nothing more may be committed then.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Takes a sealed batch to the disk and returns when its callers were told.</summary>
    public void Commit(PipelineBatch sealedBatch)
    {
        batch = sealedBatch;
        Write(sealedBatch);
        batch = null;
    }

    /// <summary>The same on the committer's own thread. No other batch is on its way.</summary>
    public void Begin(PipelineBatch sealedBatch)
    {
        idle.Reset();
        batch = sealedBatch;
        given.Set();
    }

    /// <summary>Waits until no batch is on its way.</summary>
    public void Join() => idle.Wait();

    /// <summary>Tells the callers of a batch that has been on its way for too long that its outcome is unknown.</summary>
    public void GiveUp(TessraxException why)
    {
        if (batch is { } late)
            late.GiveUp(item => Unknown(item, why.Message, why));
    }

    /// <summary>What the caller of an append is told whose batch may be durable or not.</summary>
    public static TessraxException Unknown(AppendItem item, string why, Exception cause)
    {
        AppendToken token = TokenOf(item);
        return new TessraxException(
            ErrorCodes.OutcomeUnknown,
            $"{why}; ask what became of it by the token '{token}'",
            "open the ledger again and ask by the token, or append it again with the same nonce: that is the same append",
            cause
        )
        {
            Token = token.ToString(),
        };
    }

    /// <summary>Ends the thread; nothing is on its way.</summary>
    public void Dispose()
    {
        ends = true;
        given.Set();
        thread.Join();
        given.Dispose();
        idle.Dispose();
    }

    private static AppendToken TokenOf(AppendItem item) =>
        new(
            item.Entry.By,
            item.NonceText(),
            item.Entry.ExpiresAt + TimeSpan.FromSeconds(item.JudgedBy!.Windows.SkewSeconds)
        );

    private void Run()
    {
        while (true)
        {
            given.Wait();
            given.Reset();
            if (ends)
                return;
            Write(batch!);
            batch = null;
            idle.Set();
            intake.Bell.Set();
        }
    }

    private void Write(PipelineBatch sealedBatch)
    {
        watch.BeginWriting(sealedBatch.Entries.Count);
        sealedBatch.BeginWriting();
        try
        {
            writer.Write(sealedBatch.Entries);
            sealedBatch.Acknowledge();
        }
        catch (TessraxException e) when (e.Code != ErrorCodes.OutcomeUnknown)
        {
            // By their codes: nothing of the batch is on disk.
            Failure = e;
            sealedBatch.Fail(_ => new TessraxException(e.Code, $"{e.Message}; nothing of it was appended", e.Hint, e));
        }
        catch (Exception e)
        {
            Failure = e;
            sealedBatch.Fail(item => Unknown(item, e.Message, e));
        }
        watch.EndWriting();
        sealedBatch.GiveBack(intake);
    }
}
